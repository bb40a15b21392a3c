import KernelInterface

extension KernelBenchmark {
  /// Of transformers' MLPs, and of a DCGAN's images.
  static let activations: [KernelBenchmark] =
    activation("gelu", .gelu, 16384, 1536) + activation("gelu", .gelu, 768, 512)
    + activation("gelu-tanh", .geluTanh, 768, 512)
    + activation("relu-squared", .reluSquared, 4096, 512) + activation("silu", .silu, 4096, 512)
    + activation("tanh", .tanh, 64 * 64 * 64, 3) + gatedSilu(4096, 344)

  /// Both directions.
  private static func activation(
    _ name: String, _ activation: Activation, _ rows: Int, _ columns: Int
  ) -> [KernelBenchmark] {
    let (count, shape) = (rows * columns, "\(rows)x\(columns)")
    return [
      KernelBenchmark(name, shape) {
        let (x, y) = (numbers(count), Storage(count: count))
        return { activation.apply(x.base, into: y.base, count: count) }
      },
      KernelBenchmark(name + "-gradient", shape, .add) {
        let (saved, dy, dx) = (numbers(count), numbers(count), Storage(count: count))
        return { activation.gradient(saved: saved.base, dy.base, into: dx.base, count: count) }
      },
    ]
  }

  private static func gatedSilu(_ rows: Int, _ columns: Int) -> [KernelBenchmark] {
    let (count, shape) = (rows * columns, "\(rows)x\(columns)")
    return [
      KernelBenchmark("gated-silu", shape, .add) {
        let (x, y) = (numbers(2 * count), Storage(count: count))
        return { GatedSilu(rows: rows, columns: columns).forward(x.base, into: y.base) }
      },
      KernelBenchmark("gated-silu-gradient", shape) {
        let (x, dy, dx) = (numbers(2 * count), numbers(count), Storage(count: 2 * count))
        return { GatedSilu(rows: rows, columns: columns).gradient(x.base, dy.base, into: dx.base) }
      },
    ]
  }

  static let functions: [KernelBenchmark] = ElementaryFunction.allCases.map { function in
    KernelBenchmark("map-\(function)", "65536") {
      let (x, y) = (numbers(65536), Storage(count: 65536))
      return { Elementwise.map(function, x.base, into: y.base, count: 65536) }
    }
  }

  static let softmaxes: [KernelBenchmark] = [(4096, 65), (1024, 1024), (256, 50257)].flatMap {
    rows, columns in
    let (count, shape) = (rows * columns, "\(rows)x\(columns)")
    let softmax = Softmax(rows: rows, columns: columns)
    return [
      KernelBenchmark("softmax", shape) {
        let (x, y) = (numbers(count), Storage(count: count))
        return { softmax.forward(x.base, into: y.base) }
      },
      KernelBenchmark("softmax-gradient", shape, .add) {
        let (y, dy, dx) = (numbers(count), numbers(count), Storage(count: count))
        return { softmax.gradient(y.base, dy.base, into: dx.base) }
      },
    ]
  }

  /// Of characters, of GPT-2's tokens, and of a discriminator's verdicts.
  static let losses: [KernelBenchmark] =
    crossEntropy(768, 65) + crossEntropy(16384, 65) + crossEntropy(256, 50257)
    + [
      KernelBenchmark("binary-cross-entropy", "64", .read) {
        let x = numbers(64)
        return { _ = BinaryCrossEntropy(count: 64, target: 1).forward(x.base) }
      },
      KernelBenchmark("binary-cross-entropy-gradient", "64") {
        let (x, dx) = (numbers(64), Storage(count: 64))
        return { BinaryCrossEntropy(count: 64, target: 1).gradient(x.base, into: dx.base) }
      },
    ]

  private static func crossEntropy(_ rows: Int, _ classes: Int) -> [KernelBenchmark] {
    let loss = CrossEntropy(rows: rows, classes: classes)
    return [false, true].map { backward in
      KernelBenchmark(
        "cross-entropy" + (backward ? "-gradient" : ""), "\(rows)x\(classes)",
        backward ? .copy : .read
      ) {
        let x = numbers(rows * classes)
        let (targets, logSumExp) = (tokens(rows, of: classes), Storage(count: rows))
        let forward: () -> Void = {
          _ = loss.forward(x.base, targets: targets, logSumExp: logSumExp.base)
        }
        guard backward else { return forward }
        forward()
        let dx = Storage(count: rows * classes)
        return { loss.gradient(x.base, targets: targets, logSumExp: logSumExp.base, into: dx.base) }
      }
    }
  }
}
