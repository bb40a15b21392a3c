import CLibrary

/// What tells a file from another at its path, and from itself after it was written again.
package struct FileVersion: Equatable, Sendable {
  private let numbers: [Int]

  fileprivate init(_ status: stat) {
    let time = status.modificationTime
    numbers = [
      Int(truncatingIfNeeded: status.st_dev), Int(truncatingIfNeeded: status.st_ino),
      Int(status.st_size), Int(time.tv_sec), Int(time.tv_nsec),
    ]
  }
}

/// A regular file that is open for reading at any place.
public final class InputFile: Sendable {
  /// Where it was opened.
  public let path: String
  /// Its length in bytes when it was opened.
  public let size: Int
  /// Which file that was, and when it had been written.
  package let version: FileVersion
  private let descriptor: Int32

  /// Opens the file at `path`.
  /// - Throws: `FileError` when it is not there, may not be read, or is not a regular file.
  public convenience init(_ path: String) throws(FileError) { try self.init(Place(path)) }

  /// Opens the file at a place.
  /// - Throws: `FileError` when it is not there, may not be read, or is not a regular file.
  public convenience init(_ place: Place) throws(FileError) {
    let (base, name) = place.reference
    try self.init(
      place.path, descriptor: retrying { openat(base, name, Self.flags) }
    ) { FileError(.missing, place, cannot: "open it") }
  }

  /// Opens the file at a path that need not be text.
  /// - Throws: `FileError` when it is not there, may not be read, or is not a regular file.
  package convenience init(_ path: BytePath) throws(FileError) {
    try self.init(
      path.escaped, descriptor: retrying { path.withCString { open($0, Self.flags) } }
    ) { FileError(.missing, path.escaped, cannot: "open it") }
  }

  // Without O_NONBLOCK, opening a pipe waits for somebody to write to it.
  private static let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK

  private init(
    _ path: String, descriptor: Int32, failure: () -> FileError
  ) throws(FileError) {
    guard descriptor >= 0 else { throw failure() }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      _ = close(descriptor)
      throw FileError(.missing, path, "is not a regular file")
    }
    self.path = path
    self.descriptor = descriptor
    size = Int(status.st_size)
    version = FileVersion(status)
  }

  deinit { _ = close(descriptor) }

  /// Locks the file until it is closed.
  /// - Returns: Whether that was possible: no other process has locked it.
  func lock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

  /// Fills `buffer` with the bytes from `offset` on.
  /// - Throws: `FileError` when reading fails or the file ends before.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
    var done = 0
    while done < buffer.count {
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = retrying {
        pread(descriptor, part.baseAddress, min(part.count, 1 << 30), off_t(offset + done))
      }
      guard count >= 0 else { throw FileError(.cannotRead, path, cannot: "read it") }
      guard count > 0 else {
        throw FileError(.badData, path, "ends after \(offset + done) bytes, too early")
      }
      done += count
    }
  }

  /// The bytes from `offset` on.
  /// - Throws: `FileError` when reading fails or the file ends before.
  public func read(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBufferPointer { buffer throws(FileError) in
      try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
    }
    return bytes
  }

  /// The first bytes, so many or as many as there are: the file may change meanwhile.
  /// - Throws: `FileError` when reading fails.
  package func first(_ wanted: Int) throws(FileError) -> [UInt8] {
    let size = min(wanted, size)
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = retrying {
          pread(
            descriptor, UnsafeMutableRawPointer(buffer.baseAddress! + count),
            min(size - count, 1 << 30), off_t(count))
        }
        if got < 0 { failure = FileError(.cannotRead, path, cannot: "read it") }
        guard got > 0 else { break }
        count += got
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// All bytes of the file.
  /// - Throws: `FileError` when reading fails or the file is longer than `limit` bytes.
  public func readAll(limit: Int) throws(FileError) -> [UInt8] {
    try checkSize(limit: limit)
    return try read(at: 0, count: size)
  }

  /// Makes sure that the file is not longer than `limit` bytes.
  /// - Throws: `FileError`.
  package func checkSize(limit: Int) throws(FileError) {
    guard size <= limit else {
      throw FileError(.badData, path, "has \(size) bytes; at most \(limit) make sense here")
    }
  }

  /// Calls `body` with each line, without its end, and with its place in the file, the end included; of the
  /// file, no more than 1 MiB and a line are in memory.
  /// - Throws: `FileError` when reading fails or the file is longer than `limit` bytes.
  package func forEachLine(
    limit: Int, _ body: (_ line: ArraySlice<UInt8>, _ place: Range<Int>) -> Void
  ) throws(FileError) {
    try checkSize(limit: limit)
    var (rest, start) = ([UInt8](), 0)
    while start + rest.count < size {
      let end = start + rest.count
      // What was looked at already has no end of a line.
      var searched = rest.count
      rest += try read(at: end, count: min(1 << 20, size - end))
      var done = 0
      while let feed = rest[searched...].firstIndex(of: 10) {
        body(rest[done..<feed], start + done..<start + feed + 1)
        (done, searched) = (feed + 1, feed + 1)
      }
      rest.removeFirst(done)
      start += done
    }
    if !rest.isEmpty { body(rest[...], start..<size) }
  }

  /// The length and checksum of the file, read through in pieces of 1 MiB.
  /// - Throws: `FileError` when reading fails.
  public func digest() throws(FileError) -> FileDigest {
    var checksum = CRC32C()
    var offset = 0
    while offset < size {
      let piece = try read(at: offset, count: min(1 << 20, size - offset))
      piece.withUnsafeBytes { checksum.update($0) }
      offset += piece.count
    }
    return FileDigest(size: size, crc32c: checksum.hexadecimal)
  }
}
