import Autograd
import Compute
import Foundation
import KernelInterface

extension OpCase {
  static let norms: [OpCase] =
    batchNorms + groupNorms + conditionedNorms + rowNorms + spectralNorms

  private static let batchNorms: [OpCase] = [[2, 1, 1, 1], [2, 3, 3, 5], [3, 4, 5, 33]].flatMap {
    shape -> [OpCase] in
    let channels = shape[3]
    let inputs = [Input(shape), Input(channels), Input(channels)]
    return [Activation.identity, .relu].map { activation in
      OpCase(.batchNorm, "of \(shape), \(activation)", inputs, tolerance: 5e-6) { x in
        batchNorm(x[0], weight: x[1], bias: x[2], epsilon: 1e-5, activation: activation)
      } reference: { x in
        let (mean, variance) = Naive.channelStatistics(x[0])
        return Naive.batchNorm(
          x[0], weight: x[1], bias: x[2], mean: mean, variance: variance, epsilon: 1e-5
        ).activated(activation)
      }
    } + [
      OpCase(.batchNormInference, "of \(shape)", inputs) { x in
        let running = RunningStatistics(
          mean: Values([channels], (0..<channels).map { Float($0) / 8 }),
          variance: Values([channels], (0..<channels).map { 0.5 + Float($0) }))
        return batchNormInference(
          x[0], weight: x[1], bias: x[2], running: running, activation: .relu)
      } reference: { x in
        Naive.batchNorm(
          x[0], weight: x[1], bias: x[2], mean: (0..<channels).map { Double($0) / 8 },
          variance: (0..<channels).map { 0.5 + Double($0) }, epsilon: 1e-5
        ).activated(.relu)
      }
    ]
  }

  private static let groupNorms: [OpCase] =
    [([1, 2, 2, 2], 1), ([2, 3, 1, 6], 3), ([2, 5, 3, 64], 4), ([2, 7, 34], 2)].flatMap {
      (shape, groups) -> [OpCase] in
      let channels = shape[shape.count - 1]
      let inputs = [Input(shape), Input(channels), Input(channels)]
      return [Activation.identity, .silu].map { activation in
        OpCase(.groupNorm, "\(shape), \(groups) groups, \(activation)", inputs, tolerance: 5e-6) {
          groupNorm(
            $0[0], weight: $0[1], bias: $0[2], groups: groups, epsilon: 1e-5,
            activation: activation)
        } reference: {
          Naive.groupNorm($0[0], weight: $0[1], bias: $0[2], groups: groups, epsilon: 1e-5)
            .activated(activation)
        }
      }
    }

  /// With a shift, a modulation and both, of each image.
  private static let conditionedNorms: [OpCase] =
    [([1, 2, 2, 2], 1), ([2, 3, 1, 6], 3), ([3, 5, 3, 34], 2), ([2, 12, 12, 4], 2)].flatMap {
      (shape, groups) -> [OpCase] in
      let (images, channels) = (shape[0], shape[shape.count - 1])
      let inputs = [Input(shape), Input(channels), Input(channels)]
      let (row, rows) = (Input(images, channels), Input(images, 2 * channels))
      return [
        ("shift", inputs + [row], 3, nil), ("modulation", inputs + [rows], nil, 3),
        ("both", inputs + [row, rows], 3, 4),
      ].map { (label: String, inputs: [Input], shift: Int?, modulation: Int?) in
        OpCase(.groupNorm, "\(shape), \(groups) groups, \(label)", inputs, tolerance: 5e-6) { x in
          groupNorm(
            x[0], weight: x[1], bias: x[2], groups: groups, epsilon: 1e-5,
            shift: shift.map { x[$0] }, modulation: modulation.map { x[$0] }, activation: .silu)
        } reference: { x in
          let shifted = shift.map { Naive.addingRows(x[0], x[$0]) } ?? x[0]
          let y = Naive.groupNorm(
            shifted, weight: x[1], bias: x[2], groups: groups, epsilon: 1e-5)
          return (modulation.map { Naive.modulated(y, x[$0]) } ?? y).activated(.silu)
        }
      }
    }

  private static let rowNorms: [OpCase] = [[1, 2], [3, 5], [2, 3, 65], [0, 4]].flatMap {
    shape -> [OpCase] in
    let channels = shape[shape.count - 1]
    return [
      OpCase(
        .layerNorm, "of \(shape)", [Input(shape), Input(channels), Input(channels)],
        tolerance: 5e-6
      ) {
        layerNorm($0[0], weight: $0[1], bias: $0[2], epsilon: 1e-5)
      } reference: {
        Naive.layerNorm($0[0], weight: $0[1], bias: $0[2], epsilon: 1e-5)
      },
      OpCase(.rmsNorm, "of \(shape)", [Input(shape), Input(channels)], tolerance: 5e-6) {
        rmsNorm($0[0], weight: $0[1], epsilon: 1e-6)
      } reference: {
        Naive.rmsNorm($0[0], weight: $0[1], epsilon: 1e-6)
      },
      OpCase(.softmax, "of \(shape)", [Input(shape)]) {
        softmax($0[0])
      } reference: {
        Naive.softmax($0[0])
      },
      OpCase(.logSoftmax, "of \(shape)", [Input(shape)]) {
        logSoftmax($0[0])
      } reference: {
        Naive.softmax($0[0]).map { log($0) }
      },
    ]
  }
}

extension OpCase {
  private static let spectralNorms: [OpCase] = [
    [1, 1], [7, 3], [2, 3, 2, 5], [3, 3, 17, 1], [0, 4],
  ].map {
    (shape: [Int]) -> OpCase in
    let columns = shape[shape.count - 1]
    let rows = shape.dropLast().reduce(1, *)
    // Of any direction, since they are constants.
    let u = (0..<columns).map { Float(1 + $0 % 3) / Float(2 * columns) }
    let v = (0..<rows).map { Float(2 - $0 % 2) / Float(rows) }
    return OpCase(.spectralNorm, "of \(shape)", [Input(shape, in: 0.5...1.5)]) {
      Autograd.spectralNorm($0[0], u: Values([columns], u), v: Values([rows], v))
    } reference: { weight in
      let sigma = weight[0].elements.indices.reduce(0.0) {
        $0 + Double(v[$1 / columns]) * weight[0].elements[$1] * Double(u[$1 % columns])
      }
      return weight[0].map { $0 / sigma }
    }
  }
}
