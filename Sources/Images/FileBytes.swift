import Files

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
    let file = try InputBytes(BytePath(path), limit: limit)
    return try file.first(file.size)
  }

  /// Writes a file, in place of one that may be there.
  static func write(_ bytes: [UInt8], to path: String) throws(ImageError) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw ImageError(.unwritable, path, systemError()) }
    var written = 0
    while written < bytes.count {
      let put = bytes.withUnsafeBytes { buffer in
        retrying { systemWrite(file, buffer.baseAddress! + written, bytes.count - written) }
      }
      guard put >= 0 else {
        let error = systemError()
        _ = close(file)
        throw ImageError(.unwritable, path, error)
      }
      written += put
    }
    // A network's or a quota's refusal may come this late.
    guard close(file) == 0 else { throw ImageError(.unwritable, path, systemError()) }
  }
}

/// A regular file that is open, so that its first bytes can be looked at before all are read.
package struct InputBytes: ~Copyable {
  /// Where it was opened, for messages.
  package let path: String
  /// Its length in bytes when it was opened.
  package let size: Int
  private let file: Int32

  /// Opens a regular file of at most `limit` bytes.
  package init(_ place: BytePath, limit: Int) throws(ImageError) {
    let path = place.escaped
    // Without O_NONBLOCK, opening a pipe waits for somebody to write to it.
    let file = place.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard file >= 0 else {
      throw ImageError(errno == ENOENT ? .missing : .unreadable, path, systemError())
    }
    var status = stat()
    let problem: ImageError? =
      if fstat(file, &status) != 0 {
        ImageError(.unreadable, path, systemError())
      } else if status.st_mode & S_IFMT != S_IFREG {
        ImageError(.unreadable, path, "not a regular file")
      } else if status.st_size > limit {
        ImageError(.tooLarge, path, "\(status.st_size) bytes; at most \(limit) are read")
      } else {
        nil
      }
    if let problem {
      _ = close(file)
      throw problem
    }
    (self.path, self.file, size) = (path, file, Int(status.st_size))
  }

  deinit { _ = close(file) }

  /// The file's first bytes, so many or as many as there are: it may change meanwhile.
  package func first(_ wanted: Int) throws(ImageError) -> [UInt8] {
    let size = min(wanted, size)
    var failure: ImageError?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = retrying {
          pread(
            file, UnsafeMutableRawPointer(buffer.baseAddress! + count), size - count, off_t(count))
        }
        if got < 0 { failure = ImageError(.unreadable, path, systemError()) }
        guard got > 0 else { break }
        count += got
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

private func retrying(_ call: () -> Int) -> Int {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}

private func systemError() -> String { String(cString: strerror(errno)) }

// The name that `FileBytes.write` would hide.
private func systemWrite(_ file: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int {
  write(file, buffer, count)
}
