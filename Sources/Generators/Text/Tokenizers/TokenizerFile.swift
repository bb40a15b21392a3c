import Foundation
import Training

/// A tokenizer in a file, in the format of Hugging Face's `tokenizers`: `tokenizer.json`, or
/// `vocab.json` and `merges.txt`, as GPT-2 was published.
///
/// Read are byte-pair encodings, of bytes as GPT-2's or of characters, and vocabularies of characters.
public struct TokenizerFile {
  /// What the file describes.
  public let tokenizer: any Tokenizer

  /// What the file is called in a folder.
  public static let name = "tokenizer.json"

  /// The end of a text in GPT-2's vocabulary.
  static let endOfText = "<|endoftext|>"

  /// Reads a `tokenizer.json`.
  /// - Throws: `FileError` that names the file, the key, and what would be right.
  public init(path: String) throws(FileError) { try self.init(InputFile(path)) }

  /// Reads a `tokenizer.json` that is open, such as a checkpoint's.
  /// - Throws: `FileError`, as for a path.
  public init(_ file: InputFile) throws(FileError) {
    let file = try JSONNode(file)
    if let normalizer = try file["normalizer"] {
      throw normalizer.error("is there, but texts that are changed first are not supported")
    }
    let model = try file.value("model")
    let kind = try model["type"].map { node throws(FileError) in try node.text() } ?? "BPE"
    let split = try Split(file["pre_tokenizer"])
    try Self.refuseAdditions(file["post_processor"])
    switch (kind, split) {
    case ("WordLevel", .characters), ("BPE", _): break
    case ("WordLevel", _):
      throw try model.value("type").error(
        "is \"WordLevel\" without a pre_tokenizer that splits a text into characters")
    default:
      throw try model.value("type").error("is \"\(kind)\", but must be BPE or WordLevel")
    }
    for name in ["dropout", "continuing_subword_prefix", "end_of_word_suffix"] {
      guard let value = try model[name] else { continue }
      let isOff = value.isText ? try value.text().isEmpty : false
      guard isOff else { throw value.error("is there, but is not supported") }
    }
    for name in ["byte_fallback", "ignore_merges"] {
      if let value = try model[name], try value.flag() {
        throw value.error("is true, but is not supported")
      }
    }
    let added = try (file["added_tokens"]?.elements() ?? []).map {
      node throws(FileError) in try Self.addedToken(node)
    }
    var table = try VocabularyTable(model.value("vocab"), split.alphabet, added)
    if let merges = try model["merges"] { try table.read(merges) }
    tokenizer = table.tokenizer(split)
  }

  /// Reads a `vocab.json` and the `merges.txt` that goes with it, of bytes as GPT-2's.
  /// - Throws: `FileError` that names the file, and what would be right.
  public init(vocabulary: String, merges: String) throws(FileError) {
    let file = try JSONNode(path: vocabulary)
    var added: [BytePairTokenizer.AddedToken] = []
    if let end = try file[Self.endOfText] {
      added.append(
        BytePairTokenizer.AddedToken(Self.endOfText, token: try VocabularyTable.number(end)))
    }
    var table = try VocabularyTable(file, .bytes, added)
    try table.readLines(merges)
    tokenizer = table.tokenizer(.words(addsSpace: false))
  }

  /// How a text is split before its parts are encoded.
  enum Split: Equatable {
    /// Not at all.
    case none
    /// Into characters.
    case characters
    /// Into bytes, within words or not.
    case bytes(addsSpace: Bool)
    case words(addsSpace: Bool)

    var alphabet: BytePairTokenizer.Alphabet {
      switch self {
      case .none, .characters: .characters
      case .bytes, .words: .bytes
      }
    }

    /// What a `pre_tokenizer` says.
    init(_ node: JSONNode?) throws(FileError) {
      guard let node else {
        self = .none
        return
      }
      let type = try node.value("type")
      switch try type.text() {
      case "ByteLevel":
        let addsSpace = try node["add_prefix_space"]?.flag() ?? true
        let splits = try node["use_regex"]?.flag() ?? true
        self = splits ? .words(addsSpace: addsSpace) : .bytes(addsSpace: addsSpace)
      case "Split":
        let pattern = try node.value("pattern")
        let expression = try pattern.value(pattern["Regex"] == nil ? "String" : "Regex")
        // What others write for "each character".
        guard ["", ".", "(?m).", "(?m:.)", "[\\s\\S]", ".|\\n"].contains(try expression.text())
        else {
          throw expression.error(
            "is a pattern that is not known here: only that of GPT-2 is, of the type ByteLevel, and "
              + "\"\" or \".\" for single characters")
        }
        self = .characters
      default:
        throw type.error("is \"\(try type.text())\", but must be ByteLevel or Split")
      }
    }
  }

  /// Makes sure that nothing is put before or after a text.
  private static func refuseAdditions(_ node: JSONNode?) throws(FileError) {
    guard let node else { return }
    let type = try node.value("type")
    switch try type.text() {
    case "ByteLevel": return
    case "TemplateProcessing":
      for part in try node.value("single").elements() {
        if let token = try part["SpecialToken"] {
          throw token.error("is put around every text, which is not supported")
        }
      }
    default:
      throw type.error(
        "is \"\(try type.text())\", but must be ByteLevel or TemplateProcessing")
    }
  }

  private static func addedToken(
    _ node: JSONNode
  ) throws(FileError) -> BytePairTokenizer.AddedToken {
    for name in ["lstrip", "rstrip", "single_word"] {
      if let value = try node[name], try value.flag() {
        throw value.error("is true, but is not supported")
      }
    }
    let content = try node.value("content")
    guard try !content.text().isEmpty else { throw content.error("is empty") }
    return BytePairTokenizer.AddedToken(
      try content.text(), token: try VocabularyTable.number(node.value("id")),
      isSpecial: try node["special"]?.flag() ?? false)
  }
}
