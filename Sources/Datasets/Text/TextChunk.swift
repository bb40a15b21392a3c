import Files

/// What a look at a chunk of a text tells; a character belongs to the chunk and block that it begins in.
struct TextChunk {
  /// How many bytes the chunk has.
  let bytes: Int
  /// Whether its characters are UTF-8, and none is zero.
  private(set) var isSound = true
  /// How many bytes at the start end a character of the chunk before, and how many of the next chunk end
  /// the last of this one.
  private(set) var skipped = 0, overhang = 0
  /// How many characters begin in each block.
  private(set) var characters: [UInt16] = []
  /// How many newlines there are.
  private(set) var newlines = 0
  /// Which characters there are.
  private(set) var alphabet = ScalarSet()
  /// The checksum of the bytes.
  private(set) var checksum = CRC32C()

  /// Looks at the first `count` of `bytes`, after which the bytes of the last character's end may come.
  init(_ bytes: [UInt8], count: Int, isFirst: Bool) {
    self.bytes = count
    bytes.withUnsafeBytes { raw in
      let buffer = raw.bindMemory(to: UInt8.self)
      checksum.update(UnsafeRawBufferPointer(rebasing: raw[..<count]))
      scan(buffer, count, isFirst)
    }
  }

  private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, _ count: Int, _ isFirst: Bool) {
    var place = 0
    // What a character of the chunk before ends with; more than three bytes are no character's.
    while !isFirst && place < min(3, count) && bytes[place] & 0xC0 == 0x80 { place += 1 }
    skipped = place
    var seen = [Bool](repeating: false, count: 256)
    seen.withUnsafeMutableBufferPointer { seen in
      for start in stride(from: 0, to: count, by: TextSurvey.blockSize) {
        let block = start..<min(start + TextSurvey.blockSize, count)
        newlines += Self.newlines(in: bytes, block)
        var found = 0
        if place <= start && Self.isASCII(bytes, block) {
          for index in block { seen[Int(bytes[index])] = true }
          (found, place) = (block.count, block.upperBound)
        } else {
          while place < block.upperBound {
            let (scalar, length) = Self.scalar(in: bytes, at: place)
            guard length > 0 else { return isSound = false }
            if scalar < 128 { seen[Int(scalar)] = true } else { alphabet.insert(scalar) }
            found += 1
            place += length
          }
        }
        characters.append(UInt16(found))
      }
      overhang = place - count
      if seen[0] { isSound = false }
      for value in 0..<128 where seen[value] { alphabet.insert(UInt32(value)) }
    }
  }

  private static func isASCII(_ bytes: UnsafeBufferPointer<UInt8>, _ block: Range<Int>) -> Bool {
    var bits: UInt8 = 0
    for index in block { bits |= bytes[index] }
    return bits < 128
  }

  /// How many newlines a block has, counted without a branch, which keeps the loop one of vectors.
  private static func newlines(in bytes: UnsafeBufferPointer<UInt8>, _ block: Range<Int>) -> Int {
    var others: UInt16 = 0
    for byte in UnsafeBufferPointer(rebasing: bytes[block]) {
      let difference = byte ^ 10
      others &+= UInt16((difference | (0 &- difference)) >> 7)
    }
    return block.count - Int(others)
  }

  /// The character at a place, and how many bytes it takes; none where there is no UTF-8 (Unicode 16,
  /// table 3-7).
  private static func scalar(
    in bytes: UnsafeBufferPointer<UInt8>, at place: Int
  ) -> (scalar: UInt32, length: Int) {
    let first = UInt32(bytes[place])
    if first < 0x80 { return (first, 1) }
    let length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0
    guard length > 0, place + length <= bytes.count else { return (0, 0) }
    var scalar = first & (0x7F >> UInt32(length))
    for index in place + 1..<place + length {
      guard bytes[index] & 0xC0 == 0x80 else { return (0, 0) }
      scalar = scalar << 6 | UInt32(bytes[index] & 0x3F)
    }
    let isShortest = scalar >= (length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000)
    return isShortest && Unicode.Scalar(scalar) != nil ? (scalar, length) : (0, 0)
  }
}

/// A set of characters, a bit for each code point.
struct ScalarSet: Sendable {
  /// None where the set is empty.
  private var words: [UInt64] = []

  /// Puts a code point in.
  mutating func insert(_ scalar: UInt32) {
    if words.isEmpty { words = Array(repeating: 0, count: 0x110000 / 64) }
    words[Int(scalar >> 6)] |= 1 << UInt64(scalar & 63)
  }

  /// Puts those of another set in.
  mutating func formUnion(_ other: ScalarSet) {
    guard !words.isEmpty && !other.words.isEmpty else {
      if words.isEmpty { words = other.words }
      return
    }
    for index in words.indices where other.words[index] != 0 { words[index] |= other.words[index] }
  }

  /// How many there are.
  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// The characters in the order of their code points.
  var sorted: [Unicode.Scalar] {
    words.indices.flatMap { index -> [Unicode.Scalar] in
      guard words[index] != 0 else { return [] }
      return (0..<64).filter { words[index] >> UInt64($0) & 1 == 1 }
        .compactMap { Unicode.Scalar(UInt32(index * 64 + $0)) }
    }
  }
}
