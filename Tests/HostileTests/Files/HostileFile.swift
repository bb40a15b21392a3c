import Foundation
import TestSupport
import Testing

/// A file that was made to do harm, and how the program is to refuse it.
struct HostileFile: Sendable, CustomTestStringConvertible {
  /// How the program is made to read a file.
  enum Reader: Sendable {
    /// `gen inspect FILE`
    case inspect
    /// `gen data check FOLDER`, which decodes the file in it.
    case dataset
    /// `gen data check FILE`
    case text
    /// `gen train FILE --dry-run`
    case recipe
    /// `gen import FOLDER`, a GPT-2 with the file.
    case model
    /// `gen inspect FOLDER`, a checkpoint with the file.
    case checkpoint
  }

  /// What the file is called.
  let name: String
  let reader: Reader
  /// The weakness of other programs that it would find: a CVE, or a class of them.
  let imitates: String
  /// What the message says, beside the file's name: the limit, or the fault.
  let says: String
  /// Makes the file.
  let make: @Sendable (_ path: String) throws -> Void

  var testDescription: String { "\(name): \(imitates)" }

  init(
    _ name: String, _ reader: Reader, imitates: String, says: String,
    make: @escaping @Sendable (String) throws -> Void
  ) {
    (self.name, self.reader, self.imitates, self.says) = (name, reader, imitates, says)
    self.make = make
  }

  /// A file of those bytes.
  init(
    _ name: String, _ reader: Reader, imitates: String, says: String,
    _ bytes: @escaping @Sendable () throws -> [UInt8]
  ) {
    self.init(name, reader, imitates: imitates, says: says) {
      try Data(bytes()).write(to: URL(fileURLWithPath: $0))
    }
  }

  /// A file of that text.
  init(
    _ name: String, _ reader: Reader, imitates: String, says: String,
    text: @escaping @Sendable () -> String
  ) {
    self.init(name, reader, imitates: imitates, says: says) { Array(text().utf8) }
  }

  /// Makes the file in a folder, with what the reader needs beside it; what the program is called with.
  func arguments(in folder: String) throws -> [String] {
    let path = "\(folder)/\(name)"
    switch reader {
    case .inspect:
      try make(path)
      return ["inspect", path]
    case .dataset:
      try make(path)
      return ["data", "check", folder]
    case .text:
      try make(path)
      return ["data", "check", path]
    case .recipe:
      try make(path)
      return ["train", path, "--dry-run"]
    case .model:
      try #"{"model_type": "gpt2", "vocab_size": 8, "n_positions": 8, "n_embd": 8, "n_head": 2}"#
        .write(toFile: "\(folder)/config.json", atomically: false, encoding: .utf8)
      try make(path)
      return ["import", folder]
    case .checkpoint:
      try make(path)
      return ["inspect", folder]
    }
  }

  /// A file of that length that takes no room on the disk, and begins with those bytes.
  static func sparse(_ path: String, _ size: Int, _ start: [UInt8] = []) throws {
    try Data(start).write(to: URL(fileURLWithPath: path))
    guard truncate(path, off_t(size)) == 0 else { throw POSIXError(.EFBIG) }
  }

  /// All of them.
  static let all =
    safetensors + settings + png + jpeg + dataSets + texts
}
