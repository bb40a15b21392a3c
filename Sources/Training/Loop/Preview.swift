import Images

/// What a model makes at some step, to be looked at.
public enum Preview: Sendable {
  /// A grid of images.
  case image(Image)
  /// A text.
  case text(String)
}
