import Testing

@testable import Training

@Suite struct JSONTests {
  private func content(_ bytes: some Sequence<UInt8>) throws -> JSONContent {
    var scanner = try JSONScanner(Array(bytes))
    let content = try scanner.content()
    try scanner.end()
    return content
  }

  @Test(arguments: ["0", "-0", "7", "-12", "0.5", "-0.25", "1e9", "1E+9", "2.5e-3", "10"])
  func numbers(text: String) throws {
    guard case .number(text) = try content(text.utf8) else {
      Issue.record("not read as it is written")
      return
    }
  }

  /// Of these `Double` takes some.
  @Test(arguments: [
    "01", "-01", "1.", ".5", "+1", "-", "1e", "1e+", "0x10", "1.2.3", "--1", "1e5.0", "nan",
    "Infinity", "1_000", "",
  ])
  func noNumbers(text: String) {
    #expect(throws: JSONError.self) { try content(text.utf8) }
  }

  @Test func stringsAreUTF8() throws {
    let text = "\u{c5}\u{212b}\u{1f600}"
    guard case .string(let read) = try content("\"\(text)\"".utf8) else {
      Issue.record("no string")
      return
    }
    #expect(read.utf8.elementsEqual(text.utf8))
    for bytes: [UInt8] in [[0xc0, 0xaf], [0x80], [0xed, 0xa0, 0x80], [0xf0, 0x9f]] {
      #expect(throws: JSONError("is not UTF-8")) { try content([34] + bytes + [34]) }
    }
  }

  /// Few keys are compared, many are hashed; both by their bytes.
  @Test(arguments: [0, 7, 8, 20])
  func keysAreToldApartByTheirBytes(others: Int) throws {
    let start = (0..<others).map { "\"\($0)\":0," }.joined()
    let error = JSONError("the key \"\u{c5}\" comes twice")
    #expect(throws: error) { try content("{\(start)\"\u{c5}\":1,\"\u{c5}\":2}".utf8) }
    guard case .object(let members) = try content("{\(start)\"\u{c5}\":1,\"\u{212b}\":2}".utf8)
    else {
      Issue.record("no object")
      return
    }
    #expect(members.count == others + 2)
  }
}
