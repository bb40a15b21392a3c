import Files
import Runs

/// A tokenizer in files, in the formats of Hugging Face's `tokenizers`: `tokenizer.json`, or `vocab.json`
/// and `merges.txt`, as GPT-2 was published.
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
    tokenizer = try TokenizerParts(JSONNode(file)).tokenizer()
  }

  /// Reads a `vocab.json` and the `merges.txt` that goes with it, of bytes as GPT-2's.
  /// - Throws: `FileError` that names the file, and what would be right.
  public init(vocabulary: String, merges: String) throws(FileError) {
    tokenizer = try TokenizerParts(vocabulary: vocabulary, merges: merges).tokenizer()
  }
}

extension TokenizerFile {
  /// The file beside the tokenizer that says what begins and ends texts: of transformers, as the
  /// tokenizer's own.
  static let limitsName = "generation_config.json"

  /// The tokenizer of a checkpoint.
  /// - Throws: `FileError` when a file is missing or damaged.
  static func tokenizer(of checkpoint: Checkpoint) throws(FileError) -> any Tokenizer {
    var tokenizer = try TokenizerFile(checkpoint.open(name)).tokenizer
    // Checkpoints of models that were trained here have no such file.
    if checkpoint.fileNames.contains(limitsName) {
      tokenizer.limits = try TextLimits(JSONNode(checkpoint.open(limitsName)))
    }
    return tokenizer
  }
}

extension TextLimits {
  static let beginningKey = "bos_token_id"
  static let endsKey = "eos_token_id"

  /// What a `generation_config.json`, or a model's `config.json`, says.
  /// - Throws: `FileError` that names the key.
  init(_ file: JSONNode) throws(FileError) {
    func token(_ node: JSONNode) throws(FileError) -> Int32 {
      guard let token = Int32(exactly: try node.natural()) else {
        throw node.error("is more than any token's number")
      }
      return token
    }
    self.init()
    if let node = try file[Self.beginningKey] { beginning = try token(node) }
    if let node = try file[Self.endsKey] {
      for node in node.isArray ? try node.elements() : [node] { ends.append(try token(node)) }
    }
  }

  /// What a file says of it; of several ends all, in a list.
  var settings: [(name: String, value: any RecipeValue)] {
    let endings = ends.map { Int($0) }
    let end = ends.count > 1 ? endings as any RecipeValue : endings.first
    return [(Self.beginningKey, beginning.map { Int($0) }), (Self.endsKey, end)]
  }
}

extension CheckpointStore.File {
  /// What the model's tokens stand for, and between which of them texts lie.
  static func tokenizer(_ tokenizer: any Tokenizer) -> [CheckpointStore.File] {
    func file(_ name: String, _ text: @escaping () -> String) -> CheckpointStore.File {
      CheckpointStore.File(name) { try $0.write(Array(text().utf8)) }
    }
    let own = file(TokenizerFile.name) { TokenizerFile.content(of: tokenizer) }
    guard let limits = tokenizer.limits else { return [own] }
    return [
      own, file(TokenizerFile.limitsName) { ConfigurationFile.content(limits.settings) },
    ]
  }
}
