import Files
import TestSupport
import Testing

@testable import Datasets

/// A long text is looked at once, side by side, and read where it is asked for.
@Suite struct TextReadingTests {
  let folder = TemporaryFolder()

  /// A source of a file of those bytes, none of which stay in memory.
  private func source(_ bytes: [UInt8], inMemory limit: Int = 0) throws -> TextSource {
    try folder.write(bytes, to: "book.txt")
    let path = folder("book.txt")
    return try TextSource(path, at: TextLocation(path), inMemory: limit)
  }

  private func problem(_ bytes: [UInt8]) throws -> String {
    try #require(throws: DatasetError.self) { try source(bytes) }.problem
  }

  /// Over a mebibyte, so that threads meet within a character, with characters of one to four bytes.
  private static let text =
    "xy" + String(repeating: "ä", count: 500_000)
    + String(repeating: "ab\u{20AC}c\u{1F600}\n", count: 12_000)
    + String(repeating: "z", count: 9000)

  @Test(arguments: [0, 1 << 26]) func aTextIsTheSameFromItsFile(limit: Int) throws {
    let bytes = Array(Self.text.utf8)
    let scalars = Array(Self.text.unicodeScalars)
    #expect(bytes[1 << 20] & 0xC0 == 0x80)
    let source = try source(bytes, inMemory: limit)
    #expect(source.characterCount == scalars.count && source.byteCount == bytes.count)
    #expect(source.alphabet == Set(scalars).sorted())
    #expect(source.contentHash == CRC32C(of: bytes).value)
    #expect(try source.bytes(0..<bytes.count) == bytes)
    #expect(try source.byteOffset(ofCharacter: scalars.count) == bytes.count)
    for start in [0, 1, 2047, 2048, 2049, 499_999, 500_001, 524_287, 524_288, 560_000] {
      #expect(
        try source.byteOffset(ofCharacter: start)
          == String.UnicodeScalarView(scalars[..<start]).reduce(0) { $0 + $1.utf8.count })
      for count in [0, 1, 2, 5000] {
        #expect(
          try source.text(ofCharacters: start..<start + count).unicodeScalars
            .elementsEqual(scalars[start..<start + count]))
      }
    }
    var parts = ""
    try source.forEachPart { parts += $0 }
    #expect(parts.utf8.elementsEqual(bytes))
    let check = try TextCheck(folder("book.txt"))
    #expect(check.characters == scalars.count && check.distinct == 10 && check.lines == 12_001)
  }

  @Test func whatIsNoTextIsFoundAnywhere() throws {
    let chunk = [UInt8](repeating: 97, count: 1 << 20)
    for (bytes, place) in [
      // A byte that ends no character, where threads meet.
      (chunk + [0x80, 98], 1 << 20), (chunk + chunk + [0xFF], 2 << 20), ([97, 0xC3, 98], 1),
      ([97] + chunk + [0xE2, 0x82], chunk.count + 1), (chunk + [10, 0, 97], chunk.count + 1),
      // Overlong, a surrogate, and beyond Unicode.
      ([65, 0xC0, 0x80], 1), ([65, 0xE0, 0x80, 0x80], 1), ([65, 0xED, 0xA0, 0x80], 1),
      ([65, 0xF0, 0x80, 0x80, 0x80], 1), ([65, 0xF4, 0x90, 0x80, 0x80], 1),
    ] {
      let problem = try problem(bytes)
      #expect(problem.contains("byte offset \(place), line"), "\(problem)")
      #expect(problem == TextFile.fault(of: bytes))
    }
    // Parts of the slow look end before a character.
    let cut = Array(String(repeating: "ä", count: 600_000).utf8) + [10, 0xC3]
    #expect(try problem([97] + cut) == TextFile.fault(of: [97] + cut))
    #expect(try problem([97] + cut).hasPrefix("ends within a character"))
    let check = try TextCheck(folder("book.txt"))
    #expect(check.characters == 600_002 && check.lines == 2 && check.unreadable.count == 1)
  }

  @Test func aFolderMayBeInMemoryInPart() throws {
    try folder.write([0xEF, 0xBB, 0xBF] + Array("äfirst".utf8), to: "texts/a.txt")
    try folder.write(Array("b".utf8), to: "texts/b.txt")
    try folder.write([], to: "texts/c.txt")
    try folder.write(Array("third of them\n".utf8), to: "texts/d.txt")
    try folder.write(Array("€".utf8), to: "texts/e.txt")
    let text = "äfirst\nb\nthird of them\n\n€"
    let path = folder("texts")
    for limit in [0, 1, 3, 6, 12, 1000] {
      let source = try TextSource(path, at: TextLocation(path), inMemory: limit)
      #expect(try source.text() == text)
      #expect(source.contentHash == CRC32C(of: text.utf8).value)
      let scalars = Array(text.unicodeScalars)
      for start in scalars.indices {
        for end in start..<scalars.count {
          #expect(
            try source.text(ofCharacters: start..<end).unicodeScalars
              .elementsEqual(scalars[start..<end]))
        }
      }
    }
  }

  @Test func aFileThatChangesIsNotLearnedFrom() throws {
    let source = try source(Array("one text, of words".utf8))
    #expect(try source.text(ofCharacters: 4..<8) == "text")
    try folder.write(Array("another text, of words".utf8), to: "book.txt")
    let error = try #require(throws: DatasetError.self) { try source.text(ofCharacters: 4..<8) }
    #expect(error.name == folder("book.txt") && error.problem.hasPrefix("has changed"))
    // What is in memory stays.
    let kept = try self.source(Array("one text, of words".utf8), inMemory: 100)
    try folder.write([97], to: "book.txt")
    #expect(try kept.text(ofCharacters: 4..<8) == "text")
  }
}
