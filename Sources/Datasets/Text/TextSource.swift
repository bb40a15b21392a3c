import Files

/// A text to learn from: that of a file, of all text files in a folder, or one known by name.
///
/// The text is UTF-8 as it stands in the files: line ends are left as they are, and only a byte-order
/// mark is taken away. The same name and files give the same text on every machine. A short text is in
/// memory; of a long one the bytes that are asked for are read from its files.
public struct TextSource: Sendable {
  /// What the text was asked for by: a name, or a path.
  public let name: String
  /// How many characters (Unicode scalars) the text has, one at least.
  public let characterCount: Int
  /// How many bytes they are.
  public let byteCount: Int
  /// Which characters there are, in the order of their code points.
  public let alphabet: [Unicode.Scalar]
  /// The CRC-32C of the whole text in UTF-8.
  public let contentHash: UInt32
  /// The runs of bytes that the text is made of.
  private let runs: [Run]

  /// The texts that are known by name. `fortunes` is Debian's package of that name: the fortunes of
  /// all its files in the order of the files' names, with an empty line, in place of the files' "%",
  /// between two.
  public static var names: [String] { TextLocation.names }

  /// Whether a name or path is that of text rather than of images, as far as names tell.
  public static func isText(_ what: String) -> Bool { TextLocation.isText(what) }

  /// Finds a text by its name, or by the path of a file or folder, and looks at all of it once.
  ///
  /// A folder's text is that of all its files and those of the folders below it, in the order of their
  /// paths, with a newline between two. Files that are named `.txt` or `.md` must be text; of others
  /// those count that are UTF-8.
  /// - Throws: ``DatasetError``: of the kind `missing` if nothing is there, with the package that
  ///   brings it; `damaged` if something is that is no text, with the place of what is wrong.
  public init(_ what: String) throws(DatasetError) {
    try self.init(what, at: TextLocation(what))
  }

  init(
    _ what: String, at location: TextLocation, inMemory limit: Int = TextFile.mostInMemory
  ) throws(DatasetError) {
    var (builder, broken) = (Builder(limit: limit), location.broken)
    for path in location.paths {
      let file = try TextFile(path, limit: TextFile.limit - builder.size)
      if let fault = try builder.add(file, form: location.form) {
        guard location.form != .file else { throw DatasetError(.damaged, path.escaped, fault) }
        if TextFile.isNamedLikeText(path) {
          broken.append(BrokenFile(path: path.escaped, reason: fault))
        }
      }
    }
    guard broken.isEmpty else { throw Self.refusal(of: broken, in: what) }
    try builder.finish()
    guard let last = builder.runs.last else {
      throw DatasetError(
        .damaged, what,
        location.form == .file ? "empty, but there must be text" : "no text in this folder")
    }
    name = what
    runs = builder.runs
    characterCount = last.firstCharacter + last.survey.characters
    byteCount = last.firstByte + last.content.count
    (alphabet, contentHash) = (builder.alphabet.sorted, builder.checksum.value)
  }

  private static func refusal(of broken: [BrokenFile], in name: String) -> DatasetError {
    let listed = broken.prefix(10).map { "\n  \($0)" }.joined()
    let more = broken.count > 10 ? "\n  and \(broken.count - 10) more" : ""
    return DatasetError(
      .damaged, name,
      "\(broken.count) of the text files cannot be read; mend or remove them\(listed)\(more)",
      brokenFiles: broken)
  }
}

extension TextSource {
  /// The bytes at those offsets of the text.
  /// - Throws: `DatasetError` if a file cannot be read any more, or has changed.
  public func bytes(_ range: Range<Int>) throws(DatasetError) -> [UInt8] {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= byteCount, "bytes \(range) of \(byteCount)")
    var bytes: [UInt8] = []
    var index = lastRun { $0.firstByte <= range.lowerBound }
    while range.lowerBound + bytes.count < range.upperBound {
      let run = runs[index]
      let start = range.lowerBound + bytes.count - run.firstByte
      let end = min(range.upperBound - run.firstByte, run.content.count)
      let part = try run.content.bytes(start..<end)
      if bytes.isEmpty { bytes = part } else { bytes += part }
      index += 1
    }
    return bytes
  }

  /// The UTF-8 of the characters at those places.
  /// - Throws: `DatasetError` if a file cannot be read any more, or has changed.
  public func bytes(ofCharacters range: Range<Int>) throws(DatasetError) -> [UInt8] {
    guard !range.isEmpty else { return [] }
    let (first, end) = (block(of: range.lowerBound), block(of: range.upperBound))
    // The block in which the range ends may hold the beginning of what comes after it.
    let start = first.byte
    let bytes = try bytes(start..<min(end.byte + TextSurvey.blockSize + 3, byteCount))
    return bytes.withUnsafeBufferPointer { bytes in
      let from = Self.offset(
        ofCharacter: range.lowerBound - first.character, in: bytes, from: 0)
      let skipped = end.byte - start
      let to = Self.offset(
        ofCharacter: range.upperBound - end.character, in: bytes, from: skipped)
      return Array(bytes[from..<to])
    }
  }

  /// The offset of the byte that a character begins with; for the number of all the end.
  /// - Throws: `DatasetError` if a file cannot be read any more, or has changed.
  public func byteOffset(ofCharacter character: Int) throws(DatasetError) -> Int {
    let block = block(of: character)
    let bytes = try bytes(block.byte..<min(block.byte + TextSurvey.blockSize + 3, byteCount))
    return block.byte
      + bytes.withUnsafeBufferPointer {
        Self.offset(ofCharacter: character - block.character, in: $0, from: 0)
      }
  }

  /// Calls `body` with the text part by part, each of whole characters.
  /// - Throws: `DatasetError` if a file cannot be read any more, or has changed.
  public func forEachPart(_ body: (String) -> Void) throws(DatasetError) {
    for start in stride(from: 0, to: characterCount, by: 1 << 20) {
      body(try text(ofCharacters: start..<min(start + 1 << 20, characterCount)))
    }
  }

  /// The characters at those places.
  /// - Throws: `DatasetError` if a file cannot be read any more, or has changed.
  public func text(ofCharacters range: Range<Int>) throws(DatasetError) -> String {
    String(decoding: try bytes(ofCharacters: range), as: UTF8.self)
  }

  /// The error of a text whose characters are not those any more that were there when it was found.
  public var change: DatasetError { DatasetError(.damaged, name, TextContent.change) }

  /// All of the text.
  /// - Throws: `DatasetError` if a file cannot be read any more, or has changed.
  func text() throws(DatasetError) -> String { try text(ofCharacters: 0..<characterCount) }

  /// The block that a character begins in: its first byte, and how many characters begin before it.
  private func block(of character: Int) -> (byte: Int, character: Int) {
    precondition(
      (0...characterCount).contains(character), "character \(character) of \(characterCount)")
    let run = runs[lastRun { $0.firstCharacter <= character }]
    let starts = run.survey.charactersBefore
    let block = last(of: starts.count) { starts[$0] <= character - run.firstCharacter }
    return (
      run.firstByte + block * TextSurvey.blockSize, run.firstCharacter + starts[block]
    )
  }

  private func lastRun(_ isBefore: (Run) -> Bool) -> Int {
    last(of: runs.count) { isBefore(runs[$0]) }
  }

  /// The last of `count` numbers from 0 on that satisfies what the first do and the others do not.
  private func last(of count: Int, _ isBefore: (Int) -> Bool) -> Int {
    var (low, high) = (0, count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if isBefore(middle) { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// Where the character begins that has so many before it, of those that begin at `start` or later.
  private static func offset(
    ofCharacter character: Int, in bytes: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Int {
    var (place, left) = (start, character)
    while place < bytes.count {
      if bytes[place] & 0xC0 != 0x80 {
        if left == 0 { return place }
        left -= 1
      }
      place += 1
    }
    return place
  }
}
