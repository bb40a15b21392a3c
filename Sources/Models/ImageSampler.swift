import Images
import Runs

/// What generates images from a trained run: an image depends on the seed, its number and its class
/// alone, whatever else is sampled with it.
public protocol ImageSampler {
  /// The run that it was trained in.
  var run: RunFolder { get }

  /// How many steps the model had learned.
  var step: Int { get }

  /// The data that the model has learned from.
  var data: DataOptions { get }

  /// The same as a reference, by which it is found again.
  var learnedData: DataReference { get }

  /// How many classes images can be asked for by; 0 where none can.
  var classCount: Int { get }

  /// What the classes are called; empty where that is not known.
  var classNames: [String] { get }

  /// What stands for no class; nil where there is always one.
  var nullClass: Int32? { get }

  /// The images of those numbers, all of one size.
  ///
  /// - Parameters:
  ///   - numbers: their places among all that the seed stands for.
  ///   - seed: the seed of all images.
  ///   - classes: the class of each of them, below `classCount`; nil leaves it to the model.
  /// - Throws: what sampling throws, such as asking for classes of a model that knows none.
  func images(_ numbers: Range<Int>, seed: UInt64, classes: [Int32]?) throws -> [Image]

  /// The settings of guidance, for provenance.
  var guidanceSettings: [(key: String, value: String)] { get }

  /// By which steps images come out of noise; nil where they come in one, and there is nothing to choose.
  var denoising: SamplerOptions? { get }

  /// The same, with what is asked for of the denoising.
  /// - Throws: `SamplingError` when the model cannot do it.
  func denoising(by request: DenoisingRequest) throws -> Self

  /// What to say of the images of a request before they are sampled.
  /// - Throws: `SamplingError` when what is asked for cannot be.
  func cautions(for request: ImageRequest) throws -> [String]

  /// The images of a request.
  /// - Parameter observe: Called after each model call of the denoising.
  /// - Throws: `SamplingError` when what is asked for cannot be.
  func generate(
    _ request: ImageRequest, observe: (SamplingProgress) -> Void
  ) throws -> GeneratedImages

  /// Shows what the model can do: `count` images of a seed, in that many steps where there is a choice;
  /// nil leaves it to the model.
  /// - Throws: what sampling throws.
  func demonstration(count: Int, steps: Int?, seed: UInt64) throws -> ImageDemonstration
}

/// How far the denoising of images in several batches is.
public struct SamplingProgress {
  /// How many model calls are done, over all batches.
  public let done: Int
  /// How many there will be.
  public let total: Int
  /// The number of the model call within its batch, from 1 on.
  let modelCall: Int
}

extension ImageSampler {
  /// A model of one step has no denoising.
  public var denoising: SamplerOptions? { nil }

  /// There is always a class, if there are any.
  public var nullClass: Int32? { nil }

  /// A model of one step has no guidance.
  public var guidanceSettings: [(key: String, value: String)] { [] }

  /// What is asked for of a denoising that there is not changes nothing.
  public func denoising(by request: DenoisingRequest) -> Self { self }

  /// Nothing need be said.
  public func cautions(for request: ImageRequest) -> [String] { [] }

  /// The first `count` images of a seed, of whatever class; more of them are the same and others.
  /// - Throws: what sampling throws.
  public func images(count: Int, seed: UInt64) throws -> [Image] {
    try images(0..<count, seed: seed, classes: nil)
  }
}
