import Foundation
import Testing

@testable import Files

struct JSONTextTests {
  private struct Inner: Codable, Equatable {
    var name = "a \"b\" \\ / \n\t\u{1} é 🙂"
    var numbers = [1.0, -0.5, 1e-5, 1e300, 123456789.25]
  }

  private struct Value: Codable, Equatable {
    var zero = 0.0
    var float: Float = 0.1
    var whole = Int64.min
    var large = UInt64.max
    var flag = true
    var none: Int?
    var inner = [Inner(), Inner(numbers: [])]
    var heldOutLoss = ["b": 1, "a": 2]
    var empty: [Int] = []
  }

  /// The bytes are those that JSONEncoder writes, with which runs began that are resumed.
  @Test func theTextIsThatOfFoundation() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let expected = String(decoding: try encoder.encode(Value()), as: UTF8.self) + "\n"
    #expect(String(decoding: try JSONText.indented(Value()), as: UTF8.self) == expected)
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    #expect(
      try JSONText.line(of: Value()) == String(decoding: encoder.encode(Value()), as: UTF8.self))
  }

  @Test func whatIsWrittenIsRead() throws {
    for keys in [JSONNode.KeyStyle.same, .snakeCase] {
      let bytes = try JSONText.indented(Value(), keys: keys)
      #expect(try JSONNode(bytes, path: "x").decoded(keys: keys) == Value())
    }
    let numbers = try JSONText.line(of: [Double.infinity, -.infinity, .nan])
    #expect(numbers == #"["inf","-inf","nan"]"#)
    #expect(try JSONText.line(of: "\u{202E}\u{7F}") == #""\u202e\u007f""#)
  }

  @Test func momentsAreTextsAndBack() throws {
    for (text, milliseconds) in [
      ("1970-01-01T00:00:00.000Z", 0), ("2026-01-31T12:30:59.125Z", 1_769_862_659_125),
      ("1969-12-31T23:59:59.999Z", -1), ("2024-02-29T00:00:00.500Z", 1_709_164_800_500),
    ] {
      #expect(Timestamp(text)?.milliseconds == milliseconds)
      #expect(Timestamp(milliseconds: milliseconds).description == text)
    }
    #expect(Timestamp("2026-01-31T12:30:59Z")?.toTheSecond == "2026-01-31T12:30:59Z")
    for wrong in ["2026-02-30T00:00:00Z", "2026-01-01", "2026-01-01T25:00:00Z", "", "now"] {
      #expect(Timestamp(wrong) == nil, "\(wrong)")
    }
  }
}
