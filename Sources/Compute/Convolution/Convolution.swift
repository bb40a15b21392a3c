import KernelInterface

/// A two-dimensional convolution: images [N, H, W, In], weights [Kh, Kw, In, Out], and an output
/// [N, H', W', Out] with H' = (H + 2 padding + extraPadding - Kh) / stride + 1.
///
/// A transposed convolution is the gradient of one with respect to its input, so the three routines
/// serve both: a transposed convolution from A to B channels is `inputGradient` of the convolution
/// from B to A, its gradients are `forward` and, with the images swapped, `weightGradient`. Its
/// weights are thus [Kh, Kw, B, A].
public struct Convolution: Equatable, Sendable {
  /// How many images there are.
  public let batch: Int
  /// Rows of an input image.
  public let height: Int
  /// Columns of an input image.
  public let width: Int
  /// Channels of the input.
  public let inChannels: Int
  /// Channels of the output.
  public let outChannels: Int
  /// Rows of the kernel.
  public let kernelHeight: Int
  /// Columns of the kernel.
  public let kernelWidth: Int
  /// Pixels from one position of the kernel to the next, in both directions.
  public let stride: Int
  /// Zeros around the image, on each side.
  public let padding: Int
  /// More zeros at the bottom and at the right, for sizes that a kernel does not meet evenly.
  public let extraPadding: Int
  /// What the operands are rounded to.
  public internal(set) var precision: Precision
  /// Whether Winograd's algorithm may be used where it is the faster one.
  var allowsWinograd = true

  /// A convolution of that geometry; the padded image must hold the kernel.
  public init(
    batch: Int, height: Int, width: Int, inChannels: Int, outChannels: Int, kernel: (Int, Int),
    stride: Int = 1, padding: Int = 0, extraPadding: Int = 0, precision: Precision = .float32
  ) {
    self.precision = precision
    (self.batch, self.height, self.width) = (batch, height, width)
    (self.inChannels, self.outChannels) = (inChannels, outChannels)
    (kernelHeight, kernelWidth) = kernel
    (self.stride, self.padding, self.extraPadding) = (stride, padding, extraPadding)
    precondition(
      batch >= 0 && inChannels > 0 && outChannels > 0 && kernelHeight > 0 && kernelWidth > 0
        && stride > 0 && padding >= 0 && extraPadding >= 0
        && height + 2 * padding + extraPadding >= kernelHeight
        && width + 2 * padding + extraPadding >= kernelWidth,
      "convolution of [\(batch), \(height), \(width), \(inChannels)] with "
        + "[\(kernel.0), \(kernel.1), \(inChannels), \(outChannels)], "
        + "stride \(stride), padding \(padding) + \(extraPadding)")
  }

  /// Rows of an output image.
  public var outputHeight: Int {
    (height + 2 * padding + extraPadding - kernelHeight) / stride + 1
  }

  /// Columns of an output image.
  public var outputWidth: Int {
    (width + 2 * padding + extraPadding - kernelWidth) / stride + 1
  }

  /// Multiplications and additions of one pass, taps in the padding included.
  public var operations: Double {
    2 * Double(batch * outputHeight * outputWidth) * Double(kernelHeight * kernelWidth)
      * Double(inChannels * outChannels)
  }

  /// The output: y [N, H', W', Out] = or += x * w, plus bias [Out], activated.
  public func forward(
    _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
    bias: UnsafePointer<Float>? = nil, activation: Activation = .identity, accumulate: Bool = false
  ) {
    guard batch > 0 else { return }
    if let (rows, depth) = asMatrix {
      MatrixProduct(m: rows, n: outChannels, k: depth, precision: precision)(
        x, w, into: y, bias: bias, activation: activation, accumulate: accumulate)
      return
    }
    count(input: 1, output: accumulate ? 2 : 1, bias: bias == nil ? 0 : outChannels)
    let finish = Epilogue(bias: bias, activation: activation)
    if let algorithm = winograd {
      return winograd(algorithm, x, w, isBackward: false, into: y, accumulate, finish)
    }
    let weights = TapWeights(base: w, taps: taps.count, rows: inChannels, columns: outChannels)
    withMergedTaps(x) { source, geometry in
      var gather = IndirectConvolution(
        source: source, geometry: geometry,
        weights: geometry.isMerged ? weights.merged(by: kernelWidth) : weights)
      gather.outputHeight = outputHeight
      gather.outputWidth = outputWidth
      run([gather], into: y, height: outputHeight, width: outputWidth, accumulate, finish)
    }
  }

  /// The gradient of the input: dx [N, H, W, In] = or += the transposed convolution of
  /// dy [N, H', W', Out] with w, plus bias [In], activated.
  public func inputGradient(
    _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>,
    bias: UnsafePointer<Float>? = nil, activation: Activation = .identity, accumulate: Bool = false
  ) {
    guard batch > 0 else { return }
    let finish = Epilogue(bias: bias, activation: activation)
    if let (rows, depth) = asMatrix, depth == inChannels || finish.isIdentity {
      MatrixProduct(m: rows, n: depth, k: outChannels, transposeB: true, precision: precision)(
        dy, w, into: dx, bias: bias, activation: activation, accumulate: accumulate)
      return
    }
    count(input: accumulate ? 2 : 1, output: 1, bias: bias == nil ? 0 : inChannels)
    if let algorithm = winograd {
      return winograd(algorithm, dy, w, isBackward: true, into: dx, accumulate, finish)
    }
    // Pixels whose coordinates leave the same remainder meet the same taps: stride^2 phases, each a
    // convolution of stride 1.
    var phases: [IndirectConvolution] = []
    for y in 0..<min(stride, height) {
      for x in 0..<min(stride, width) { phases.append(phase(y, x, dy, w)) }
    }
    run(phases, into: dx, height: height, width: width, accumulate, finish)
  }

  /// Counts a pass with so many arrays like the input, the weights and the output.
  func count(input: Int, weights: Int = 1, output: Int, bias: Int = 0) {
    let images = input * height * width * inChannels
    let results = output * outputHeight * outputWidth * outChannels
    Work.add(
      operations: Int(min(operations, 0x1p62)),
      floats: batch * (images + results) + weights * taps.count * inChannels * outChannels + bias)
  }

  /// The part of the input's gradient at pixels (y, x), (y + stride, x), and so on.
  private func phase(
    _ y: Int, _ x: Int, _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>
  ) -> IndirectConvolution {
    // Input pixel i meets output pixel o in tap k where i + padding = o * stride + k.
    let met = taps.indices.filter {
      (y + padding - taps[$0].y) % stride == 0 && (x + padding - taps[$0].x) % stride == 0
    }
    let shifts = met.map {
      Tap(y: (y + padding - taps[$0].y) / stride, x: (x + padding - taps[$0].x) / stride)
    }
    let geometry = Geometry(
      height: outputHeight, width: outputWidth, pitch: outChannels, depth: outChannels,
      taps: shifts, stride: 1, isMerged: false)
    var weights = TapWeights(base: w, taps: taps.count, rows: inChannels, columns: outChannels)
    weights.order = met
    weights.isTransposed = true
    var gather = IndirectConvolution(source: dy, geometry: geometry, weights: weights)
    gather.outputHeight = (height - y + stride - 1) / stride
    gather.outputWidth = (width - x + stride - 1) / stride
    gather.outputStride = stride
    gather.outputOrigin = (y, x)
    return gather
  }

  /// A position in the kernel, or the shift of the pixel that it reads.
  struct Tap {
    let y: Int
    let x: Int
  }

  /// The positions in the kernel in the order of the weights.
  var taps: [Tap] {
    (0..<kernelHeight * kernelWidth).map { Tap(y: $0 / kernelWidth, x: $0 % kernelWidth) }
  }

  /// The sizes of the matrix product that this convolution is, if it is one: a kernel of one pixel, or
  /// one as large as the image. Then the images are rows already, as channels come last.
  var asMatrix: (rows: Int, depth: Int)? {
    guard padding == 0 && extraPadding == 0 else { return nil }
    if kernelHeight == 1 && kernelWidth == 1 && stride == 1 {
      return (batch * height * width, inChannels)
    }
    if kernelHeight == height && kernelWidth == width {
      return (batch, height * width * inChannels)
    }
    return nil
  }

  /// How taps read an image.
  struct Geometry {
    /// Rows of the image.
    var height: Int
    /// Columns of the image.
    var width: Int
    /// Floats from one pixel to the next.
    var pitch: Int
    /// Floats that a tap reads from its pixel on.
    var depth: Int
    /// The pixel that each tap reads, relative to the output's pixel times the stride.
    var taps: [Tap]
    var stride: Int
    /// Whether a tap is a whole row of the kernel.
    var isMerged: Bool

    /// The output columns, of `count`, for which the tap reads inside the image.
    func validColumns(_ tap: Tap, of count: Int) -> Range<Int> {
      let first = tap.x >= 0 ? 0 : (-tap.x + stride - 1) / stride
      let end = tap.x >= width ? 0 : min(count, (width - tap.x + stride - 1) / stride)
      return first..<max(first, end)
    }
  }

  /// Calls `body` with the image and the way to read it. Where there are few channels, a row of the
  /// kernel is one tap: its pixels are neighbors in memory, in a copy with the padding written out.
  func withMergedTaps(
    _ x: UnsafePointer<Float>, _ body: (UnsafePointer<Float>, Geometry) -> Void
  ) {
    if inChannels >= 16 || kernelWidth == 1 {
      let shifts = taps.map { Tap(y: $0.y - padding, x: $0.x - padding) }
      let geometry = Geometry(
        height: height, width: width, pitch: inChannels, depth: inChannels, taps: shifts,
        stride: stride, isMerged: false)
      return body(x, geometry)
    }
    let geometry = Geometry(
      height: height + 2 * padding + extraPadding, width: width + 2 * padding + extraPadding,
      pitch: inChannels, depth: kernelWidth * inChannels,
      taps: (0..<kernelHeight).map { Tap(y: $0, x: 0) },
      stride: stride, isMerged: true)
    if padding + extraPadding == 0 { return body(x, geometry) }
    let padded = Storage(count: batch * geometry.height * geometry.width * inChannels)
    let rowLength = geometry.width * inChannels
    let (margin, inner) = (padding * inChannels, width * inChannels)
    ThreadPool.shared.run(batch) { image, _ in
      for row in 0..<geometry.height {
        let to = padded.base + (image * geometry.height + row) * rowLength
        let from = row - padding
        guard from >= 0 && from < height else {
          to.update(repeating: 0, count: rowLength)
          continue
        }
        to.update(repeating: 0, count: margin)
        (to + margin).update(from: x + (image * height + from) * inner, count: inner)
        (to + margin + inner).update(repeating: 0, count: rowLength - margin - inner)
      }
    }
    body(UnsafePointer(padded.base), geometry)
  }
}
