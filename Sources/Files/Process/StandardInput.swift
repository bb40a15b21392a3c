import CLibrary

/// What comes into the process.
public enum StandardInput {
  /// What messages call it.
  public static let name = "standard input"

  /// Reads all that comes.
  /// - Throws: `FileError` where that cannot be read, or is more than `limit` bytes.
  public static func readAll(limit: Int) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = retrying { read(STDIN_FILENO, &piece, piece.count) }
      guard count >= 0 else { throw FileError(.cannotRead, name, cannot: "read it") }
      if count == 0 { return bytes }
      bytes += piece.prefix(count)
      guard bytes.count <= limit else {
        throw FileError(.badData, name, "is more than \(limit) bytes")
      }
    }
  }
}
