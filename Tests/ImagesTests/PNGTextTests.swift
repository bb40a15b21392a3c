import Images
import Testing

@Suite struct PNGTextTests {
  private let image = Image(width: 2, height: 2, channels: 1, value: 9)

  @Test func whatIsWrittenIsRead() throws {
    let text = [
      (key: "Software", value: "gen"), (key: "Command", value: "gen sample --prompt \"猫\"\nπ"),
      (key: "Empty", value: ""), (key: "Software", value: "again"),
      (key: "Long", value: String(repeating: "0123456789", count: 5000)),
    ]
    let file = try image.pngData(text: text)
    let read = try PNGText.read(decoding: file, name: "text")
    #expect(read.map(\.key) == text.map(\.key) && read.map(\.value) == text.map(\.value))
    #expect(file.firstRange(of: Array("tEXtSoftware\0gen".utf8)) != nil)
    #expect(file.firstRange(of: Array("iTXtCommand\0".utf8)) != nil)
    #expect(try Image(decoding: file, name: "text") == image)
  }

  @Test func textByPillow() throws {
    let read = try PNGText.read(decoding: fixture("text.png"), name: "text.png")
    #expect(read.map(\.key) == ["Title", "Long", "Prompt", "Packed"])
    #expect(
      read.map(\.value) == [
        "a café", String(repeating: "gen ", count: 50), "猫が好き", String(repeating: "π ", count: 50),
      ])
  }

  @Test func wrongKeywordsAndValues() {
    for key in ["", " Key", "Key ", "two  spaces", "Clé", String(repeating: "k", count: 80)] {
      #expect(imageError { _ = try image.pngData(text: [(key, "")]) }?.kind == .unsupported)
    }
    #expect(imageError { _ = try image.pngData(text: [("Key", "a\0b")]) }?.kind == .unsupported)
  }

  private func read(_ type: String, _ data: [UInt8], times: Int = 1) throws -> Int {
    var builder = PNGBuilder(width: 1, height: 1, depth: 8, color: .grey)
    builder.chunks = Array(repeating: (type, data), count: times)
    return try PNGText.read(decoding: builder.file { _, _, _ in 0 }, name: "odd").count
  }

  @Test func damagedText() throws {
    let odd: [(String, [UInt8])] = [
      ("tEXt", Array("no zero".utf8)), ("zTXt", Array("Key\0\0junk".utf8)), ("zTXt", [75, 0]),
      ("iTXt", Array("Key\0\0\0no zero".utf8)), ("iTXt", Array("Key\0\u{1}\0\0\0junk".utf8)),
    ]
    for (type, data) in odd {
      let error = imageError { _ = try read(type, data) }
      #expect(error?.kind == .damaged || error?.kind == .tooLarge)
    }
    var file = try image.pngData(text: [("Key", "value")])
    let value = try #require(file.firstRange(of: Array("value".utf8)))
    file[value.lowerBound] ^= 1
    #expect(imageError { _ = try PNGText.read(decoding: file, name: "x") }?.kind == .damaged)
    let jpeg = try image.jpegData()
    #expect(imageError { _ = try PNGText.read(decoding: jpeg, name: "x") }?.kind == .unrecognized)
  }

  @Test func textIsLimited() throws {
    let chunk = Array("K\0".utf8) + [UInt8](repeating: 65, count: 9_998)
    // A chunk counts as stored, and its value as inflated.
    #expect(try read("tEXt", chunk, times: 50) == 50)
    #expect(imageError { _ = try read("tEXt", chunk, times: 51) }?.kind == .tooLarge)
  }
}
