import Datasets
import Runs

extension DiffusionRecipe: TrainableRecipe {
  /// The images to learn from, and those to be evaluated on.
  public struct Data {
    let training: ImageDataset
    let heldOut: ImageDataset?
  }

  /// Opens the images at the model's size, and takes over their channels and classes.
  public mutating func openData(_ opening: DataOpening) throws -> Data {
    var options = opening.imageOptions(seed: loop.seed)
    options.size = imageSize
    options.automaticSize = (Self.usualSize, model.sizeMultiple)
    options.channels = imageChannels
    let training = try ImageDataset(opening.location ?? data.source, options)
    (imageSize, imageChannels) = (training.width, training.channels)
    let isFew = training.count < ImageDataset.few
    augmentProbability = augmentProbability ?? (isFew ? Self.usualAugmentation : 0)
    if !isFew || training.channels != 3 { pretrained = nil }
    try takeClasses(of: training, isFew: isFew)
    guard loop.evaluateEvery != nil else { return Data(training: training, heldOut: nil) }
    do {
      return Data(training: training, heldOut: try training.heldOut())
    } catch {
      throw RecipeProblem("evaluate.every", "\(error); null trains without held-out images")
    }
  }

  /// The chance of a change that the paper takes for 50,000 images.
  static let usualAugmentation = 0.12

  /// Keeps a third of the way to be guided by, now that it is known how long that is.
  public mutating func settle() {
    settlePreviews()
    guard autoguides == true else { return }
    autoguides = false
    // Of fewer steps there is no third.
    guard loop.steps >= 3 else { return }
    loop.sparedStep = loop.steps / 3
    preview.guidance = preview.guidance ?? Self.usualAutoguidance
  }

  /// Where errors weigh as they are, at times of which all are as likely.
  public var lossesAreAlike: Bool {
    minSNRGamma == nil && times.kind == .uniform && lossKind == .denoising
      && augmentation == nil
  }

  private mutating func takeClasses(
    of dataset: ImageDataset, isFew: Bool
  ) throws(RecipeProblem) {
    let wanted = try dataset.classes(conditional: isConditional)
    isConditional = wanted != nil
    // Without classes, there is nothing else to be guided by.
    autoguides =
      autoguides
      ?? (isFew && wanted == nil && loop.sparedStep == nil && preview.guidance != 1
        && lossKind == .denoising)
    try checkGuidance()
    guard let classes = wanted else { return }
    let rows = classes + (classDropout > 0 ? 1 : 0)
    guard classRows == nil || classRows == rows else {
      throw RecipeProblem(
        "model.num_class_embeds",
        "\(classRows ?? 0), but \(dataset.name) has \(classes) classes, which take \(rows): set it "
          + "to that or to null")
    }
    classRows = rows
  }

  /// The checksum of the images to learn from, in hexadecimal.
  public static func hash(of data: Data) -> String { data.training.hash }

  /// The checksum of those that are held out.
  public static func heldOutHash(of data: Data) -> String? { data.training.hashOfHeldOut }

  /// How many images there are of both.
  public static func counts(of data: Data) -> (training: Int, heldOut: Int?) {
    data.training.counts
  }

  /// The UNet's sizes and what it tells, but for what data decides and what only training knows.
  public static let keysOfWeights: Set<String> = {
    let own = ["sample_size", "dropout", "conditional", "num_class_embeds"].map { "model.\($0)" }
    let sections = ["model.", "schedule.", "objective", "target"]
    return Set(schema.keys.map(\.path).filter { key in sections.contains { key.hasPrefix($0) } })
      .subtracting(own)
  }()

  /// Whether the UNet is told them, and how many there are.
  public static let keysOfClasses = ["model.conditional", "model.num_class_embeds"]

  /// The data's name or path.
  public var dataSource: String { data.source }

  /// What the classes are called that the UNet is told.
  public func classNames(of data: Data) -> [String] {
    classCount == nil ? [] : data.training.classNames
  }

  /// What is probably not as it was meant.
  public func remarks(on data: Data) -> [String] { data.training.remarks(self.data) }

  /// Those that are not held out.
  public func trainingImages(in data: Data) -> ImageDataset? { data.training }

  /// As many images as there are to learn from.
  public func stepsPerEpoch(_ data: Data) -> Double {
    Double(data.training.count) / Double(batch * accumulate)
  }

  /// A trainer with a new UNet.
  public func trainer(_ data: Data) -> DiffusionTrainer { DiffusionTrainer(self, data) }
}
