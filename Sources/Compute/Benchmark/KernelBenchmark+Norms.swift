import KernelInterface

extension KernelBenchmark {
  static let channelNorms: [KernelBenchmark] =
    // UNets' group norms, in their two sizes, and the ways in which the time comes in.
    [groupNorm(32, 28, 64, groups: 16), groupNorm(32, 7, 128, groups: 16)].joined()
    + groupNorm(8, 32, 128, groups: 32) + groupNorm(8, 16, 256, groups: 32)
    + groupNorm(32, 14, 128, groups: 16, condition: "shift")
    + groupNorm(32, 14, 128, groups: 16, condition: "modulation")
    // A DCGAN's batch norms.
    + batchNorm("relu", 64, 4, 512, .relu) + batchNorm("relu", 64, 16, 128, .relu)
    + batchNorm("relu", 64, 32, 64, .relu)
    + batchNorm("leaky-relu", 64, 16, 128, .leakyRelu(slope: 0.2))

  /// Both directions.
  private static func groupNorm(
    _ batch: Int, _ side: Int, _ channels: Int, groups: Int, condition: String? = nil
  ) -> [KernelBenchmark] {
    [false, true].map { backward in
      KernelBenchmark(
        "group-norm-silu" + (condition.map { "-\($0)" } ?? "") + (backward ? "-gradients" : ""),
        images(batch, side, channels), backward ? .add : .copy
      ) {
        let count = batch * side * side * channels
        let norm = GroupNormalization(
          batch: batch, rows: side * side, channels: channels, groups: groups, activation: .silu)
        let (x, dy, y) = (numbers(count), numbers(count), Storage(count: count))
        let parameters = numbers(2 * channels)
        let (weight, bias) = (parameters.base, parameters.base + channels)
        let own = numbers(2 * batch * channels)
        let distances = Storage(count: batch * channels)
        let statistics = Storage(count: 2 * batch * groups)
        let (mean, inverse) = (statistics.base, statistics.base + batch * groups)
        let time = NormCondition(
          shift: condition == "shift" ? UnsafePointer(own.base) : nil,
          modulation: condition == "modulation" ? UnsafePointer(own.base) : nil)
        let forward: () -> Void = {
          withExtendedLifetime((parameters, own, statistics)) {
            norm.forward(
              x.base, weight: weight, bias: bias, into: y.base, mean: mean,
              rstd: inverse, condition: time, distances: distances.base)
          }
        }
        guard backward else { return forward }
        forward()
        return {
          withExtendedLifetime((parameters, own, statistics)) {
            norm.gradients(
              x.base, dy.base, weight: weight, bias: bias, mean: mean, rstd: inverse,
              condition: time, distances: distances.base
            ).input(into: y.base)
          }
        }
      }
    }
  }

  /// Both directions.
  private static func batchNorm(
    _ name: String, _ batch: Int, _ side: Int, _ channels: Int, _ activation: Activation
  ) -> [KernelBenchmark] {
    [false, true].map { backward in
      KernelBenchmark(
        "batch-norm-" + name + (backward ? "-gradients" : ""), images(batch, side, channels),
        backward ? .add : .copy
      ) {
        let rows = batch * side * side
        let norm = BatchNormalization(rows: rows, channels: channels, activation: activation)
        let (x, dy, y) = (
          numbers(rows * channels), numbers(rows * channels), Storage(count: rows * channels)
        )
        let (weight, bias) = (numbers(channels), numbers(channels))
        let (mean, inverse) = (Storage(count: channels), Storage(count: channels))
        let forward: () -> Void = {
          norm.forward(
            x.base, weight: weight.base, bias: bias.base, into: y.base, mean: mean.base,
            rstd: inverse.base)
        }
        guard backward else { return forward }
        forward()
        return {
          norm.gradients(
            x.base, dy.base, weight: weight.base, bias: bias.base, mean: mean.base,
            rstd: inverse.base
          ).input(into: y.base)
        }
      }
    }
  }

  static let layerNorms: [KernelBenchmark] =
    layerNorm(768, 128) + layerNorm(16384, 384) + layerNorm(4096, 128, isCentered: false)

  /// Both directions; without a center, RMS norm.
  private static func layerNorm(
    _ rows: Int, _ columns: Int, isCentered: Bool = true
  ) -> [KernelBenchmark] {
    [false, true].map { backward in
      KernelBenchmark(
        (isCentered ? "layer-norm" : "rms-norm") + (backward ? "-gradients" : ""),
        "\(rows)x\(columns)", backward ? .add : .copy
      ) {
        let norm = LayerNormalization(rows: rows, columns: columns, isCentered: isCentered)
        let (x, dy, y) = (
          numbers(rows * columns), numbers(rows * columns), Storage(count: rows * columns)
        )
        let weight = numbers(columns)
        let (mean, inverse) = (Storage(count: rows), Storage(count: rows))
        let forward: () -> Void = {
          norm.forward(
            x.base, weight: weight.base, bias: nil, into: y.base, mean: mean.base,
            rstd: inverse.base)
        }
        guard backward else { return forward }
        forward()
        return {
          norm.gradients(
            x.base, dy.base, weight: weight.base, mean: mean.base, rstd: inverse.base
          ).input(into: y.base)
        }
      }
    }
  }
}
