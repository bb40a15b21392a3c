import Files
import Images

/// A file that is read as text.
struct TextFile {
  /// A text may have so many bytes, all its files together: 64 GiB.
  static let limit = 1 << 36
  /// How many bytes of a text may be in memory, rather than read as they are asked for: 64 MiB.
  static let mostInMemory = 1 << 26

  /// The mark that some programs begin UTF-8 with.
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private let path: BytePath
  private let file: InputFile
  /// The first bytes.
  private let start: [UInt8]

  /// Whether a file of that name must be text: another is passed over where it is none.
  static func isNamedLikeText(_ path: BytePath) -> Bool {
    ["txt", "md"].contains(path.fileExtension)
  }

  /// Opens a file of at most `limit` bytes.
  init(_ path: BytePath, limit: Int = limit) throws(DatasetError) {
    self.path = path
    file = try InputFile.opened(path, limit: limit)
    start = try file.read(64 << 10)
  }

  /// How many bytes there are, a byte-order mark among them.
  var size: Int { file.size }

  /// Whether the first bytes are no text's.
  var isSurelyNoText: Bool { start.contains(0) || ImageFormat(signatureOf: start) != nil }

  /// The bytes without a byte-order mark; whatever they are, but no more than the first where those are
  /// no text's.
  func bytes() throws(DatasetError) -> [UInt8] {
    if isSurelyNoText { return start }
    let bytes = try file.read(file.size)
    return bytes.starts(with: Self.byteOrderMark) ? Array(bytes.dropFirst(3)) : bytes
  }

  /// The bytes without a byte-order mark, to be read as they are asked for.
  var content: TextContent {
    TextContent(file, at: path, from: start.starts(with: Self.byteOrderMark) ? 3 : 0)
  }

  /// What a slow look at a file tells that is no text, a part of it at a time.
  func scan() throws(DatasetError) -> TextScan {
    guard !isSurelyNoText else { return TextScan(start) }
    let content = content
    var (scan, rest, done) = (TextScan([]), [UInt8](), 0)
    while done < content.count {
      let bytes = try content.bytes(done..<min(done + 1 << 20, content.count))
      done += bytes.count
      rest += bytes
      // A part ends before a byte that begins a character.
      let end = done == content.count ? rest.count : rest.suffix(4).lastIndex { $0 & 0xC0 != 0x80 }
      scan.add(Array(rest.prefix(end ?? rest.count)))
      rest.removeFirst(end ?? rest.count)
    }
    return scan
  }

  /// What keeps a file from being a text, of which it is known that something does.
  func fault() throws(DatasetError) -> String { fault(try scan()) }

  /// The same, where the file was looked at already.
  func fault(_ scan: TextScan) -> String { Self.fault(of: scan, start: start) }

  /// What keeps bytes from being a text: where, and what would be right. Nil where nothing does.
  static func fault(of bytes: [UInt8]) -> String? {
    if String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0) { return nil }
    return fault(of: TextScan(bytes), start: bytes)
  }

  private static func fault(of scan: TextScan, start: [UInt8]) -> String {
    if let format = ImageFormat(signatureOf: start) {
      return "an image (\(format.name)), not text; gen train gan and gen train "
        + "diffusion learn from folders of images"
    }
    if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
      return "UTF-16, but text must be UTF-8; iconv -f UTF-16 -t UTF-8 converts it"
    }
    guard let fault = scan.firstFault, let last = scan.lastFault else {
      return "a zero byte at \(scan.firstZero ?? TextScan.Place()), so it is no text"
    }
    let isCut = last.needsMore && last.place.offset + last.count == scan.bytes
    let beginning = scan.faultsAtStart
    let inner = scan.faults - beginning - (isCut ? 1 : 0)
    let convert = "convert the text, such as by iconv -f ISO-8859-1 -t UTF-8"
    let isUTF8 = scan.longCharacters > 0
    if inner == 0 && isUTF8 {
      let what = [
        beginning > 0
          ? "begins within a character, of which only \(count(beginning)) came along" : nil,
        isCut
          ? "ends within a character, of which only \(count(last.count)) came along, at "
            + last.place.description : nil,
      ].compactMap { $0 }.joined(separator: ", and ")
      return
        "\(what): it was cut, but the rest is UTF-8; take the whole text, or remove those bytes"
    }
    let more = scan.faults > 1 ? ", nor in \(scan.faults - 1) more places" : ""
    let problem = "no UTF-8 at \(fault.place)\(more)"
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

  private static func count(_ bytes: Int) -> String { "\(bytes) byte\(bytes == 1 ? "" : "s")" }
}
