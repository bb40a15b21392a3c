import Files
import Foundation
import Runs

/// A GPT-2's tokenizer as transformers opens it: the vocabulary's files, and what stands beside them.
///
/// The class in `tokenizer_config.json`, or in `config.json`, says which files count. A GPT2Tokenizer,
/// which a GPT-2 has where nothing is said, takes vocabulary, merges and template from
/// `tokenizer.json` and splits texts by its own rule, with `add_prefix_space` as the settings have it.
/// The others are what `tokenizer.json` says. Held against transformers 5.24 (Tests/Parity/gpt2).
struct GPT2Tokenizer {
  private let folder: String
  private let settings: JSONNode?
  private let configuration: ConfigurationFile
  private var parts: TokenizerParts

  /// The names of the files.
  private enum Name {
    static let settings = "tokenizer_config.json"
    static let specialTokens = "special_tokens_map.json"
    static let addedTokens = "added_tokens.json"
    static let vocabulary = "vocab.json"
    static let merges = "merges.txt"
  }

  /// What splits texts.
  private enum Kind: Equatable {
    /// GPT-2's own rule.
    case gpt2(isNamed: Bool)
    /// What the tokenizer's file says.
    case file
  }

  /// Keys of tokens with a meaning, in the order in which they are added.
  private static let roles = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
  ]
  /// Those that a GPT2Tokenizer has without being told.
  private static let rolesOfGPT2 = ["bos_token", "eos_token", "unk_token"]

  /// Reads the files in a folder, whose `config.json` is open.
  /// - Throws: `FileError`, `RecipeError` that name the file, the key, and what would be right.
  static func tokenizer(
    in folder: String, _ configuration: ConfigurationFile
  ) throws -> any Tokenizer {
    var tokenizer = try GPT2Tokenizer(folder, configuration)
    try tokenizer.applySettings()
    return try tokenizer.parts.tokenizer()
  }

  private init(_ folder: String, _ configuration: ConfigurationFile) throws {
    (self.folder, self.configuration) = (folder, configuration)
    settings = try Self.file(Name.settings, in: folder)
    let path = "\(folder)/\(TokenizerFile.name)"
    let (vocabulary, merges) = ("\(folder)/\(Name.vocabulary)", "\(folder)/\(Name.merges)")
    if Self.isThere(path) {
      parts = try TokenizerParts(JSONNode(path: path))
    } else if Self.isThere(vocabulary), Self.isThere(merges) {
      parts = try TokenizerParts(vocabulary: vocabulary, merges: merges)
    } else {
      throw FileError(
        .missing, folder,
        "has no tokenizer: put \(TokenizerFile.name) there, or \(Name.vocabulary) and "
          + "\(Name.merges)")
    }
  }

  private static func isThere(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  /// A file of settings, where there is one.
  private static func file(_ name: String, in folder: String) throws -> JSONNode? {
    let path = "\(folder)/\(name)"
    return isThere(path) ? try ConfigurationFile(path: path).root : nil
  }

  private var hasTokenizerFile: Bool { Self.isThere("\(folder)/\(TokenizerFile.name)") }

  private mutating func applySettings() throws {
    let kind = try kind()
    for name in [
      "split_special_tokens",
      "clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output",
    ] {
      if let node = try settings?[name], try node.flag() {
        throw node.error("is true, but is not supported: texts would be other ones without it")
      }
    }
    if case .gpt2(let isNamed) = kind, isNamed || parts.split.alphabet == .bytes {
      parts.split = .words(addsSpace: try settings?["add_prefix_space"]?.flag() ?? false)
      parts.unknown = nil
      // Their numbers are those that the vocabulary has for them.
      for index in parts.additions.indices { parts.additions[index].number = nil }
    }
    try addTokens(of: kind)
    // A tokenizer's file says itself what is put around a text.
    if !hasTokenizerFile {
      try parts.template.before = around("add_bos_token", "bos_token")
      try parts.template.after = around("add_eos_token", "eos_token")
    }
  }

  /// By which rule texts are split.
  private func kind() throws -> Kind {
    let key = "tokenizer_class"
    let nodes = [try settings?[key], try configuration.root[key]].compactMap(\.self)
    guard let node = nodes.first else { return .gpt2(isNamed: false) }
    switch try node.text() {
    case "GPT2Tokenizer", "GPT2TokenizerFast": return .gpt2(isNamed: true)
    case "TokenizersBackend", "PreTrainedTokenizerFast":
      guard hasTokenizerFile else {
        throw node.error(
          "is \(try node.text().json), which needs a \(TokenizerFile.name): put it there, or take "
            + "the key out for a GPT2Tokenizer")
      }
      return .file
    case let name:
      throw node.error(
        "is \(name.json), but must be GPT2Tokenizer, GPT2TokenizerFast, PreTrainedTokenizerFast or "
          + "TokenizersBackend: in Python, PreTrainedTokenizerFast(tokenizer_object="
          + "AutoTokenizer.from_pretrained(\"...\").backend_tokenizer).save_pretrained(\"...\") makes "
          + "one of them")
    }
  }

  /// Adds the tokens that stand beside the vocabulary's files.
  private mutating func addTokens(of kind: Kind) throws {
    let listed = try settings?["added_tokens_decoder"]
    var named = try namedTokens(settings)
    var others: [VocabularyTable.Addition] = []
    if let listed {
      let members = try listed.members().map { name, node in
        guard let number = Int(name) else {
          throw node.error("has a key that is no token's number")
        }
        return (number: number, addition: try VocabularyTable.Addition(node))
      }
      others = members.sorted { $0.number < $1.number }.map(\.addition)
      if kind != .file { parts.additions = [] }
    } else {
      if let map = try Self.file(Name.specialTokens, in: folder) {
        named.merge(try namedTokens(map)) { $1 }
      }
      if let numbers = try Self.file(Name.addedTokens, in: folder) {
        let special = Set(named.values.joined().map(\.content))
        others = try numbers.members().map { content, node in
          (number: try node.natural(), content: content)
        }.sorted { $0.number < $1.number }.map { _, content in
          var addition = VocabularyTable.Addition(
            content: content, isSpecial: special.contains(content))
          addition.matching.isLate = !addition.isSpecial
          return addition
        }
      }
    }
    parts.additions += others
    let known = Set(parts.additions.filter { !$0.isOptional }.map(\.content))
    for role in Self.roles + [Self.otherTokens] {
      let tokens = named[role] ?? (kind == .file ? [] : Self.standard(role))
      parts.additions += tokens.filter { !known.contains($0.content) }
    }
  }

  /// The end of a text in place of a token that is not named.
  private static func standard(_ role: String) -> [VocabularyTable.Addition] {
    guard rolesOfGPT2.contains(role) else { return [] }
    return [
      VocabularyTable.Addition(content: TokenizerFile.endOfText, isSpecial: true, isOptional: true)
    ]
  }

  /// What tokens without a role of their own are listed under here.
  private static let otherTokens = "extra_special_tokens"

  /// The tokens that a file names, by their roles.
  private func namedTokens(_ file: JSONNode?) throws -> [String: [VocabularyTable.Addition]] {
    var named: [String: [VocabularyTable.Addition]] = [:]
    for (name, node) in try file?.members() ?? [] where !node.isNull {
      if Self.roles.contains(name) {
        named[name] = [try Self.special(node)]
      } else if name == Self.otherTokens || name == "additional_special_tokens" {
        let nodes = node.isArray ? try node.elements() : try node.members().map(\.value)
        named[Self.otherTokens, default: []] += try nodes.map(Self.special)
      } else if name.hasSuffix("_token"), node.isText {
        named[Self.otherTokens, default: []].append(try Self.special(node))
      }
    }
    return named
  }

  /// A special token: a text, or an object.
  private static func special(_ node: JSONNode) throws(FileError) -> VocabularyTable.Addition {
    guard node.isText else {
      var addition = try VocabularyTable.Addition(node)
      if try node["normalized"] == nil { addition.matching.isLate = false }
      addition.isSpecial = true
      return addition
    }
    guard try !node.text().isEmpty else { throw node.error("is empty") }
    return VocabularyTable.Addition(content: try node.text(), isSpecial: true)
  }

  /// The token that is put around each text, if a flag says so.
  private func around(_ flag: String, _ role: String) throws -> [String] {
    guard try settings?[flag]?.flag() == true else { return [] }
    if let node = try settings?[role] { return [try Self.special(node).content] }
    return [TokenizerFile.endOfText]
  }
}
