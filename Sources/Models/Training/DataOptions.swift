import Datasets
import Runs

/// Which images a model learns from, and how they are varied.
public struct DataOptions: Equatable, Sendable {
  /// A built-in name or a path.
  public var source = "fashion-mnist"
  /// Whether images are mirrored, each with a chance of one half.
  public var flip = false
  /// Pixels of black that are put around an image before a random part of its size is cut out.
  public var crop = 0

  /// The built-in default.
  public init() {}

  /// The changes that a loader makes.
  var augmentation: Augmentation { Augmentation(flip: flip ? .horizontal : .none, crop: crop) }

  /// Their keys in a recipe.
  public static let keys: [RecipeKey<DataOptions>] = [
    RecipeKey(
      "data.source", \.source,
      "What to learn from: fashion-mnist, mnist, cifar10, shapes, or the path of a folder of "
        + "images or of a data set's files."),
    RecipeKey("data.flip", \.flip, "Random flip: mirror half of the images."),
    RecipeKey(
      "data.crop", \.crop, .in(0...64),
      "Random crop: pad an image with so many black pixels, then crop it to its size."),
  ]
}
