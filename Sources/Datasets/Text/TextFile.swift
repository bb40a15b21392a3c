import Files
import Images

/// Reading a file as text.
enum TextFile {
  /// A text may have so many bytes, all its files together: 1 GiB.
  static let limit = 1 << 30

  /// The mark that some programs begin UTF-8 with.
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Whether a file of that name must be text: another is passed over where it is none.
  static func isNamedLikeText(_ path: BytePath) -> Bool {
    ["txt", "md"].contains(path.fileExtension)
  }

  /// A file's bytes without a byte-order mark; whatever they are, but no more than the first where
  /// those are no text's.
  static func bytes(of path: BytePath, limit: Int = limit) throws(DatasetError) -> [UInt8] {
    let file = try InputFile.opened(path, limit: limit)
    let start = try file.read(64 << 10)
    if start.contains(0) || ImageFormat(signatureOf: start) != nil { return start }
    let bytes = try file.read(file.size)
    return bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(3)) : bytes
  }

  /// What keeps bytes from being a text: where, and what would be right. Nil where nothing does.
  static func fault(of bytes: [UInt8]) -> String? {
    if String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0) { return nil }
    if let format = ImageFormat(signatureOf: bytes) {
      return "an image (\(format.rawValue.uppercased())), not text; gen train gan and gen train "
        + "diffusion learn from folders of images"
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return "UTF-16, but text must be UTF-8; iconv -f UTF-16 -t UTF-8 converts it"
    }
    let scan = TextScan(bytes)
    guard let fault = scan.firstFault, let last = scan.lastFault else {
      let offset = scan.firstZero ?? 0
      return "a zero byte at \(place(offset, in: bytes)), so it is no text"
    }
    let isCut = endsWithinCharacter(bytes, at: last)
    // Neighboring faults at the start are one character's bytes.
    let beginning = bytes.prefix(3).prefix { $0 & 0xC0 == 0x80 }.count
    let inner = scan.faults - beginning - (isCut ? 1 : 0)
    let convert = "convert the text, such as by iconv -f ISO-8859-1 -t UTF-8"
    let isUTF8 = scan.longCharacters > 0
    if inner == 0 && isUTF8 {
      let what = [
        beginning > 0
          ? "begins within a character, of which only \(count(beginning)) came along" : nil,
        isCut
          ? "ends within a character, of which only \(count(last.count)) came along, at "
            + place(last.lowerBound, in: bytes) : nil,
      ].compactMap { $0 }.joined(separator: ", and ")
      return
        "\(what): it was cut, but the rest is UTF-8; take the whole text, or remove those bytes"
    }
    let more = scan.faults > 1 ? ", nor in \(scan.faults - 1) more places" : ""
    let problem = "no UTF-8 at \(place(fault.lowerBound, in: bytes))\(more)"
    if isUTF8 {
      return "\(problem), though there are \(scan.longCharacters) characters of several bytes that "
        + "are: it was damaged, or put together of several encodings; mend it there"
    }
    if inner == 0 && isCut {
      return
        "\(problem), its end: it was cut within a character, or is in another encoding; take the "
        + "whole text, or \(convert)"
    }
    return "\(problem); \(convert)"
  }

  /// Whether the bytes in that place are the text's last, and begin a character that needs more.
  private static func endsWithinCharacter(_ bytes: [UInt8], at place: Range<Int>) -> Bool {
    let length =
      switch bytes[place.lowerBound] {
      case 0xC2...0xDF: 2
      case 0xE0...0xEF: 3
      case 0xF0...0xF4: 4
      default: 0
      }
    return place.upperBound == bytes.count && place.count < length
  }

  private static func count(_ bytes: Int) -> String { "\(bytes) byte\(bytes == 1 ? "" : "s")" }

  private static func place(_ offset: Int, in bytes: [UInt8]) -> String {
    "byte offset \(offset), line \(line(of: offset, in: bytes))"
  }

  /// The number of the line that a byte is in; the first is 1.
  private static func line(of offset: Int, in bytes: [UInt8]) -> Int {
    1 + bytes[..<offset].count { $0 == 10 }
  }
}
