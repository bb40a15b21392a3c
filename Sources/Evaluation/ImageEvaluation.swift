import Datasets
import Files
import Images
import Models
import Runs

/// Evaluates images: compares what a classifier sees in them with what it sees in real ones.
public struct ImageEvaluation {
  /// The classifier.
  public let classifier: TrainedClassifier
  /// The data that the images are compared with.
  public let data: DataReference

  /// How many images a comparison takes at least, generated and real.
  public static let fewest = 10

  /// Comparisons with the held-out images of some data.
  public init(by classifier: TrainedClassifier, with data: DataReference) {
    (self.classifier, self.data) = (classifier, data)
  }

  /// The data that there is a bundled classifier for.
  public static let standardData = "fashion-mnist"
  private static let standardName = "classifier-fashion"

  /// Comparisons with the held-out images of some data, by a classifier's run, or by the classifier
  /// bundled for the data.
  /// - Throws: `FileError`, `RecipeError` when there is no classifier, or it cannot be read.
  public init(with data: DataReference, by run: RunFolder?) throws {
    let run = try run ?? Self.findStandardClassifier(of: data.source)
    self.init(by: try TrainedClassifier(run), with: data)
  }

  /// The bundled classifier for some data; nil where there is none.
  public static func standardClassifier(for data: String) -> RunFolder? {
    data == standardData ? Pretrained.find(standardName) : nil
  }

  private static func findStandardClassifier(of data: String) throws -> RunFolder {
    if let run = standardClassifier(for: data) { return run }
    guard data == standardData else {
      throw FileError(
        .missing, data,
        "there is no bundled classifier for this data: train one by gen train classifier --data "
          + "\(data), and name it to gen eval by --classifier RUN")
    }
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
    let (training, heldOut) = try ImageDataset.parts(
      of: data, like: drawn[0], fewest: Self.fewest,
      remedy: "name what to compare with by --data")
    let (features, classes) = classifier(drawn)
    let (realFeatures, realClasses) = classifier(try heldOut.selection(drawn.count))
    let (floorFeatures, _) = classifier(try training.selection(drawn.count))
    let real = RealFeatures(realFeatures)
    return ImageReport(
      data: data.name, classifier: classifier.run.name, featureCount: classifier.featureCount,
      realSamples: realFeatures.count,
      measures: ImageMeasures(features, with: real, hasIntervals: true),
      floor: ImageMeasures(floorFeatures, with: real),
      classNames: classifier.classNames,
      classCounts: histogram(classes), realClassCounts: histogram(realClasses))
  }

  private func histogram(_ classes: [Int32]) -> [Int] {
    var counts = Array(repeating: 0, count: classifier.classNames.count)
    for number in classes { counts[Int(number)] += 1 }
    return counts
  }
}
