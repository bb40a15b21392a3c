import CCodecs

/// What an image's file may have at most. Files come from strangers, and a few bytes can ask for
/// gigabytes of pixels.
public enum ImageLimits {
  /// Bytes of a file.
  public static let fileSize = Int(CODEC_MAX_FILE_SIZE)
  /// Pixels of an image.
  public static let pixels = Int(CODEC_MAX_PIXELS)
  /// Pixels of an image's width or height.
  public static let side = Int(CODEC_MAX_SIDE)
  /// Bytes of the text in a PNG, inflated, all chunks together.
  public static let textSize = Int(CODEC_MAX_PNG_CHUNK)
}
