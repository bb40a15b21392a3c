import Datasets
import Files
import Images
import Runs
import Training

/// The classifier of a run: the moving average of its network.
public struct TrainedClassifier {
  /// The run that it was trained in.
  public let run: RunFolder
  /// The step of the checkpoint.
  public let step: Int
  /// The data that it has learned from: a built-in name or a path.
  public let dataSource: String
  /// What its classes are called: as the run says, or else their numbers.
  public let classNames: [String]
  /// The pixels of an image's side.
  public let side: Int
  /// The channels of an image.
  public let channels: Int
  private let recipe: ClassifierRecipe
  private let network: Classifier

  /// The classifier as it was after `step` steps, or for nil at the run's newest checkpoint that
  /// verifies.
  /// - Throws: `FileError`, `RecipeError` when the run cannot be read, or is of another kind.
  public init(_ run: RunFolder, step: Int? = nil) throws {
    try self.init(OpenedRun(run, step: step))
  }

  init(_ opened: OpenedRun) throws {
    let run = opened.run
    recipe = try opened.recipe(as: ClassifierRecipe.self)
    guard let side = recipe.model.size, let channels = recipe.model.imageChannels,
      recipe.model.classes != nil
    else {
      throw FileError(
        .badData, run.recipePath,
        "does not say all of model.size, model.image_channels and model.classes, as a run's does")
    }
    let checkpoint = try opened.checkpoint()
    network = Classifier(recipe.configuration)
    try Learner.read(checkpoint, into: network)
    (self.run, self.step, dataSource) = (run, checkpoint.step, recipe.data.source)
    (self.side, self.channels) = (side, channels)
    let names = try run.classNames()
    classNames =
      names.count == recipe.configuration.classes
      ? names : (0..<recipe.configuration.classes).map { "\($0)" }
  }

  /// How many features it sees in an image.
  public var featureCount: Int { recipe.configuration.features }

  /// The features of images of any size, and the class that each is taken for.
  public func callAsFunction(_ images: [Image]) -> (features: Features, classes: [Int32]) {
    network.judgment(of: images.map(fitted))
  }

  /// The image at the classifier's size and channels.
  func fitted(_ image: Image) -> Image { image.fitted(toSide: side, channels: channels) }

  /// How well it tells the held-out images of its data.
  /// - Throws: `DatasetError` if the data is not there; `FileError` if it has other classes now.
  public func evaluate() throws -> Classifier.Evaluation {
    let learned = DataReference(dataSource, of: run, seed: recipe.loop.seed)
    let location = try learned.location()
    var options = recipe.options(like: try learned.imageOptions())
    // Whether it is still what it has learned from, both parts tell.
    options.memoryLimit = 0
    let training = try ImageDataset(location, options)
    try learned.check(
      hash: training.hash, heldOutHash: training.hashOfHeldOut, at: location,
      remedy: "train another classifier on what is there")
    let heldOut = try training.heldOut()
    guard heldOut.classNames.count == classNames.count else {
      throw FileError(
        .badData, run.path,
        "knows \(classNames.count) classes, but \(dataSource) has \(heldOut.classNames.count) now")
    }
    return try network.evaluate(on: heldOut)
  }
}
