import Testing

@testable import Compute

/// Convolutions of every kernel, stride and padding, against sums in Double.
@Suite struct ConvolutionTests {
  static let cases: [Convolution] = [
    Convolution(
      batch: 2, height: 8, width: 8, inChannels: 20, outChannels: 70, kernel: (4, 4), stride: 2,
      padding: 1),
    Convolution(
      batch: 3, height: 9, width: 7, inChannels: 3, outChannels: 17, kernel: (4, 4), stride: 2,
      padding: 1),
    Convolution(
      batch: 2, height: 10, width: 6, inChannels: 1, outChannels: 64, kernel: (3, 3), padding: 1),
    Convolution(
      batch: 1, height: 5, width: 12, inChannels: 33, outChannels: 3, kernel: (3, 3), padding: 1),
    Convolution(batch: 5, height: 4, width: 4, inChannels: 40, outChannels: 1, kernel: (4, 4)),
    Convolution(batch: 4, height: 6, width: 5, inChannels: 18, outChannels: 24, kernel: (1, 1)),
    Convolution(
      batch: 2, height: 7, width: 7, inChannels: 16, outChannels: 16, kernel: (1, 1), stride: 2),
    Convolution(
      batch: 2, height: 11, width: 9, inChannels: 5, outChannels: 6, kernel: (5, 2), stride: 3,
      padding: 2),
    Convolution(
      batch: 1, height: 6, width: 6, inChannels: 450, outChannels: 65, kernel: (3, 3), padding: 1),
    Convolution(
      batch: 2, height: 5, width: 5, inChannels: 2, outChannels: 2, kernel: (2, 2), stride: 3),
    Convolution(
      batch: 9, height: 16, width: 16, inChannels: 3, outChannels: 8, kernel: (4, 4), stride: 2,
      padding: 1),
    Convolution(
      batch: 2, height: 8, width: 6, inChannels: 18, outChannels: 20, kernel: (3, 3), stride: 2,
      extraPadding: 1),
    Convolution(
      batch: 2, height: 5, width: 6, inChannels: 3, outChannels: 7, kernel: (3, 3), stride: 2,
      padding: 1, extraPadding: 2),
    Convolution(
      batch: 1, height: 3, width: 3, inChannels: 2, outChannels: 3, kernel: (1, 1),
      extraPadding: 1),
    // Many slices of pixels, and panels that instruction sets cut differently.
    Convolution(
      batch: 18, height: 16, width: 16, inChannels: 1, outChannels: 128, kernel: (4, 4), stride: 2,
      padding: 1),
    // By Winograd's algorithm: odd sides, channels that do not fill vectors, several groups of
    // columns, a sum in slices.
    Convolution(
      batch: 3, height: 15, width: 17, inChannels: 35, outChannels: 21, kernel: (3, 3), padding: 1),
    Convolution(
      batch: 2, height: 8, width: 9, inChannels: 16, outChannels: 150, kernel: (3, 3), padding: 1),
    Convolution(
      batch: 1, height: 14, width: 14, inChannels: 400, outChannels: 17, kernel: (3, 3), padding: 1),
    // The same of kernels with stride 2: tiles that reach over the edge, channels that do not fill vectors, several
    // tasks.
    Convolution(
      batch: 3, height: 10, width: 14, inChannels: 35, outChannels: 21, kernel: (4, 4), stride: 2,
      padding: 1),
    Convolution(
      batch: 2, height: 8, width: 12, inChannels: 17, outChannels: 150, kernel: (4, 4), stride: 2,
      padding: 1),
    Convolution(
      batch: 5, height: 32, width: 32, inChannels: 130, outChannels: 33, kernel: (4, 4), stride: 2,
      padding: 1),
    Convolution(batch: 0, height: 4, width: 4, inChannels: 2, outChannels: 2, kernel: (3, 3)),
  ]

  enum Direction: CaseIterable { case forward, inputGradient, weightGradient }

  @Test(arguments: cases, Direction.allCases)
  func agreesWithDouble(convolution: Convolution, direction: Direction) {
    let sums = reference(convolution, direction)
    for accumulate in [false, true] {
      let before = Operands(convolution)[direction]
      let expected = zip(sums, before).map { accumulate ? $0 + Double($1) : $0 }
      let result = run(convolution, direction, accumulate: accumulate)
      let scale = expected.map(abs).max() ?? 0
      let worst = zip(result, expected).map { abs(Double($0) - $1) }.max() ?? 0
      #expect(worst <= 2e-6 * scale, "\(convolution) \(direction)")
    }
  }

  @Test(arguments: cases, Direction.allCases)
  func sameBitsEverywhere(convolution: Convolution, direction: Direction) {
    _ = everywhere { run(convolution, direction) }
  }

  @Test(arguments: cases.filter { $0.batch > 1 }, [Direction.forward, .inputGradient])
  func anImageDoesNotDependOnTheOthers(convolution: Convolution, direction: Direction) {
    let one = Convolution(
      batch: 1, height: convolution.height, width: convolution.width,
      inChannels: convolution.inChannels, outChannels: convolution.outChannels,
      kernel: (convolution.kernelHeight, convolution.kernelWidth), stride: convolution.stride,
      padding: convolution.padding, extraPadding: convolution.extraPadding)
    let alone = run(one, direction)
    #expect(Array(run(convolution, direction).prefix(alone.count)) == alone)
  }

  /// Bias and activation at the end of Winograd's way, as at the end of the direct one.
  @Test(arguments: cases.filter { $0.winograd != nil }, [Direction.forward, .inputGradient])
  func biasAndActivationFollow(convolution: Convolution, direction: Direction) {
    let bias = numbers(max(convolution.inChannels, convolution.outChannels), 4)
    let result = run(convolution, direction, bias: bias, activation: .silu, accumulate: true)
    let expected = run(
      convolution.direct, direction, bias: bias, activation: .silu, accumulate: true)
    let scale = expected.map(abs).max() ?? 0
    let worst = zip(result, expected).map { abs($0 - $1) }.max() ?? 0
    #expect(worst <= 2e-6 * scale, "\(convolution) \(direction)")
  }

  private struct Operands {
    let x: [Float]
    let w: [Float]
    let y: [Float]

    init(_ c: Convolution) {
      x = numbers(c.batch * c.height * c.width * c.inChannels, 1)
      w = numbers(c.kernelHeight * c.kernelWidth * c.inChannels * c.outChannels, 2)
      y = numbers(c.batch * c.outputHeight * c.outputWidth * c.outChannels, 3)
    }

    /// The one that the routine writes.
    subscript(direction: Direction) -> [Float] {
      switch direction {
      case .forward: y
      case .inputGradient: x
      case .weightGradient: w
      }
    }
  }

  /// One routine with sentinels around its output.
  private func run(
    _ c: Convolution, _ direction: Direction, bias: [Float]? = nil,
    activation: Activation = .identity, accumulate: Bool = false
  ) -> [Float] {
    let operands = Operands(c)
    let (x, w, y) = (operands.x, operands.w, operands.y)
    return changed(operands[direction]) {
      switch direction {
      case .forward:
        c.forward(
          x, w, into: $0, bias: bias, activation: activation, accumulate: accumulate)
      case .inputGradient:
        c.inputGradient(
          y, w, into: $0, bias: bias, activation: activation, accumulate: accumulate)
      case .weightGradient:
        c.weightGradient(x, y, into: $0, accumulate: accumulate)
      }
    }
  }

  /// The same in Double.
  private func reference(_ c: Convolution, _ direction: Direction) -> [Double] {
    let operands = Operands(c)
    let (x, w, y) = (
      operands.x.map { Double($0) }, operands.w.map { Double($0) }, operands.y.map { Double($0) }
    )
    var result = [Double](repeating: 0, count: operands[direction].count)
    for n in 0..<c.batch {
      for oy in 0..<c.outputHeight {
        for ox in 0..<c.outputWidth {
          for ky in 0..<c.kernelHeight {
            for kx in 0..<c.kernelWidth {
              let (iy, ix) = (oy * c.stride + ky - c.padding, ox * c.stride + kx - c.padding)
              guard iy >= 0, iy < c.height, ix >= 0, ix < c.width else { continue }
              let from = ((n * c.height + iy) * c.width + ix) * c.inChannels
              let to = ((n * c.outputHeight + oy) * c.outputWidth + ox) * c.outChannels
              let tap = (ky * c.kernelWidth + kx) * c.inChannels
              for i in 0..<c.inChannels {
                for o in 0..<c.outChannels {
                  let weight = (tap + i) * c.outChannels + o
                  switch direction {
                  case .forward: result[to + o] += x[from + i] * w[weight]
                  case .inputGradient: result[from + i] += y[to + o] * w[weight]
                  case .weightGradient: result[weight] += x[from + i] * y[to + o]
                  }
                }
              }
            }
          }
        }
      }
    }
    return result
  }
}
