import Images
import Runs

/// What generates images from a trained run: an image depends on the seed, its number and its class
/// alone, whatever else is drawn beside it.
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

  /// The images of those numbers, all of one size.
  ///
  /// - Parameters:
  ///   - numbers: their places among all that the seed stands for.
  ///   - seed: the seed of all images.
  ///   - classes: the class of each of them, below `classCount`; nil leaves it to the model.
  /// - Throws: what drawing throws, such as asking for classes of a model that knows none.
  func images(_ numbers: Range<Int>, seed: UInt64, classes: [Int32]?) throws -> [Image]

  /// Shows what the model can do: `count` images of a seed, in that many steps where there is a choice.
  /// - Throws: what sampling throws.
  func demonstration(count: Int, steps: Int, seed: UInt64) throws -> ImageDemonstration
}

extension ImageSampler {

  /// The first `count` images of a seed, of whatever class; more of them are the same and others.
  /// - Throws: what drawing throws.
  public func images(count: Int, seed: UInt64) throws -> [Image] {
    try images(0..<count, seed: seed, classes: nil)
  }
}
