import Files

extension TextSource {
  /// A run of the text's bytes, and what is known of it.
  struct Run: Sendable {
    let content: TextContent
    let survey: TextSurvey
    let firstByte, firstCharacter: Int
  }

  /// Puts the text together of its files: what is short in memory, run by run.
  struct Builder {
    private(set) var runs: [Run] = []
    private(set) var alphabet = ScalarSet()
    private(set) var checksum = CRC32C()
    /// How many bytes there are so far.
    private(set) var size = 0
    private var hasFiles = false
    /// What is in memory and has no run yet.
    private var memory: [UInt8] = []
    /// How many more bytes may be in memory.
    private var room: Int

    init(limit: Int) { room = limit }

    /// Adds a file, after what comes between two; returns why it is no text, where it is none.
    mutating func add(_ file: TextFile, form: TextLocation.Form) throws(DatasetError) -> String? {
      let separator = Array((form == .fortunes ? "\n\n" : "\n").utf8)
      if form == .fortunes || file.size <= room {
        var bytes = try file.bytes()
        if let fault = TextFile.fault(of: bytes) { return fault }
        if bytes.isEmpty { return nil }
        if form == .fortunes { bytes = Self.fortunes(in: bytes) }
        begin(separator)
        take(bytes)
        return nil
      }
      let content = file.content
      let survey = file.isSurelyNoText ? nil : try TextSurvey(content)
      guard let survey, survey.isSound else { return try file.fault() }
      if content.count == 0 { return nil }
      begin(separator)
      try finish()
      append(content, survey)
      size += content.count
      return nil
    }

    private mutating func begin(_ separator: [UInt8]) {
      if hasFiles { take(separator) }
      hasFiles = true
    }

    private mutating func take(_ bytes: [UInt8]) {
      memory += bytes
      size += bytes.count
      room -= bytes.count
    }

    /// Makes a run of what is in memory.
    mutating func finish() throws(DatasetError) {
      guard !memory.isEmpty else { return }
      let content = TextContent(memory)
      memory = []
      append(content, try TextSurvey(content))
    }

    private mutating func append(_ content: TextContent, _ survey: TextSurvey) {
      let last = runs.last
      runs.append(
        Run(
          content: content, survey: survey.withoutAlphabet,
          firstByte: last.map { $0.firstByte + $0.content.count } ?? 0,
          firstCharacter: last.map { $0.firstCharacter + $0.survey.characters } ?? 0))
      alphabet.formUnion(survey.alphabet)
      checksum.append(survey.checksum, count: content.count)
    }

    /// The fortunes in a file, which stand between lines of "%", with an empty line between two.
    private static func fortunes(in bytes: [UInt8]) -> [UInt8] {
      let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        .map { $0.elementsEqual("%".utf8) || $0.elementsEqual("%\r".utf8) ? [] : $0 }
      let last = lines.lastIndex { !$0.isEmpty } ?? lines.startIndex
      return Array(lines[...last].joined(separator: [10]))
    }
  }
}
