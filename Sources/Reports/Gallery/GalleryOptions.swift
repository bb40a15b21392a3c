/// How a night of the gallery is drawn.
public struct GalleryOptions: Sendable {
  /// The night.
  public var date = GalleryDate.today
  /// How many nights are kept.
  public var keep = 14
  /// Images to sample from each model.
  public var count = 40
  /// The seed of all images and texts.
  public var seed: UInt64 = 0
  /// How many steps a denoising has, or as many as the model was trained with where these are fewer.
  public var steps = 50
  /// What texts begin with; an empty one lets the model begin.
  public var prompts = ["", "The ", "In the beginning"]
  /// Tokens to generate.
  public var length = 400
  /// Whether models are judged by held-out data, too.
  public var evaluates = false

  /// The defaults.
  public init() {}
}
