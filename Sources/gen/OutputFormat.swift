import ArgumentParser
import Images

/// The formats that images are written in.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case png
  /// Frames in a PNG, one after the other.
  case apng
  case jpeg

  /// The format of that name.
  init?(argument: String) {
    self.init(rawValue: argument == "jpg" ? "jpeg" : argument)
  }

  /// The format that a path's ending asks for.
  init?(extensionOf path: String) {
    if path.lowercased().hasSuffix(".apng") {
      self = .apng
    } else {
      switch ImageFormat(extensionOf: path) {
      case .png: self = .png
      case .jpeg: self = .jpeg
      case .webp, nil: return nil
      }
    }
  }

  /// What names of such files end with.
  var fileExtension: String { self == .jpeg ? "jpg" : rawValue }
}
