import Autograd
import Compute
import Datasets
import Images

extension Classifier {
  /// How a classifier does on images that it has not learned from.
  public struct Evaluation: Sendable {
    /// The mean cross-entropy in nats.
    public let loss: Double
    /// The standard error of that.
    public let noise: Double
    /// How many images of a class were taken for which: [their class][the class told].
    public let counts: [[Int]]

    /// How many images there were.
    public var images: Int { counts.joined().reduce(0, +) }

    /// The part of the images that are told right.
    public var accuracy: Double {
      Double(counts.indices.reduce(0) { $0 + counts[$1][$1] }) / Double(images)
    }
  }

  /// How many images are looked at together.
  private static let batch = 250

  /// Looks at all images of a set.
  /// - Parameter tell: Is told how many of them are done.
  /// - Throws: `DatasetError` if an image cannot be read any more.
  func evaluate(
    on dataset: ImageDataset, _ tell: (_ done: Int, _ count: Int) -> Void = { _, _ in }
  ) throws -> Evaluation {
    let classes = head.weight.shape[1]
    var (loss, squares) = (0.0, 0.0)
    var counts = Array(repeating: Array(repeating: 0, count: classes), count: classes)
    for start in MemoryPlan.parts(Array(stride(from: 0, to: dataset.count, by: Self.batch))) {
      let batch = try dataset.batch(start..<min(start + Self.batch, dataset.count))
      let logits = self(Tensor(constant: batch.images))
      let mean = crossEntropy(logits, batch.labels).item
      loss += Double(mean) * Double(batch.indices.count)
      squares += CrossEntropy(rows: batch.indices.count, classes: classes)
        .losses(logits.values.pointer, targets: batch.labels)
        .reduce(0) { $0 + Double($1) * Double($1) }
      for (label, told) in zip(batch.labels, Self.classes(of: logits.values)) {
        counts[Int(label)][Int(told)] += 1
      }
      if Abandonment.isGivenUp { break }
      tell(start + batch.indices.count, dataset.count)
    }
    let (count, mean) = (Double(dataset.count), loss / Double(dataset.count))
    return Evaluation(
      loss: mean, noise: (max(0, squares / count - mean * mean) / count).squareRoot(),
      counts: counts)
  }

  /// The features of images of one size, and the class that each is taken for.
  func judgment(of images: [Image]) -> (features: Features, classes: [Int32]) {
    let count = head.weight.shape[0]
    let features = Values([images.count, count])
    var classes: [Int32] = []
    for start in stride(from: 0, to: images.count, by: Self.batch) {
      let part = images[start..<min(start + Self.batch, images.count)]
      let found = self.features(Tensor(constant: values(of: part)))
      (features.storage.base + start * count)
        .update(from: found.values.pointer, count: found.count)
      classes += Self.classes(of: head(found).values)
    }
    return (Features(features), classes)
  }

  /// The most likely class of each image, from logits [N, classes].
  private static func classes(of logits: Values) -> [Int32] {
    let (count, classes) = (logits.shape[0], logits.shape[1])
    return (0..<count).map { row in
      let scores = logits.pointer + row * classes
      return Int32((0..<classes).max { scores[$0] < scores[$1] } ?? 0)
    }
  }
}
