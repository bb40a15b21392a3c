extension KernelBenchmark {
  /// The products, convolutions and attention of the recipes' models, and the yardsticks.
  public static let all: [KernelBenchmark] = matrixProducts + convolutions + attentions

  private static let matrixProducts: [KernelBenchmark] = [
    matrixProduct(1024, 1024, 1024),
    matrixProduct(16384, 384, 384),
    matrixProduct(16384, 1536, 384),
    matrixProduct(16384, 384, 1536),
    matrixProduct(768, 128, 128),
    matrixProduct(768, 65, 128),
    matrixProduct(4096, 65, 384),
    matrixProduct(64, 8192, 100),
    matrixProduct(64, 1, 8192),
    matrixProduct(4096, 3, 1024),
    matrixProduct(384, 1536, 16384, transposeA: true),
    matrixProduct(384, 384, 16384, transposeA: true),
    matrixProduct(100, 8192, 64, transposeA: true),
    matrixProduct(16384, 384, 1536, transposeB: true),
    matrixProduct(64, 100, 8192, transposeB: true),
  ]

  private static func matrixProduct(
    _ m: Int, _ n: Int, _ k: Int, transposeA: Bool = false, transposeB: Bool = false
  ) -> KernelBenchmark {
    KernelBenchmark(
      name: "matrix-product" + (transposeA ? "-ta" : "") + (transposeB ? "-tb" : ""),
      shape: "\(m)x\(n)x\(k)", operations: 2 * Double(m) * Double(n) * Double(k)
    ) {
      let (a, b, c) = (numbers(m * k), numbers(k * n), Values([m, n]))
      let product = MatrixProduct(
        m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB)
      return { product(a.pointer, b.pointer, into: c.storage.base) }
    }
  }

  private static let convolutions: [KernelBenchmark] = [
    // The yardstick, and others of UNets.
    unet(16, 32, 128), unet(32, 28, 64), unet(32, 14, 128), unet(8, 16, 256),
    // Both networks of a DCGAN at 64 pixels; at 32 pixels one level and a color less.
    dcgan(64, 3, 64), dcgan(32, 64, 128), dcgan(16, 128, 256), dcgan(8, 256, 512),
    Convolution(batch: 64, height: 4, width: 4, inChannels: 512, outChannels: 1, kernel: (4, 4)),
    dcgan(32, 1, 64),
  ].flatMap { convolution in
    [convolution, convolution.direct].prefix(convolution.usesWinograd ? 2 : 1).flatMap { route in
      Direction.allCases.map { bench(route, $0) }
    }
  }

  /// A layer of a UNet, which keeps the image's size.
  private static func unet(_ batch: Int, _ side: Int, _ channels: Int) -> Convolution {
    Convolution(
      batch: batch, height: side, width: side, inChannels: channels, outChannels: channels,
      kernel: (3, 3), padding: 1)
  }

  /// A layer of a DCGAN, which halves the image.
  private static func dcgan(_ side: Int, _ inChannels: Int, _ outChannels: Int) -> Convolution {
    Convolution(
      batch: 64, height: side, width: side, inChannels: inChannels, outChannels: outChannels,
      kernel: (4, 4), stride: 2, padding: 1)
  }

  private enum Direction: String, CaseIterable {
    case forward
    case inputGradient = "input-gradient"
    case weightGradient = "weight-gradient"
  }

  private static func bench(_ c: Convolution, _ direction: Direction) -> KernelBenchmark {
    KernelBenchmark(
      name: "convolution-" + direction.rawValue + (c.allowsWinograd ? "" : "-direct"),
      shape: "\(c.batch)x\(c.height)x\(c.width) \(c.inChannels)->\(c.outChannels) "
        + "k\(c.kernelHeight) s\(c.stride) p\(c.padding)",
      operations: c.operations
    ) {
      let x = numbers(c.batch * c.height * c.width * c.inChannels)
      let w = numbers(c.kernelHeight * c.kernelWidth * c.inChannels * c.outChannels)
      let y = numbers(c.batch * c.outputHeight * c.outputWidth * c.outChannels)
      switch direction {
      case .forward: return { c.forward(x.pointer, w.pointer, into: y.storage.base) }
      case .inputGradient: return { c.inputGradient(y.pointer, w.pointer, into: x.storage.base) }
      case .weightGradient: return { c.weightGradient(x.pointer, y.pointer, into: w.storage.base) }
      }
    }
  }

  private static let attentions: [KernelBenchmark] = [
    // UNets', with heads of eight channels and with one head, and transformers'.
    attention(32, 49, heads: 16, headSize: 8), attention(8, 256, heads: 1, headSize: 256),
    attention(12, 64, heads: 4, headSize: 32, isCausal: true),
    attention(32, 128, heads: 4, headSize: 32, isCausal: true),
    attention(64, 256, heads: 6, headSize: 64, isCausal: true),
  ].flatMap { attention in [false, true].map { bench(attention, backward: $0) } }

  private static func attention(
    _ batch: Int, _ length: Int, heads: Int, headSize: Int, isCausal: Bool = false
  ) -> Attention {
    Attention(
      batch: batch, queries: length, keys: length, heads: heads, headSize: headSize,
      isCausal: isCausal)
  }

  private static func bench(_ a: Attention, backward: Bool) -> KernelBenchmark {
    KernelBenchmark(
      name: "attention-" + (backward ? "gradients" : "forward"),
      shape: "\(a.batch)x\(a.queries) h\(a.heads) d\(a.headSize)" + (a.isCausal ? " causal" : ""),
      operations: backward ? a.gradientOperations : a.operations
    ) {
      let channels = a.heads * a.headSize
      func input(_ rows: Values) -> Attention.Input { .init(rows.pointer, stride: channels) }
      func output(_ rows: Values) -> Attention.Output { .init(rows.storage.base, stride: channels) }
      let rows = (0..<8).map { _ in numbers(a.batch * a.queries * channels) }
      let (q, k, v, y, dy) = (rows[0], rows[1], rows[2], rows[3], rows[4])
      let logSumExp = Values([a.statisticsCount])
      let forward: () -> Void = {
        a.forward(
          q: input(q), k: input(k), v: input(v), into: output(y),
          logSumExp: logSumExp.storage.base)
      }
      guard backward else { return forward }
      forward()
      return {
        a.gradients(
          q: input(q), k: input(k), v: input(v), y: input(y), dy: input(dy),
          logSumExp: logSumExp.pointer, dq: output(rows[5]), dk: output(rows[6]),
          dv: output(rows[7]))
      }
    }
  }

  /// Numbers between -1 and 1.
  private static func numbers(_ count: Int) -> Values {
    Values([count]) { values in
      for i in 0..<count { values[i] = Float((i &* 7919) % 1009) / 504.5 - 1 }
    }
  }
}
