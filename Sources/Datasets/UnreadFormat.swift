/// Files in which images come, or many of them at a time, but in a format that is not read.
public struct UnreadFormat: Equatable, Sendable, Codable {
  /// What the format is called.
  public let name: String
  /// How many of the files there are.
  public let count: Int
  /// What makes of them what is read.
  public let remedy: String

  private static let conversion =
    "convert them to PNG or JPEG, as ImageMagick's mogrify -format png does"

  /// The formats, the endings of their files, and what to do.
  private static let all: [(name: String, endings: [String], remedy: String)] = [
    ("HEIC", ["heic", "heif"], conversion), ("AVIF", ["avif"], conversion),
    ("JPEG XL", ["jxl"], conversion), ("GIF", ["gif"], conversion),
    ("TIFF", ["tif", "tiff"], conversion), ("BMP", ["bmp"], conversion),
    ("ZIP", ["zip"], "unpack them"),
    ("tar", ["tar", "tgz", "gz", "xz", "zst"], "unpack them"),
  ]

  /// What is known among files of those endings, in lowercase, of which there are so many.
  static func found(_ counts: [String: Int]) -> [UnreadFormat] {
    all.compactMap { name, endings, remedy in
      let count = endings.reduce(0) { $0 + (counts[$1] ?? 0) }
      return count == 0 ? nil : UnreadFormat(name: name, count: count, remedy: remedy)
    }
  }

  /// What is added to the message that there is no image: "; 3 GIF files are not read: convert them ...".
  static func addition(_ formats: [UnreadFormat]) -> String { formats.map { "; \($0)" }.joined() }
}

extension UnreadFormat: CustomStringConvertible {
  /// How many files there are, and what to do.
  public var description: String {
    "\(count) \(name) \(count == 1 ? "file is" : "files are") not read: \(remedy)"
  }
}
