import Files
import Foundation
import Training

/// Prints a result on standard output, with a line's end unless another is given; that it could not be
/// is an error at the program's end.
func print(_ message: Message, terminator: String = "\n") {
  StandardOutput.print(message.description + terminator)
}

/// Prints several lines of a result, in which what a terminal would obey is escaped.
func print(lines text: String) { print("\(lines: text)") }

/// What is printed is a message, in which names and texts of others are escaped.
@available(*, unavailable, message: "put values into a literal, or use Message's lines: or raw:")
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {}

/// A value as JSON on one line. What a terminal would obey can only be within a text there, where JSON
/// has an escape of its own for it.
func jsonLine(_ value: some Encodable) throws -> Message {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  let json = String(decoding: try encoder.encode(value), as: UTF8.self)
  guard json.unicodeScalars.contains(where: \.isUnprintable) else { return "\(raw: json)" }
  let escaped = json.unicodeScalars.map { scalar in
    guard scalar.isUnprintable else { return String(scalar) }
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
  return "\(raw: escaped.joined())"
}

extension Output {
  /// Writes a result and says where: beside it on standard output if that is free, and otherwise on
  /// standard error.
  func writeAndTell(_ bytes: [UInt8]) throws {
    try write(bytes)
    if StandardOutput.takesFile {
      if !isStandardOutput { writeToStandardError("\(name)\n") }
    } else {
      print("\(name)")
    }
  }

  /// Makes sure, before anything is computed, that results can go where they are to.
  /// - Throws: `FileError`; `UsageError` where two would go to the same place.
  static func check(_ names: [String]) throws {
    let outputs = try names.map { name throws(FileError) in try Output(name) }
    for (index, output) in outputs.enumerated() {
      guard let other = outputs[..<index].first(where: output.isSame) else { continue }
      let names = Set([other.name, output.name]).sorted().joined(separator: " and ")
      throw UsageError(
        output.isStandardOutput && other.isStandardOutput
          ? "standard output takes one file: give - to one flag only"
          : "\(names): two results would go to the same place: name another for one of them")
    }
  }
}
