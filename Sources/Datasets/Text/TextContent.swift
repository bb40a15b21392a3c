import Files

/// A run of a text's bytes, in memory or in a file.
struct TextContent: Sendable {
  private enum Place {
    case memory([UInt8])
    /// From `start` on in a file of that version.
    case file(BytePath, start: Int, FileVersion)
  }

  private let place: Place
  /// How many bytes there are.
  let count: Int

  /// Bytes in memory.
  init(_ bytes: [UInt8]) { (place, count) = (.memory(bytes), bytes.count) }

  /// The bytes of a file from `start` on.
  init(_ file: InputFile, at path: BytePath, from start: Int) {
    (place, count) = (.file(path, start: start, file.version), file.size - start)
  }

  /// The bytes at those offsets.
  ///
  /// The file is opened each time: a folder may have more files than a process may have open.
  /// - Throws: `DatasetError` if the file cannot be read any more, or has changed.
  func bytes(_ range: Range<Int>) throws(DatasetError) -> [UInt8] {
    switch place {
    case .memory(let bytes): return Array(bytes[range])
    case .file(let path, let start, let version):
      do throws(FileError) {
        let file = try InputFile(path)
        guard file.version == version else { throw FileError(.badData, file.path, Self.change) }
        return try file.read(at: start + range.lowerBound, count: range.count)
      } catch {
        throw DatasetError(.damaged, error.path, error.message)
      }
    }
  }

  /// What is said of a text that is not the same any more.
  static let change =
    "has changed while it was learned from; start again, or put back what it was"
}
