import Images

/// Reading a file as text.
enum TextFile {
  /// A text may have so many bytes, all its files together: 1 GiB.
  static let limit = 1 << 30

  /// The mark that some programs begin UTF-8 with.
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Whether a file of that name must be text: another is passed over where it is none.
  static func isNamedLikeText(_ path: String) -> Bool {
    [".txt", ".md"].contains { path.lowercased().hasSuffix($0) }
  }

  /// A file's bytes without a byte-order mark; whatever they are, but no more than the first where
  /// those are no text's.
  static func bytes(of path: String, limit: Int = limit) throws(DatasetError) -> [UInt8] {
    let file = try InputBytes(reading: path, limit: limit)
    let start = try file.read(64 << 10)
    if start.contains(0) || ImageFormat(signatureOf: start) != nil { return start }
    let bytes = try file.read(file.size)
    return bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(3)) : bytes
  }

  /// What keeps bytes from being a text: where, and what would be right. Nil where nothing does.
  static func fault(of bytes: [UInt8]) -> String? {
    if String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0) { return nil }
    if let format = ImageFormat(signatureOf: bytes) {
      return "a picture (\(format.rawValue.uppercased())), not text; gen train gan and gen train "
        + "diffusion learn from folders of pictures"
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return "UTF-16, but text must be UTF-8; iconv -f UTF-16 -t UTF-8 converts it"
    }
    let scan = TextScan(bytes)
    if let offset = scan.firstFault {
      let more = scan.faults > 1 ? ", nor in \(scan.faults - 1) more places" : ""
      return "no UTF-8 at byte offset \(offset), line \(line(of: offset, in: bytes))\(more); "
        + "convert the text, such as by iconv -f ISO-8859-1 -t UTF-8"
    }
    let offset = scan.firstZero ?? 0
    return "a zero byte at byte offset \(offset), line \(line(of: offset, in: bytes)), so it is no "
      + "text"
  }

  /// The number of the line that a byte is in; the first is 1.
  private static func line(of offset: Int, in bytes: [UInt8]) -> Int {
    1 + bytes[..<offset].count { $0 == 10 }
  }
}
