#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whole files, read and written with plain system calls: Foundation would cost every start of the
/// program more than this takes.
package enum FileBytes {
  /// All bytes of a regular file. At most `limit` of them.
  package static func read(_ path: String, limit: Int) throws(ImageError) -> [UInt8] {
    // Without O_NONBLOCK, opening a pipe waits for somebody to write to it.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      throw ImageError(errno == ENOENT ? .missing : .unreadable, path, lastError())
    }
    defer { _ = close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw ImageError(.unreadable, path, lastError()) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ImageError(.unreadable, path, "not a regular file")
    }
    guard status.st_size <= limit else {
      throw ImageError(
        .tooLarge, path, "\(status.st_size) bytes; at most \(limit) are read")
    }
    // The file may change meanwhile: what was read counts, up to the size that it had.
    let size = Int(status.st_size)
    var failure: ImageError?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = Self.retrying {
          systemRead(file, UnsafeMutableRawPointer(buffer.baseAddress! + count), size - count)
        }
        if got < 0 { failure = ImageError(.unreadable, path, lastError()) }
        guard got > 0 else { break }
        count += got
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Writes a file, in place of one that may be there.
  static func write(_ bytes: [UInt8], to path: String) throws(ImageError) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw ImageError(.unwritable, path, lastError()) }
    var written = 0
    while written < bytes.count {
      let put = bytes.withUnsafeBytes { buffer in
        Self.retrying {
          systemWrite(file, buffer.baseAddress! + written, bytes.count - written)
        }
      }
      guard put >= 0 else {
        let error = lastError()
        _ = close(file)
        throw ImageError(.unwritable, path, error)
      }
      written += put
    }
    // A network's or a quota's refusal may come this late.
    guard close(file) == 0 else { throw ImageError(.unwritable, path, lastError()) }
  }

  private static func retrying(_ call: () -> Int) -> Int {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }

  private static func lastError() -> String { String(cString: strerror(errno)) }
}

// The names that `FileBytes.read` and `FileBytes.write` would hide.
private func systemRead(_ file: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(file, buffer, count)
}

private func systemWrite(_ file: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int {
  write(file, buffer, count)
}
