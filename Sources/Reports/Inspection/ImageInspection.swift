import Files
import Images

/// What is in an image's file, and where it comes from.
public struct ImageInspection: Inspection {
  let kind = "image"
  let path: String
  let format: String
  let width: Int
  let height: Int
  let channels: Int
  /// How many images of an animation there are; 1 where it is none.
  let frames: Int
  /// The text of a PNG by its key.
  let provenance: [String: String]
  /// The image; of an animation what other readers see, which is most often the first.
  public let image: Image
  private let lines: [String]

  enum CodingKeys: CodingKey {
    case kind, path, format, width, height, channels, frames, provenance
  }

  /// Reads a file; the pixels, too, so that damage is found.
  /// - Throws: `ImageError`.
  public init(path: String) throws {
    let information = try ImageInformation(contentsOf: path)
    let text = information.format == .png ? try PNGText.read(contentsOf: path) : []
    image = try Image(contentsOf: path)
    self.path = path
    format = information.format.rawValue
    (width, height) = (information.width, information.height)
    channels = information.channels
    frames = information.frames
    provenance = Dictionary(text.map { ($0.key, $0.value) }) { first, _ in first }
    lines = text.map { printable("\($0.key): \($0.value)") }
  }

  /// Its size, and the command that makes it again.
  public func text(_ style: TerminalStyle) -> String {
    let animation = frames > 1 ? ", \(frames) frames" : ""
    let size = "\(oneLine(path)): \(format), \(width)x\(height), \(channels) channels\(animation)"
    return ([size] + lines).joined(separator: "\n")
  }
}
