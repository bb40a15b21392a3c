import Foundation
import TestSupport

@testable import Files
@testable import Models
@testable import Runs

/// A model's folder as transformers writes it, made from a fixture (Tests/Parity/gpt2/make.py), with
/// files to damage.
final class TinyGPT2 {
  let folder = TemporaryFolder()
  var path: String { folder.path }

  /// The files of text by name.
  var texts: [String: String] = [:]
  /// What the weights' files say besides.
  var metadata: [String: String] = [:]
  /// The tensors by name.
  var tensors: [String: (shape: [Int], elements: [Float])] = [:]
  /// Two texts of 16 tokens, and the logits of what follows each.
  let tokens: [Int32]
  let logits: [Float]

  private static func fixture(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Parity/gpt2/\(name)").standardized.path
  }

  /// "new" or "erf".
  init(_ name: String) throws {
    let file = try SafetensorsFile(Self.fixture("\(name).safetensors"))
    for entry in file.entries where entry.type != .bool {
      tensors[entry.name] = (entry.shape, try file.values(entry.name).elements)
    }
    let expected = try SafetensorsFile(Self.fixture("\(name)-logits.safetensors"))
    tokens = try expected.values("tokens").elements.map { Int32($0) }
    logits = try expected.values("logits").elements
    texts["config.json"] = try String(
      contentsOfFile: Self.fixture("\(name).json"), encoding: .utf8)
    setCharacters(logits.count / tokens.count)
  }

  /// Gives it a tokenizer of so many letters.
  func setCharacters(_ count: Int) {
    let letters = String((0..<count).map { Character(Unicode.Scalar(UInt8(97 + $0))) })
    texts["tokenizer.json"] = TokenizerFile.content(of: CharacterTokenizer(of: letters))
  }

  /// Replaces a piece of a text.
  func replace(_ old: String, with new: String, in file: String = "config.json") {
    texts[file] = texts[file]?.replacing(old, with: new)
  }

  /// Gives tensors other names, or with nil leaves them out.
  func rename(_ name: (String) -> String?) {
    let old = tensors
    tensors = [:]
    for (key, tensor) in old { if let new = name(key) { tensors[new] = tensor } }
  }

  /// Writes the folder anew; the weights in as many files as named.
  @discardableResult
  func write(weights names: [String] = ["model.safetensors"]) throws -> String {
    let files = SystemFiles()
    for name in try FileManager.default.contentsOfDirectory(atPath: path) {
      try files.removeTree(Place(folder(name)))
    }
    for (name, text) in texts { try files.atomicWrite(folder(name), text) }
    let sorted = tensors.sorted { $0.key < $1.key }.enumerated()
    for (index, name) in names.enumerated() {
      let arrays = sorted.filter { $0.offset % names.count == index }.map {
        NamedArray($0.element.key, $0.element.value.shape, $0.element.value.elements)
      }
      try files.atomicWrite(folder(name)) {
        try $0.writeSafetensors(arrays, metadata: metadata)
      }
    }
    return path
  }

  /// Copies the fixture's own file of weights into the folder.
  func copyWeights(of name: String) throws {
    try? FileManager.default.removeItem(atPath: folder("model.safetensors"))
    try FileManager.default.copyItem(
      atPath: Self.fixture("\(name).safetensors"), toPath: folder("model.safetensors"))
  }

  /// How far a model's logits are from transformers', at most.
  func difference(of model: Transformer) -> Float {
    zip(model(tokens, batch: 2).values.elements, logits).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}
