import Foundation

extension Naive {
  /// The statistics of each channel, the last dimension, over all else.
  static func channelStatistics(_ x: Reference) -> (mean: [Double], variance: [Double]) {
    let channels = (0..<x.columns).map { channel in
      statistics((0..<x.rows).map { x.elements[$0 * x.columns + channel] })
    }
    return (channels.map(\.mean), channels.map(\.variance))
  }

  /// The mean and the biased variance.
  static func statistics(_ elements: [Double]) -> (mean: Double, variance: Double) {
    let mean = elements.reduce(0, +) / Double(elements.count)
    let variance = elements.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(elements.count)
    return (mean, variance)
  }

  static func batchNorm(
    _ x: Reference, weight: Reference, bias: Reference, mean: [Double], variance: [Double],
    epsilon: Double
  ) -> Reference {
    Reference(x.shape) { i in
      let c = i % x.columns
      let normal = (x.elements[i] - mean[c]) / (variance[c] + epsilon).squareRoot()
      return normal * weight.elements[c] + bias.elements[c]
    }
  }

  /// x [N, ..., C], each image's channels in groups.
  static func groupNorm(
    _ x: Reference, weight: Reference, bias: Reference, groups: Int, epsilon: Double
  ) -> Reference {
    let (channels, images) = (x.columns, x.shape[0])
    let (size, pixels) = (channels / groups, x.rows / max(images, 1))
    var y = x
    for image in 0..<images {
      for group in 0..<groups {
        let places = (0..<pixels).flatMap { pixel in
          (0..<size).map { (image * pixels + pixel) * channels + group * size + $0 }
        }
        let (mean, variance) = statistics(places.map { x.elements[$0] })
        for place in places {
          let c = place % channels
          let normal = (x.elements[place] - mean) / (variance + epsilon).squareRoot()
          y.elements[place] = normal * weight.elements[c] + bias.elements[c]
        }
      }
    }
    return y
  }

  /// x [N, ..., C] plus each image's own row [N, C].
  static func addingRows(_ x: Reference, _ rows: Reference) -> Reference {
    let perImage = x.count / x.shape[0]
    return Reference(x.shape) {
      x.elements[$0] + rows.elements[$0 / perImage * x.columns + $0 % x.columns]
    }
  }

  /// (1 + s) x + t, s and t being the halves of each image's own row [N, 2 C].
  static func modulated(_ x: Reference, _ rows: Reference) -> Reference {
    let (perImage, channels) = (x.count / x.shape[0], x.columns)
    return Reference(x.shape) {
      let place = $0 / perImage * 2 * channels + $0 % channels
      return (1 + rows.elements[place]) * x.elements[$0] + rows.elements[place + channels]
    }
  }

  static func layerNorm(
    _ x: Reference, weight: Reference, bias: Reference, epsilon: Double
  ) -> Reference {
    x.mapRows { row in
      let (mean, variance) = statistics(row)
      return row.indices.map {
        (row[$0] - mean) / (variance + epsilon).squareRoot() * weight.elements[$0]
          + bias.elements[$0]
      }
    }
  }

  static func rmsNorm(_ x: Reference, weight: Reference, epsilon: Double) -> Reference {
    x.mapRows { row in
      let square = Reference.dot(row, row) / Double(row.count)
      return row.indices.map { row[$0] / (square + epsilon).squareRoot() * weight.elements[$0] }
    }
  }

  static func softmax(_ x: Reference) -> Reference {
    x.mapRows { row in
      let largest = row.max() ?? 0
      let exponentials = row.map { exp($0 - largest) }
      let sum = exponentials.reduce(0, +)
      return exponentials.map { $0 / sum }
    }
  }

  /// The mean over rows of -log softmax at the target.
  static func crossEntropy(_ logits: Reference, _ targets: [Int32]) -> Reference {
    let columns = logits.columns
    let losses = targets.indices.map { row -> Double in
      let scores = logits.elements[row * columns..<(row + 1) * columns]
      let largest = scores.max() ?? 0
      return log(scores.reduce(0) { $0 + exp($1 - largest) }) + largest
        - logits.elements[row * columns + Int(targets[row])]
    }
    return .scalar(losses.reduce(0, +) / Double(losses.count))
  }

  /// The mean of -t log s(x) - (1 - t) log (1 - s(x)), s being the logistic function.
  static func binaryCrossEntropy(_ x: Reference, _ targets: [Double]) -> Reference {
    let losses = zip(x.elements, targets).map { log(1 + exp($0)) - $1 * $0 }
    return .scalar(losses.reduce(0, +) / Double(x.count))
  }
}
