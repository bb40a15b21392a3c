/// How long a file is, and the checksum of its bytes.
public struct FileDigest: Codable, Equatable, Sendable {
  /// Its length in bytes.
  public let size: Int
  /// The CRC-32C of its bytes as eight hexadecimal digits.
  public let crc32c: String

  /// The digest of a file of that length and checksum.
  public init(size: Int, crc32c: String) {
    self.size = size
    self.crc32c = crc32c
  }
}

/// A file being written, front to back.
public final class FileWriter {
  private let file: OpenFile
  private let operations: any FileOperations
  private var size = 0
  private var checksum = CRC32C()

  init(_ file: OpenFile, _ operations: any FileOperations) {
    self.file = file
    self.operations = operations
  }

  /// The path under which the file is being written, for messages.
  public var path: String { file.path }

  /// The digest of what was written so far.
  public var digest: FileDigest { FileDigest(size: size, crc32c: checksum.hexadecimal) }

  /// Gives the file the owner and the mode of the one whose place it is to take.
  func copyAccess(from place: Place, keepingOwner keepsOwner: Bool) throws(FileError) {
    try operations.copyAccess(from: place, to: file, keepingOwner: keepsOwner)
  }

  /// Writes all of `bytes` after what was written before.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    try operations.write(bytes, to: file)
    checksum.update(bytes)
    size += bytes.count
  }

  /// Writes all of `bytes` after what was written before.
  public func write(_ bytes: [UInt8]) throws(FileError) {
    try bytes.withUnsafeBufferPointer { buffer throws(FileError) in
      try write(UnsafeRawBufferPointer(buffer))
    }
  }

  /// Writes `text` as UTF-8.
  public func write(_ text: String) throws(FileError) { try write(Array(text.utf8)) }
}
