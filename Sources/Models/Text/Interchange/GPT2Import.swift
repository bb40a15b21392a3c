import Autograd
import Files
import Foundation
import Runs

/// A GPT-2 of transformers, read to become a run.
///
/// ```
/// config.json   generation_config.json   model.safetensors
/// tokenizer.json, or vocab.json and merges.txt   tokenizer_config.json
/// ```
public struct GPT2Import {
  /// The recipe that a run of it has.
  public let recipe: TransformerRecipe
  /// The transformer, with the folder's weights.
  public let model: Transformer
  /// What its tokens stand for.
  public let tokenizer: any Tokenizer
  /// What was passed over, a line for each.
  public let notes: [String]
  private let folderName: String

  /// What the folder's files are called.
  enum Name {
    static let configuration = "config.json"
    static let generation = "generation_config.json"
    static let tokenizerConfiguration = "tokenizer_config.json"
    static let weights = "model.safetensors"
  }

  /// What transformers puts before the names of all tensors but the last matrix's, unless the model is
  /// saved without that.
  static let prefix = "transformer."
  /// The last matrix, [vocabulary, width] there.
  static let head = "lm_head.weight"
  /// The vectors of tokens, [vocabulary, width].
  static let embeddings = "wte.weight"

  /// Reads a model's folder, as save_pretrained writes it.
  ///
  /// The weights may be F32, F16 or BF16, in one file or in shards. A model without any bias, as nanoGPT
  /// trains them, is read as such.
  /// - Throws: `FileError` when a file is missing or damaged, or a tensor is missing, of another shape
  ///   or too many; `RecipeError` that names the file, the key, and what would be right.
  public init(folder path: String) throws {
    func file(_ name: String) -> String { "\(path)/\(name)" }
    var notes: [String] = []
    let configurationFile = try ConfigurationFile(path: file(Name.configuration))
    var settings = try GPT2File(configurationFile)
    let dropouts = [settings.branchDropout, settings.embeddingDropout, settings.attentionDropout]
    if Set(dropouts).count > 1 {
      notes.append(
        "\(configurationFile.path): passing over embd_pdrop and attn_pdrop, which differ from "
          + "resid_pdrop, \(settings.branchDropout)")
    }
    var tokenizer = try GPT2Tokenizer.tokenizer(in: path, configurationFile)
    guard tokenizer.count <= settings.vocabularySize else {
      throw configurationFile.error(
        "vocab_size",
        "is \(settings.vocabularySize), but the tokenizer has \(tokenizer.count) tokens"
          + Self.advice(on: tokenizer, above: settings.vocabularySize))
    }
    tokenizer.limits = try Self.limits(path, configurationFile, tokenizer, &notes)
    self.tokenizer = tokenizer

    var weights = try StoredWeights(
      StoredWeights.files(in: path, named: Name.weights, library: "transformers"),
      presentName: Self.presentName)
    try weights.require(
      parameters: settings.leastParameters, by: "n_embd", of: configurationFile)
    try Self.settleHead(&weights, isTied: settings.tied, configurationFile)
    if tokenizer.count < settings.vocabularySize {
      notes.append(
        "passing over \(settings.vocabularySize - tokenizer.count) rows of the vocabulary, which the "
          + "tokenizer does not have")
      try Self.cut(&weights, from: settings.vocabularySize, to: tokenizer.count)
      settings.vocabularySize = tokenizer.count
    }
    let hasBiases = weights.names.contains { $0.hasSuffix(".bias") }
    var recipe = TransformerRecipe()
    recipe.model = settings.configuration(bias: hasBiases)
    // Whatever a recipe cannot say is found by reading it as a run's will be.
    self.recipe = try RecipeDocument(
      text: recipe.yaml, source: "the recipe made of \(configurationFile.path)"
    ).recipe()
    model = Transformer(recipe.model)
    model.initialize(seed: 0)
    try weights.read(StateDictionary(model))
    self.notes = notes
    folderName = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
  }

  /// Makes a run of it, whose checkpoint after no steps holds the weights as those of the model and as
  /// their average, and the tokenizer.
  /// - Parameters:
  ///   - root: The folder of all runs.
  ///   - name: The run's name; nil for the folder's.
  ///   - command: The command's words, for the run's records.
  ///   - version: The program's version, for the same.
  /// - Throws: `FileError` when there is such a run, or it cannot be written.
  public func makeRun(
    in root: String = "runs", name: String? = nil, command: [String], version: String
  ) throws -> RunFolder {
    try ImportedRun(recipe: recipe.yaml, seed: recipe.loop.seed, folderName: folderName)
      .make(
        in: root, name: name, command: command, version: version, ParameterSlab.of(model),
        others: CheckpointStore.File.tokenizer(tokenizer))
  }

  /// What to do about tokens for which the model has no vectors.
  private static func advice(on tokenizer: any Tokenizer, above count: Int) -> String {
    let added = (tokenizer as? BytePairTokenizer)?.added ?? []
    let homeless = added.filter { $0.token >= count }
    guard !homeless.isEmpty else { return "" }
    let names = homeless.prefix(3).map { "\($0.content.json) (\($0.token))" }
    return ": \(names.joined(separator: ", "))\(homeless.count > 3 ? ", ..." : "") was added, but "
      + "never given a vector. In Python, model.resize_token_embeddings(\(tokenizer.count)) and "
      + "model.save_pretrained(\"...\") give it one; or take it out of the added tokens of "
      + "tokenizer.json and tokenizer_config.json"
  }

  /// What begins and ends texts: generation_config.json says it, where there is none config.json.
  private static func limits(
    _ folder: String, _ configuration: ConfigurationFile, _ tokenizer: any Tokenizer,
    _ notes: inout [String]
  ) throws -> TextLimits? {
    let path = "\(folder)/\(Name.generation)"
    let isThere = FileManager.default.fileExists(atPath: path)
    let file = isThere ? try ConfigurationFile(path: path) : configuration
    var limits = try TextLimits(file.root)
    // A config.json alone, which says nothing, leaves it open; and so it is where no token could be it.
    if limits == TextLimits(), !isThere || tokenizer.endOfText == nil { return nil }
    let count = tokenizer.count
    let missing = limits.ends.filter { Int($0) >= count }
    if !missing.isEmpty {
      notes.append(
        "\(file.path): passing over \(TextLimits.endsKey) "
          + "\(missing.map(String.init).joined(separator: ", ")): there are \(count) tokens")
      limits.ends.removeAll { Int($0) >= count }
    }
    if let beginning = limits.beginning, beginning >= count { limits.beginning = nil }
    let others = file.names.filter { changesTexts.contains($0) && !file.isNeutral($0) }
    if isThere, !others.isEmpty {
      notes.append("\(path): passing over \(others.joined(separator: ", "))")
    }
    return limits
  }

  /// What else transformers' generate takes from generation_config.json, apart from what flags of
  /// gen sample say.
  private static let changesTexts: Set = [
    "bad_words_ids", "begin_suppress_tokens", "diversity_penalty", "encoder_repetition_penalty",
    "exponential_decay_length_penalty", "forced_bos_token_id", "forced_eos_token_id",
    "guidance_scale", "min_length", "min_new_tokens", "no_repeat_ngram_size", "num_beams",
    "penalty_alpha", "repetition_penalty", "sequence_bias", "stop_strings", "suppress_tokens",
  ]

  /// What a tensor is called here, or nil for the masks that old files hold.
  private static func presentName(_ name: String) -> String? {
    let name = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    return name.hasSuffix(".attn.bias") || name.hasSuffix(".attn.masked_bias") ? nil : name
  }

  /// Leaves a last matrix out that is the embeddings' again.
  private static func settleHead(
    _ weights: inout StoredWeights, isTied: Bool, _ file: ConfigurationFile
  ) throws {
    guard isTied, let head = try weights.values(head) else { return }
    guard let tokens = try weights.values(embeddings) else { return }
    guard head.elements == tokens.elements else {
      throw file.error(
        "tie_word_embeddings",
        "is true, or is so by default, but \(Self.head) is another matrix than \(embeddings)")
    }
    weights.remove(Self.head)
  }

  /// Leaves the last rows of the vocabulary out.
  private static func cut(
    _ weights: inout StoredWeights, from rows: Int, to kept: Int
  ) throws(FileError) {
    for name in [embeddings, head] {
      if let shape = weights.shape(name), shape.count == 2, shape[0] == rows {
        weights.keepRows(kept, of: name)
      }
    }
  }
}

extension StateDictionary {
  /// The parameters of a transformer: GPT-2's matrices lie as ours, but for the last one.
  init(_ model: Transformer) {
    let slab = ParameterSlab.of(model)
    self.init(slab, tables: Set(slab.entries.map(\.path)).subtracting([GPT2Import.head]))
  }
}
