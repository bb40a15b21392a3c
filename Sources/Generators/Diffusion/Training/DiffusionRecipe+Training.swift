import Datasets
import Training

extension DiffusionRecipe: TrainableRecipe {
  /// The images to learn from, and those to be evaluated on.
  public struct Data {
    let training: ImageDataset
    let heldOut: ImageDataset?
  }

  /// Opens the images at the model's size, and takes over their channels and classes.
  public mutating func openData(skipBroken: Bool, source: Checkpoint?) throws -> Data {
    var options = ImageDataset.Options()
    options.size = model.sampleSize
    options.channels = imageChannels
    options.skipBroken = skipBroken
    options.seed = loop.seed
    let training = try ImageDataset(data.source, options)
    imageChannels = training.channels
    if isConditional { try takeClasses(of: training) }
    guard loop.evaluateEvery != nil else { return Data(training: training, heldOut: nil) }
    options.split = .heldOut
    options.channels = imageChannels
    do {
      return Data(training: training, heldOut: try ImageDataset(data.source, options))
    } catch {
      throw RecipeProblem("evaluate.every", "\(error); null trains without held-out images")
    }
  }

  private mutating func takeClasses(of dataset: ImageDataset) throws(RecipeProblem) {
    let classes = dataset.classNames.count
    guard classes > 0 else {
      throw RecipeProblem(
        "model.conditional",
        "true, but \(dataset.name) has no classes: give a folder for each, or set it to false")
    }
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
  public static func hash(of data: Data) -> String { String(data.training.contentHash, radix: 16) }

  /// What the classes are called that the UNet is told.
  public func classNames(of data: Data) -> [String] {
    isConditional ? data.training.classNames : []
  }

  /// A trainer with a new UNet.
  public func trainer(_ data: Data) -> DiffusionTrainer { DiffusionTrainer(self, data) }
}
