/// The ops in double precision, one loop after the other as their formulas have it.
enum Naive {
  /// x [..., K] times w [K, N], plus the bias [N].
  static func linear(_ x: Reference, _ w: Reference, bias: Reference? = nil) -> Reference {
    let (k, n) = (w.shape[0], w.shape[1])
    return Reference(x.shape.dropLast() + [n]) { i in
      let (row, column) = (i / n, i % n)
      var sum = bias?.elements[column] ?? 0
      for l in 0..<k { sum += x.elements[row * k + l] * w.elements[l * n + column] }
      return sum
    }
  }

  static func transposed(_ x: Reference) -> Reference {
    let (m, n) = (x.shape[0], x.shape[1])
    return Reference([n, m]) { x.elements[$0 % m * n + $0 / m] }
  }

  /// x [N, H, W, In] with kernels w [Kh, Kw, In, Out]: [N, H', W', Out].
  static func conv2D(
    _ x: Reference, _ w: Reference, bias: Reference? = nil, stride: Int, padding: Int,
    extra: Int = 0
  ) -> Reference {
    let (n, h, width, input) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let (kh, kw, output) = (w.shape[0], w.shape[1], w.shape[3])
    let outputHeight = (h + 2 * padding + extra - kh) / stride + 1
    let outputWidth = (width + 2 * padding + extra - kw) / stride + 1
    let shape = [n, outputHeight, outputWidth, output]
    var y = Reference(shape) { bias?.elements[$0 % output] ?? 0 }
    eachTap(of: y.shape, kernel: (kh, kw), into: x.shape, stride: stride, padding: padding) {
      outer, inner, tap in
      for ci in 0..<input {
        let value = x.elements[inner * input + ci]
        for co in 0..<output {
          y.elements[outer * output + co] += value * w.elements[(tap * input + ci) * output + co]
        }
      }
    }
    return y
  }

  /// x [N, H, W, In] spread by kernels w [Kh, Kw, Out, In]: [N, H', W', Out].
  static func convTranspose2D(
    _ x: Reference, _ w: Reference, bias: Reference? = nil, stride: Int, padding: Int
  ) -> Reference {
    let (n, h, width, input) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let (kh, kw, output) = (w.shape[0], w.shape[1], w.shape[2])
    let shape = [
      n, (h - 1) * stride - 2 * padding + kh, (width - 1) * stride - 2 * padding + kw, output,
    ]
    var y = Reference(shape) { bias?.elements[$0 % output] ?? 0 }
    eachTap(of: x.shape, kernel: (kh, kw), into: y.shape, stride: stride, padding: padding) {
      outer, inner, tap in
      for co in 0..<output {
        for ci in 0..<input {
          y.elements[inner * output + co] +=
            x.elements[outer * input + ci] * w.elements[(tap * output + co) * input + ci]
        }
      }
    }
    return y
  }

  /// The pairs of pixels that a convolution from images of shape `inner` to those of shape `outer`
  /// connects, by their numbers, and the kernel's tap in between.
  private static func eachTap(
    of outer: [Int], kernel: (height: Int, width: Int), into inner: [Int], stride: Int,
    padding: Int,
    _ body: (_ outer: Int, _ inner: Int, _ tap: Int) -> Void
  ) {
    for n in 0..<outer[0] {
      for row in 0..<outer[1] {
        for column in 0..<outer[2] {
          for tap in 0..<kernel.height * kernel.width {
            let y = row * stride - padding + tap / kernel.width
            let x = column * stride - padding + tap % kernel.width
            guard (0..<inner[1]).contains(y) && (0..<inner[2]).contains(x) else { continue }
            body((n * outer[1] + row) * outer[2] + column, (n * inner[1] + y) * inner[2] + x, tap)
          }
        }
      }
    }
  }
}
