import Compute
import Foundation
import Testing

@testable import Files

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

  @Test(arguments: [
    ("\\ud83d\\ude00", "\u{1f600}"), ("\\/\\b\\f\\n\\r\\t\\\"\\\\", "/\u{8}\u{c}\n\r\t\"\\"),
    ("\\u0000\\u001F\\uFFFF", "\0\u{1f}\u{ffff}"), ("\u{7f}\u{85}\u{2028}", "\u{7f}\u{85}\u{2028}"),
  ])
  func escapes(text: String, expected: String) throws {
    guard case .string(let read) = try content("\"\(text)\"".utf8) else {
      Issue.record("no string")
      return
    }
    #expect(Array(read.unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test(arguments: [
    "\\ud83d", "\\ude00", "\\ud83d\\ud83d", "\\ud83dx", "\\ude00\\ud83d", "\\u12", "\\x", "\t",
    "\0",
  ])
  func noEscapes(text: String) {
    #expect(throws: JSONError.self) { try content("\"\(text)\"".utf8) }
  }

  @Test func aByteOrderMarkAndLongKeys() throws {
    let key = String(repeating: "\u{1f600}", count: 5000)
    let text = "\u{feff}\n{\"\(key)\"\r\n:\t1}\n"
    guard case .object(let members) = try content(text.utf8) else {
      Issue.record("no object")
      return
    }
    #expect(members.map(\.name) == [key] && members.map(\.line) == [2])
    #expect(throws: JSONError.self) { try content("{\"a\": 1}\u{feff}".utf8) }
  }

  /// A type with what JSON makes hard.
  private struct Values: Codable, Equatable {
    var doubles: [Double]
    var float: Float
    var seed: UInt64
    var least: Int
    var none: Int?
    var flags: [String: Bool]
    var nested: [[String]]
    var heldOutLoss: Double?
  }

  private let values = Values(
    doubles: [
      0.1, .leastNonzeroMagnitude, 1.7976931348623157e308, -0.0, 1 / 3, 6.02214076e23, .infinity,
      -.infinity, .nan,
    ], float: 1.1754944e-38, seed: .max, least: .min, none: nil,
    flags: ["a.b": true, "": false], nested: [[], ["\u{212b}", "\0"]], heldOutLoss: 2)

  @Test func typesComeBackAsTheyWere() throws {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let text = try encoder.encode(values)
    let read = try JSONNode(Array(text), path: "x").decoded(as: Values.self)
    #expect(
      read.doubles.map(\.bitPattern).dropLast() == values.doubles.map(\.bitPattern).dropLast())
    #expect(read.doubles.last?.isNaN == true)
    var (a, b) = (read, values)
    (a.doubles, b.doubles) = ([], [])
    #expect(a == b)
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let snake = try JSONNode(Array(encoder.encode(b)), path: "x")
    #expect(try snake["held_out_loss"] != nil)
    #expect(try snake.decoded(as: Values.self, keys: .snakeCase) == b)
  }

  @Test(arguments: [
    ("{\"step\": \"1\", \"name\": \"a\"}", "step is \"1\", but must be a whole number"),
    ("{\"step\": 1.5, \"name\": \"a\"}", "step is 1.5, but must be a whole number"),
    ("{\"step\": 9223372036854775808, \"name\": \"a\"}", "step is 9223372036854775808, but must"),
    ("{\"step\": 1}", "name is missing"), ("[]", "is an array, but must be an object"),
    (
      "{\"step\": 1, \"name\": \"a\", \"rates\": [1, 1e999]}",
      "rates[1] is 1e999, but must be a number"
    ),
    ("{\"step\": 1, \"name\": null}", "name is null, but must be text"),
    ("{\"step\": NaN, \"name\": \"a\"}", "is not JSON"), ("{", "is not JSON"), ("", "is not JSON"),
  ])
  func whatDoesNotFitIsNamed(text: String, expected: String) throws {
    struct Small: Decodable {
      let step: Int
      let name: String
      let rates: [Double]?
    }
    let error = try #require(throws: FileError.self) {
      try JSONNode(Array(text.utf8), path: "x.json").decoded(as: Small.self)
    }
    #expect(error.kind == .badData && error.path == "x.json")
    #expect(error.message.contains(expected), "\(error)")
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
