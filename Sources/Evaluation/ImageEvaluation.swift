import Datasets
import Files
import Images
import Models
import Runs

/// Evaluates images: compares their features with those of real ones.
public struct ImageEvaluation {
  /// What they are compared in.
  public let features: ImageFeatures
  /// The data that the images are compared with.
  public let data: DataReference

  /// How many images a comparison takes at least, generated and real.
  public static let fewest = 10

  /// Comparisons with the held-out images of some data.
  public init(by features: ImageFeatures, with data: DataReference) {
    self.features = features
    self.data = data
  }

  /// The data that there is a bundled classifier for.
  public static let standardData = "fashion-mnist"
  private static let standardName = "classifier-fashion"

  /// Comparisons with the held-out images of some data: in the features of a classifier's run, or of the
  /// classifier bundled for the data, or of an untrained network where there is none.
  /// - Throws: `FileError`, `RecipeError` when the classifier is not there or cannot be read.
  public init(with data: DataReference, by run: RunFolder?) throws {
    guard let run = try run ?? Self.findStandardClassifier(of: data.source) else {
      self.init(by: .untrained(UntrainedNetwork()), with: data)
      return
    }
    self.init(by: .classifier(try TrainedClassifier(run)), with: data)
  }

  /// The bundled classifier for some data; nil where there is none.
  public static func standardClassifier(for data: String) -> RunFolder? {
    data == standardData ? Pretrained.find(standardName) : nil
  }

  private static func findStandardClassifier(of data: String) throws -> RunFolder? {
    if let run = standardClassifier(for: data) { return run }
    guard data == standardData else { return nil }
    throw FileError(
      .missing, standardName,
      "this classifier is in none of \(Pretrained.folders.joined(separator: ", ")): let GEN_HOME name "
        + "the folder that it is in, or train one by gen train classifier, and name it by "
        + "--classifier RUN")
  }

  /// Compares images of one size, at least `fewest`, with as many held-out images of the data, and
  /// does the same with as many images of the data that models learn from: the floor, since what is
  /// real cannot be told from what is real by more than chance.
  ///
  /// All take the same way to the classifier: real ones are brought to the size and the channels of the
  /// others, as they are for a model in training, and then each is brought to the classifier's.
  /// - Throws: `DatasetError` when the data cannot be read; `FileError` when it has too few images.
  public func callAsFunction(_ drawn: [Image]) throws -> ImageReport {
    precondition(drawn.count >= Self.fewest, "a comparison of \(drawn.count) images")
    return try compare(drawn, parts(like: drawn[0]))
  }

  /// The same in two steps: opens the data, for images of the size and the channels of that one, before others are
  /// made, and returns what compares them.
  /// - Throws: as the comparison, but for images that cannot be read later.
  public func opened(like image: Image) throws -> (_ drawn: [Image]) throws -> ImageReport {
    let parts = try parts(like: image)
    return { drawn in try compare(drawn, parts) }
  }

  private typealias Parts = (training: ImageDataset, heldOut: ImageDataset)

  private func parts(like image: Image) throws -> Parts {
    try ImageDataset.parts(
      of: data, like: image, fewest: Self.fewest, remedy: "name what to compare with by --data")
  }

  private func compare(_ drawn: [Image], _ parts: Parts) throws -> ImageReport {
    let (training, heldOut) = parts
    let real = try heldOut.selection(drawn.count)
    let floor = try training.selection(drawn.count)
    var report: ImageReport
    switch features {
    case .classifier(let classifier):
      let (found, expected) = (classifier(drawn), classifier(real))
      report = compare(found.features, expected.features, floor: classifier(floor).features)
      report.classNames = classifier.classNames
      report.classCounts = report.histogram(of: found.classes)
      report.realClassCounts = report.histogram(of: expected.classes)
    case .untrained(let network):
      let expected = network(real)
      let whitening = Whitening(expected)
      report = compare(
        whitening(network(drawn)), whitening(expected), floor: whitening(network(floor)))
    }
    return report
  }

  private func compare(_ found: Features, _ expected: Features, floor: Features) -> ImageReport {
    let real = RealFeatures(expected)
    return ImageReport(
      data: data.name, classifier: features.classifierName, featureCount: features.count,
      realSamples: expected.count,
      measures: ImageMeasures(found, with: real, hasIntervals: true),
      floor: ImageMeasures(floor, with: real))
  }
}
