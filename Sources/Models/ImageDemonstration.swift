import Images

/// What a model shows of itself on a page: images, and an animation of how they come about.
public struct ImageDemonstration {
  /// The images.
  public var images: [Image]
  /// What each is labeled with; nil for nothing.
  public var labels: [String]?
  /// How they were sampled, for people, beside the seed: "ddim, 50 steps"; empty for no choice.
  public var settings = ""
  /// The sampler's name, for provenance.
  public var sampler: String
  /// What `gen sample` is told to make them again, beside the run, its step, the seed and their number.
  public var flags: [String] = []
  /// The sampler's settings, for provenance.
  public var parameters: [(key: String, value: String)] = []
  /// The animation.
  public var animation: Animation

  /// An animation, and a still image of it.
  public struct Animation {
    /// The name of its files.
    public var name: String
    /// What it is called.
    public var title: String
    /// What is seen.
    public var caption: String
    /// The still image.
    public var still: Image
    /// The animated PNG with those texts.
    public var pngData: (_ text: [(key: String, value: String)]) throws -> [UInt8]
  }

  /// How many images an animation shows.
  static let animated = 4
}
