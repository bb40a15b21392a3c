import Files

/// The formats that images are read from; all but WebP are written, too.
public enum ImageFormat: String, Sendable, CaseIterable {
  /// Lossless; 1, 3 or 4 channels; holds text.
  case png
  /// Lossy; 1 or 3 channels.
  case jpeg
  /// Lossless or lossy; 3 or 4 channels.
  case webp

  /// What the format is called.
  public var name: String {
    switch self {
    case .png: "PNG"
    case .jpeg: "JPEG"
    case .webp: "WebP"
    }
  }

  /// The format that a file's first bytes say, whatever its name is.
  public init?(signatureOf bytes: [UInt8]) {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: Array("RIFF".utf8)),
      bytes.dropFirst(8).starts(with: Array("WEBP".utf8))
    {
      self = .webp
    } else {
      return nil
    }
  }

  /// The format that a path's extension asks for: `.png`, `.jpg`, `.jpeg` or `.webp`, in any case.
  public init?(extensionOf path: String) {
    self.init(extensionOf: BytePath(path))
  }

  /// The same of a path that need not be text.
  package init?(extensionOf path: BytePath) {
    switch path.fileExtension {
    case "png": self = .png
    case "jpg", "jpeg": self = .jpeg
    case "webp": self = .webp
    default: return nil
    }
  }
}
