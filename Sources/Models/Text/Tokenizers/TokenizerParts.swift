import Files

/// What a tokenizer's files say, which settings beside them may change before it is made.
struct TokenizerParts {
  /// Where pairs are that become tokens.
  private enum Merges {
    case none
    case list(JSONNode)
    case lines(path: String)
  }

  /// A template of tokens that are put around each text.
  struct Template {
    /// The texts of tokens before and after it.
    var before: [String] = []
    var after: [String] = []
    /// What is blamed for one that there is not.
    let node: JSONNode?
  }

  private let vocabulary: JSONNode
  private let merges: Merges
  /// How a text is split.
  var split: Split
  /// The tokens that are added to the vocabulary.
  var additions: [VocabularyTable.Addition]
  /// What is put around each text.
  var template: Template
  /// The text of the token for what is not known, and whether one stands for several in a row.
  var unknown: (content: String, isFused: Bool)?

  /// Reads a `tokenizer.json`.
  /// - Throws: `FileError` that names the file, the key, and what would be right.
  init(_ file: JSONNode) throws(FileError) {
    if let normalizer = try file["normalizer"] {
      throw normalizer.error("is there, but texts that are changed first are not supported")
    }
    let model = try file.value("model")
    let kind = try model["type"].map { node throws(FileError) in try node.text() } ?? "BPE"
    split = try Split(file["pre_tokenizer"])
    template = try Template(file["post_processor"])
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
    if let content = try model["unk_token"]?.text() {
      unknown = (content, try model["fuse_unk"]?.flag() ?? false)
    }
    additions = try (file["added_tokens"]?.elements() ?? []).map {
      node throws(FileError) in
      var addition = try VocabularyTable.Addition(node)
      addition.number = try VocabularyTable.number(node.value("id"))
      return addition
    }
    vocabulary = try model.value("vocab")
    merges = try model["merges"].map { .list($0) } ?? .none
  }

  /// Reads a `vocab.json` and the `merges.txt` that goes with it, of bytes as GPT-2's.
  /// - Throws: `FileError` that names the file, and what would be right.
  init(vocabulary: String, merges: String) throws(FileError) {
    self.vocabulary = try JSONNode(path: vocabulary)
    self.merges = .lines(path: merges)
    (split, template) = (.words(addsSpace: false), Template(node: nil))
    additions = [
      VocabularyTable.Addition(content: TokenizerFile.endOfText, isSpecial: true, isOptional: true)
    ]
  }

  /// What the files describe.
  /// - Throws: `FileError` where a vocabulary, merges or tokens do not go together.
  func tokenizer() throws(FileError) -> any Tokenizer {
    var table = try VocabularyTable(vocabulary, split.alphabet, additions)
    switch merges {
    case .none: break
    case .list(let node): try table.read(node)
    case .lines(let path): try table.readLines(path)
    }
    func number(_ content: String) throws(FileError) -> Int32 {
      guard let number = table.number(of: content) else {
        throw (template.node ?? vocabulary).error(
          "puts \(content.json) around every text, which the vocabulary does not have")
      }
      return number
    }
    var numbers: (before: [Int32], after: [Int32]) = ([], [])
    for content in template.before { numbers.before.append(try number(content)) }
    for content in template.after { numbers.after.append(try number(content)) }
    let unknown = self.unknown.flatMap { unknown in
      table.number(of: unknown.content).map {
        BytePairTokenizer.Unknown($0, isFused: unknown.isFused)
      }
    }
    return table.tokenizer(
      split, unknown: unknown, before: numbers.before, after: numbers.after)
  }

  /// The text of the vocabulary that a token has, for settings beside it.
  func isInVocabulary(_ content: String) throws(FileError) -> Bool {
    try vocabulary[content] != nil
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
}

extension TokenizerParts.Template {
  /// What a `post_processor` puts around a text.
  init(_ node: JSONNode?) throws(FileError) {
    self.node = node
    guard let node else { return }
    let type = try node.value("type")
    switch try type.text() {
    case "ByteLevel": return
    case "TemplateProcessing":
      var hasText = false
      var special: JSONNode?
      for part in try node.value("single").elements() {
        if let token = try part["SpecialToken"] {
          special = token
          let content = try token.value("id").text()
          if hasText { after.append(content) } else { before.append(content) }
        } else {
          let sequence = try part.value("Sequence").value("id")
          guard try sequence.text() == "A", !hasText else {
            throw sequence.error("must be \"A\", once: the text itself")
          }
          hasText = true
        }
      }
      guard hasText else {
        let part = if let special { special } else { try node.value("single") }
        throw part.error(
          "is put around every text, but the text itself, a Sequence, is missing")
      }
    default:
      throw type.error(
        "is \"\(try type.text())\", but must be ByteLevel or TemplateProcessing")
    }
  }
}

extension VocabularyTable.Addition {
  /// What an object says, as `added_tokens` has it; what it does not say is so by default.
  init(_ node: JSONNode) throws(FileError) {
    func flag(_ name: String) throws(FileError) -> Bool? { try node[name]?.flag() }
    let content = try node.value("content")
    self.content = try content.text()
    guard !self.content.isEmpty else { throw content.error("is empty") }
    isSpecial = try flag("special") ?? false
    matching.takesSpaceBefore = try flag("lstrip") ?? false
    matching.takesSpaceAfter = try flag("rstrip") ?? false
    matching.isWord = try flag("single_word") ?? false
    matching.isLate = try flag("normalized") ?? !isSpecial
  }
}
