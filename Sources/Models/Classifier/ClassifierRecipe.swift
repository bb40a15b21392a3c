import Datasets
import Runs
import Training

/// How to train a classifier.
public struct ClassifierRecipe: Recipe {
  /// What it learns from.
  public var data = DataOptions()
  /// The sizes.
  public var model = Model()
  /// Batch size.
  public var batch = 128
  /// The optimizer.
  public var optimizer = OptimizerOptions(learningRate: 2e-3)
  /// What a step keeps of the moving average.
  public var emaDecay = 0.995
  /// How long, and how often what.
  public var loop = LoopOptions(steps: 3000, sampleEvery: 1000, checkpointEvery: 500)

  /// The recipe with all defaults.
  public init() {}

  /// The sizes of a classifier.
  public struct Model: Equatable, Sendable {
    /// Pixels of an image's side; nil for the data's.
    public var size: Int?
    /// Channels of an image; nil for the data's.
    public var imageChannels: Int?
    /// Channels of the stages.
    public var channels = [32, 64, 96]
    /// The part of the features that training leaves out.
    public var dropout: Float = 0.2
    /// How many classes there are; nil for the data's.
    public var classes: Int?
  }

  /// The sizes, once the data has given its part.
  var configuration: Classifier.Configuration {
    Classifier.Configuration(
      imageChannels: model.imageChannels ?? 1, classes: model.classes ?? 1,
      channels: model.channels, dropout: model.dropout)
  }

  /// "classifier".
  public static let kind = "classifier"

  /// What its runs make.
  public static let output = ModelOutput.classes

  /// The trained model of a run.
  /// - Throws: `FileError`, `RecipeError` when the recipe or the checkpoint cannot be read.
  public static func trained(_ run: OpenedRun) throws -> TrainedModel {
    .classifier(try TrainedClassifier(run))
  }
  /// What it trains.
  public static let summary =
    "A classifier of images, whose features also evaluate generated ones."

  /// All keys.
  public static let schema = RecipeSchema<ClassifierRecipe>(
    DataOptions.keys.map { $0.at(\.data) } + [
      RecipeKey(
        "model.size", \.model.size, .orNull(.in(8...1024)),
        "Image height and width in pixels; null takes the data's."),
      RecipeKey(
        "model.image_channels", \.model.imageChannels, .orNull(.among(1, 3, 4)),
        "Image channels; null takes the data's."),
      RecipeKey(
        "model.channels", \.model.channels, .each(.in(1...4096)),
        "Channels of each pair of convolutions; the last are the features."),
      RecipeKey(
        "model.dropout", \.model.dropout, .in(0..<1),
        "Dropout rate of the features."),
      RecipeKey(
        "model.classes", \.model.classes, .orNull(.in(2...100_000)),
        "Number of classes; null takes the data's."),
      RecipeKey("batch", \.batch, .in(2...65536), "Batch size."),
    ] + OptimizerOptions.keys.map { $0.at(\.optimizer) } + [
      RecipeKey(
        "ema.decay", \.emaDecay, .in(0...0.999_999), formerly: "average.decay",
        "Decay of the classifier's EMA, which is what is used.")
    ] + LoopOptions.evaluationKeys.map { $0.at(\.loop) } + LoopOptions.keys.map { $0.at(\.loop) })

  /// Makes sure that the settings go together.
  public func check() throws(RecipeProblem) {
    try loop.check()
    try optimizer.check()
    guard !model.channels.isEmpty else {
      throw RecipeProblem("model.channels", "empty, but there must be a stage at least")
    }
  }
}

extension ClassifierRecipe: TrainableRecipe {
  /// What a classifier learns from, and what it is evaluated on.
  public struct Data: Sendable {
    /// Images with classes to learn from.
    public let training: ImageDataset
    /// Others to be evaluated on.
    public let heldOut: ImageDataset
  }

  /// How images are brought to the classifier.
  func options(like options: ImageDataset.Options) -> ImageDataset.Options {
    var options = options
    options.size = model.size
    options.channels = model.imageChannels
    return options
  }

  /// Opens the images, and takes their size, channels and classes over.
  public mutating func openData(_ opening: DataOpening) throws -> Data {
    let training = try images(opening)
    guard training.classNames.count >= 2 else {
      throw RecipeProblem(
        "data.source",
        "\(data.source), but a classifier needs images of two classes at least: in a folder, each "
          + "class is a folder of its own\(training.hint.map { "; \($0)" } ?? "")")
    }
    guard training.width == training.height else {
      throw RecipeProblem(
        "model.size",
        "null, but the images of \(data.source) are \(training.width)x\(training.height): give the "
          + "side of a square to bring them to")
    }
    guard model.classes ?? training.classNames.count == training.classNames.count else {
      throw RecipeProblem(
        "model.classes",
        "\(model.classes ?? 0), but \(data.source) has \(training.classNames.count): null takes "
          + "the data's")
    }
    model.size = training.width
    model.imageChannels = training.channels
    model.classes = training.classNames.count
    return Data(training: training, heldOut: try training.heldOut())
  }

  private func images(_ opening: DataOpening) throws -> ImageDataset {
    do throws(DatasetError) {
      return try ImageDataset(
        opening.location ?? data.source,
        options(like: opening.imageOptions(seed: loop.seed)))
    } catch {
      guard error.kind == .severalSizes else { throw error }
      throw RecipeProblem("model.size", "null, but \(data.source) has \(error.problem)")
    }
  }

  /// The sizes of what finds the features.
  public static let keysOfWeights: Set<String> = [
    "model.size", "model.image_channels", "model.channels",
  ]

  /// How many there are.
  public static let keysOfClasses = ["model.classes"]

  /// The data's name or path.
  public var dataSource: String { data.source }

  /// The checksum of the images to learn from, in hexadecimal.
  public static func hash(of data: Data) -> String { data.training.hash }

  /// The checksum of those.
  public static func heldOutHash(of data: Data) -> String? { data.training.hashOfHeldOut }

  /// How many images there are of both.
  public static func counts(of data: Data) -> (training: Int, heldOut: Int?) {
    data.training.counts
  }

  /// What the classes are called.
  public func classNames(of data: Data) -> [String] { data.training.classNames }

  /// Whether the folders look like parts of a data set.
  public func remarks(on data: Data) -> [String] {
    data.training.hint.map { ["hint: \($0)"] } ?? []
  }

  /// As many images as there are to learn from.
  public func stepsPerEpoch(_ data: Data) -> Double {
    Double(data.training.count) / Double(batch)
  }

  /// A trainer with a new classifier.
  public func trainer(_ data: Data) -> ClassifierTrainer { ClassifierTrainer(self, data) }
}
