/// A text that comes in pieces: it ends where a stop string begins, and what is told of it on the way is
/// always whole characters.
struct TextAssembler {
  private let stops: [[UInt8]]
  private var bytes: [UInt8] = []
  /// How many of the bytes were told.
  private var told = 0
  /// Whether a stop string came, or the text was ended.
  private(set) var isStopped = false

  /// An empty text that ends where one of these begins.
  init(stops: [String]) { self.stops = stops.map { Array($0.utf8) } }

  /// The text so far; what is no UTF-8 in it is U+FFFD.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Adds the bytes of a token and returns what can be told now: neither a part of a character nor
  /// what may turn out to be the beginning of a stop string.
  mutating func add(_ piece: [UInt8]) -> String {
    guard !isStopped else { return "" }
    bytes += piece
    let first = stops.compactMap { stop in
      // It cannot have come before, and nothing that was told is a part of it.
      bytes.firstRange(of: stop, from: told)
    }.min()
    if let first {
      bytes.removeSubrange(first...)
      isStopped = true
      return tell(upTo: bytes.count)
    }
    let held = stops.map { bytes.lengthOfSuffix(thatBegins: $0) }.max() ?? 0
    return tell(upTo: bytes.count - max(held, bytes.lengthOfCutCharacter))
  }

  /// Ends the text, and returns what was held back.
  mutating func stop() -> String {
    guard !isStopped else { return "" }
    isStopped = true
    return end()
  }

  /// Returns what was held back: nothing comes any more.
  mutating func end() -> String { tell(upTo: bytes.count) }

  private mutating func tell(upTo end: Int) -> String {
    guard end > told else { return "" }
    defer { told = end }
    return String(decoding: bytes[told..<end], as: UTF8.self)
  }
}

extension [UInt8] {
  /// Where these bytes come first, from a place on.
  fileprivate func firstRange(of part: [UInt8], from start: Int) -> Int? {
    guard count - start >= part.count else { return nil }
    return (start...count - part.count).first { self[$0...].starts(with: part) }
  }

  /// How many of the last bytes are the beginning of a text, but not all of it.
  fileprivate func lengthOfSuffix(thatBegins text: [UInt8]) -> Int {
    (0..<Swift.min(text.count, count + 1)).last { suffix($0).elementsEqual(text.prefix($0)) } ?? 0
  }

  /// How many of the last bytes are the beginning of a character in UTF-8, but not all of it.
  fileprivate var lengthOfCutCharacter: Int {
    for length in 1...3 where length <= count {
      let byte = self[count - length]
      if byte & 0b1100_0000 == 0b1000_0000 { continue }
      let whole = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return whole > length ? length : 0
    }
    return 0
  }
}
