import Files

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

/// A value as JSON on one line, in which what a terminal would obey is escaped.
func jsonLine(_ value: some Encodable) throws -> Message {
  "\(raw: try JSONText.line(of: value))"
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
