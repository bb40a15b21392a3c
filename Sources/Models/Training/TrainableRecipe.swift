import Datasets
import Images
import Runs
import Training

/// A recipe from which a training run can be started.
public protocol TrainableRecipe: Recipe {
  /// What does the training.
  associatedtype ModelTrainer: Trainer

  /// How long, and how often what.
  var loop: LoopOptions { get set }

  /// How the weights are moved.
  var optimizer: OptimizerOptions { get }

  /// How many images, or windows of text, are taken at a time.
  var batch: Int { get set }

  /// How many batches make a step.
  var accumulate: Int { get }

  /// What the batch is a multiple of.
  var batchMultiple: Int { get }

  /// The data, opened.
  associatedtype Data

  /// Opens the data, and completes what the recipe leaves to it.
  ///
  /// - Throws: `DatasetError`; `RecipeProblem` where recipe and data do not go together.
  mutating func openData(_ opening: DataOpening) throws -> Data

  /// Completes what depends on how many steps a new run will have.
  mutating func settle()

  /// The built-in name or the path of the data, as it was typed.
  var dataSource: String { get }

  /// A checksum of the data to learn from, for the run's records.
  static func hash(of data: Data) -> String

  /// A checksum of the data that is held out, where that is not part of the other.
  static func heldOutHash(of data: Data) -> String?

  /// How many images or characters there are to learn from, and how many are held out from them.
  static func counts(of data: Data) -> (training: Int, heldOut: Int?)

  /// What an n-gram loses on the held-out text, in nats a character; nil where the data is no text.
  func baseline(of data: Data) -> Double?

  /// A part of what a generator learns from, in the form of its previews; nil where none is trained.
  /// - Throws: `DatasetError` if it cannot be read any more.
  func examples(of data: Data) throws -> Preview?

  /// What the data's classes are called; empty where the model is told none.
  func classNames(of data: Data) -> [String]

  /// How the preview after `step` steps is sampled: the sampler's name, and what `gen sample` is told to make it
  /// again, but for the run, the step and the seed.
  func previewProvenance(after step: Int) -> (sampler: String, flags: [String])

  /// The most that previews will add to a step's time, as a part of it, once the recipe is settled; nil where that
  /// is not seen to.
  var mostPreviewing: Double? { get }

  /// How many steps it takes to learn from as much as the data has.
  func stepsPerEpoch(_ data: Data) -> Double

  /// How often the model is asked to draw an image as the recipe says.
  var passesPerImage: Int { get }

  /// What is said of the data before training starts, line by line.
  func remarks(on data: Data) -> [String]

  /// The images that a generator learns from; nil where none is trained.
  func trainingImages(in data: Data) -> ImageDataset?

  /// What is said of a run that has ended, whose best checkpoint has that measurement; nil for nothing.
  func summary(_ data: Data, best: Metric) -> String?

  /// A trainer that has done no step.
  func trainer(_ data: Data) -> ModelTrainer

  /// Whether the losses of training and of validation weigh errors alike.
  var lossesAreAlike: Bool { get }

  /// The keys that say what sizes weights have and what they tell: a training that starts from a run's weights
  /// takes them from that run.
  static var keysOfWeights: Set<String> { get }

  /// The keys that say which classes the data has, or how many: null in a training on other data.
  static var keysOfClasses: [String] { get }

  /// The pretrained model from whose weights a training starts where no other run is named; nil for new weights.
  var pretrained: String? { get set }

  /// What its runs make.
  static var output: ModelOutput { get }

  /// The trained model of a run.
  /// - Throws: `FileError`, `RecipeError` when the recipe or the checkpoint cannot be read.
  static func trained(_ run: OpenedRun) throws -> TrainedModel
}

extension TrainableRecipe {
  /// Opens the data for a training from the beginning.
  /// - Throws: what opening throws.
  public mutating func openData(skipBroken: Bool) throws -> Data {
    try openData(DataOpening(skipBroken: skipBroken))
  }

  /// Nothing depends on it.
  public mutating func settle() {}

  /// One.
  public var accumulate: Int { 1 }

  /// It may be of any size.
  public var batchMultiple: Int { 1 }

  /// It is part of the other.
  public static func heldOutHash(of data: Data) -> String? { nil }

  /// The data is no text.
  public func baseline(of data: Data) -> Double? { nil }

  /// A grid of the images; where the model is told classes, a column for each.
  public func examples(of data: Data) throws -> Preview? {
    guard let images = trainingImages(in: data) else { return nil }
    let classes = classNames(of: data).isEmpty ? nil : images.classNames.count
    let layout = PreviewLayout(classes: classes)
    return .images(try images.examples(layout), columns: layout.columns)
  }

  /// The model is told no classes.
  public func classNames(of data: Data) -> [String] { [] }

  /// They do.
  public var lossesAreAlike: Bool { true }

  /// A recipe has to say what the run's says.
  public static var keysOfWeights: Set<String> { [] }

  /// There are none.
  public static var keysOfClasses: [String] { [] }

  /// New weights.
  public var pretrained: String? {
    get { nil }
    set {}
  }

  /// Once.
  public var passesPerImage: Int { 1 }

  /// Nothing.
  public func remarks(on data: Data) -> [String] { [] }

  /// No generator is trained.
  public func trainingImages(in data: Data) -> ImageDataset? { nil }

  /// Nothing.
  public func summary(_ data: Data, best: Metric) -> String? { nil }

  /// As the kind samples without flags.
  public func previewProvenance(after step: Int) -> (sampler: String, flags: [String]) {
    (Self.kind, [])
  }

  /// Nothing is seen to.
  public var mostPreviewing: Double? { nil }
}

extension RunFolder {
  /// Whether the losses of training and of validation weigh errors alike, as far as the recipe can be read.
  public var lossesAreAlike: Bool {
    (try? RecipeDocument(path: recipePath).lossesAreAlike) ?? true
  }
}

/// How a recipe's data is opened.
public struct DataOpening: Sendable {
  /// Where it is, if not where the recipe's name or path leads to from the working folder.
  public var location: String?
  /// Whether files are left out that cannot be read, instead of refused.
  public var skipBroken: Bool
  /// By which rules images are read.
  public var reading: ImageReading
  /// What training starts from or goes on with, which may say how data is to be read, as a tokenizer
  /// does.
  public var source: Checkpoint?

  /// An opening for a training from the beginning.
  public init(
    location: String? = nil, skipBroken: Bool = false, reading: ImageReading = .current,
    source: Checkpoint? = nil
  ) {
    (self.location, self.skipBroken) = (location, skipBroken)
    (self.reading, self.source) = (reading, source)
  }

  /// How images are opened, but for their size and channels.
  func imageOptions(seed: UInt64) -> ImageDataset.Options {
    var options = ImageDataset.Options()
    (options.seed, options.skipBroken, options.reading) = (seed, skipBroken, reading)
    return options
  }
}

/// The kinds of recipes that there are.
public let recipeKinds: [any TrainableRecipe.Type] = [
  GANRecipe.self, DiffusionRecipe.self, TransformerRecipe.self, RecurrentRecipe.self,
  ClassifierRecipe.self,
]
