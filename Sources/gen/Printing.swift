import Foundation
import Training

/// Prints a result on standard output; that it could not be is an error at the program's end.
func print(_ text: String, terminator: String = "\n") {
  StandardOutput.print(text + terminator)
}

/// A value as JSON on one line.
func jsonLine(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}

extension Output {
  /// Writes a result and says where: beside it on standard output if that is free, and otherwise on
  /// standard error.
  func writeAndTell(_ bytes: [UInt8]) throws {
    try write(bytes)
    if StandardOutput.takesFile {
      if !isStandardOutput { writeToStandardError("\(name)\n") }
    } else {
      print(name)
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
