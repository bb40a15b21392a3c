/// By which rules an image's file is read.
///
/// A training run goes on by the rules that it began with, so that it sees the same pixels.
public enum ImageReading: Int, Sendable, CaseIterable {
  /// Those of the first runs, which keep no record of it: an image is turned as the EXIF of a JPEG
  /// says in an integer of 16 bits, and whatever libjpeg warns of is an error.
  case first = 1
  /// An image is turned as ``Orientation`` says, and of what libjpeg warns of, only that is an error
  /// which loses pixels.
  case second

  /// Those of all that is new.
  public static let current = ImageReading.second
}
