/// What a comparison of images with real ones has found.
public struct ImageReport: Sendable {
  /// The data of the real ones.
  public let data: String
  /// The name of the classifier in whose features they were compared; nil for an untrained network.
  public let classifier: String?
  /// How many features there are.
  public let featureCount: Int
  /// How many real images there were.
  public let realSamples: Int
  /// What was measured.
  public let measures: ImageMeasures
  /// The same of real images in the place of the others.
  public let floor: ImageMeasures
  /// Whose features they were compared in.
  public var judge: String { classifier ?? "an untrained network" }
  /// What a classifier's classes are called; empty where none has looked at the images.
  public internal(set) var classNames: [String] = []
  /// What is to be said of figures from so few images; nil where there are enough.
  ///
  /// Of no more vectors than they have numbers, no covariance is known: what is missing of it makes the
  /// Frechet distance the larger the fewer they are.
  public var caution: String? {
    let fewest = min(measures.samples, realSamples, floor.samples)
    guard fewest <= featureCount else { return nil }
    return
      "\(fewest) images are too few for their \(featureCount) features: the Frechet distance is "
      + "larger by what they leave out, and comparable only with the floor, and with figures of as "
      + "many images; more than \(featureCount) are needed"
  }

  /// How many of the images were taken for each class.
  public internal(set) var classCounts: [Int] = []
  /// The same of the real ones that they were compared with.
  public internal(set) var realClassCounts: [Int] = []

  /// How many of some images were taken for each class.
  func histogram(of classes: [Int32]) -> [Int] {
    classes.reduce(into: classNames.map { _ in 0 }) { $0[Int($1)] += 1 }
  }
}

extension ImageReport: Encodable {
  private enum Key: String, CodingKey {
    case data, classifier, samples, precision, recall, caution
    case featureCount = "features"
    case realSamples = "real_samples"
    case floorSamples = "floor_samples"
    case frechetDistance = "frechet_distance"
    case frechetDistanceFloor = "frechet_distance_floor"
    case kernelDistance = "kernel_distance"
    case kernelDistanceFloor = "kernel_distance_floor"
    case precisionFloor = "precision_floor"
    case recallFloor = "recall_floor"
    case frechetDistanceInterval = "frechet_distance_interval"
    case kernelDistanceInterval = "kernel_distance_interval"
    case precisionInterval = "precision_interval"
    case recallInterval = "recall_interval"
    case classHistogram = "class_histogram"
    case realClassHistogram = "class_histogram_real"
  }

  /// One flat object; histograms are objects with a count for each class.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(data, forKey: .data)
    try container.encode(classifier, forKey: .classifier)
    try container.encode(featureCount, forKey: .featureCount)
    try container.encode(measures.samples, forKey: .samples)
    try container.encode(realSamples, forKey: .realSamples)
    try container.encode(floor.samples, forKey: .floorSamples)
    try container.encode(measures.frechetDistance, forKey: .frechetDistance)
    try container.encode(floor.frechetDistance, forKey: .frechetDistanceFloor)
    try container.encode(measures.kernelDistance, forKey: .kernelDistance)
    try container.encode(floor.kernelDistance, forKey: .kernelDistanceFloor)
    try container.encode(measures.precision, forKey: .precision)
    try container.encode(floor.precision, forKey: .precisionFloor)
    try container.encode(measures.recall, forKey: .recall)
    try container.encode(floor.recall, forKey: .recallFloor)
    if let intervals = measures.intervals {
      func encode(_ interval: ClosedRange<Double>, _ key: Key) throws {
        try container.encode([interval.lowerBound, interval.upperBound], forKey: key)
      }
      try encode(intervals.frechetDistance, .frechetDistanceInterval)
      try encode(intervals.kernelDistance, .kernelDistanceInterval)
      try encode(intervals.precision, .precisionInterval)
      try encode(intervals.recall, .recallInterval)
    }
    try container.encodeIfPresent(caution, forKey: .caution)
    guard !classNames.isEmpty else { return }
    try container.encode(histogram(classCounts), forKey: .classHistogram)
    try container.encode(histogram(realClassCounts), forKey: .realClassHistogram)
  }

  private func histogram(_ counts: [Int]) -> [String: Int] {
    Dictionary(zip(classNames, counts)) { $0 + $1 }
  }
}
