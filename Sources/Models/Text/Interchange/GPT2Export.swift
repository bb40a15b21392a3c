import Files
import Runs
import Training

/// A transformer's run, read to become a GPT-2 of transformers.
public struct GPT2Export {
  /// The step of the checkpoint.
  public let step: Int
  private let model: Transformer
  private let tokenizer: any Tokenizer

  /// Reads a run as it was after `step` steps, or for nil at its newest checkpoint that verifies.
  /// - Throws: `FileError`, `RecipeError` when the run cannot be read, or is one that is no GPT-2.
  public init(_ run: RunFolder, step: Int? = nil, weights: LearnedWeights = .average) throws {
    let document = try RecipeDocument(path: run.recipePath)
    guard document.kind == TransformerRecipe.kind else {
      let reason =
        document.kind == "rnn"
        ? ": a recurrent network carries a state from token to token, which GPT-2 has not" : ""
      throw FileError(
        .badData, run.path,
        "is a run of \(document.kind), but a GPT-2 is made of a transformer run\(reason)")
    }
    let recipe = try document.recipe(as: TransformerRecipe.self)
    let problems = recipe.model.unknownToGPT2.map { "\($0.key) \($0.problem)" }
    guard problems.isEmpty else {
      throw FileError(
        .badData, run.recipePath,
        "describes what GPT-2 cannot do, so transformers would not open it: "
          + problems.joined(separator: "; "))
    }
    let checkpoint = try run.verifiedCheckpoint(step: step)
    model = Transformer(recipe.model)
    try Learner.read(checkpoint, weights, into: model)
    tokenizer = try TokenizerFile.tokenizer(of: checkpoint)
    self.step = checkpoint.step
  }

  /// Writes the model's folder whole, or not at all.
  /// - Throws: `FileError` when something stands there already, or it cannot be written.
  public func write(to path: String, operations: any FileOperations = SystemFiles()) throws {
    try operations.newFolder(Place(path)) { folder in
      for (name, text) in texts {
        try operations.writeSynced(folder / name) { try $0.write(text) }
      }
      try operations.writeSynced(folder / GPT2Import.Name.weights) {
        // Without this, transformers does not know whose tensors they are.
        try $0.writeSafetensors(arrays, metadata: ["format": "pt"])
      }
    }
  }

  /// All tensors, with biases of zero where the model has none.
  var arrays: [NamedArray] {
    let dictionary = StateDictionary(model)
    let shapes = Dictionary(uniqueKeysWithValues: dictionary.parameters.map { ($0.name, $0.shape) })
    let zeros = dictionary.parameters.compactMap { parameter -> NamedArray? in
      let parts = parameter.name.split(separator: ".")
      // Embeddings and the last matrix have no biases in GPT-2 either.
      guard parts[0] == "h" || parts[0] == "ln_f", parts.last == "weight",
        let count = parameter.shape.last
      else { return nil }
      let bias = (parts.dropLast() + ["bias"]).joined(separator: ".")
      guard shapes[bias] == nil else { return nil }
      return NamedArray(
        GPT2Import.prefix + bias, [count], [Float](repeating: 0, count: count))
    }
    return dictionary.arrays(prefix: { $0 == GPT2Import.head ? "" : GPT2Import.prefix }) + zeros
  }

  /// The release of transformers whose files these are.
  private static let transformersVersion = "5.23.0"

  /// A token that transformers may be told the name of: of others, it would make tokens of their own.
  private func named(_ token: Int32?) -> Int32? {
    let added = (tokenizer as? BytePairTokenizer)?.added ?? []
    return token.flatMap { token in added.contains { $0.token == token } ? token : nil }
  }

  /// The files of text, and what is in each.
  private var texts: [(name: String, text: String)] {
    let end = tokenizer.endOfText
    let limits =
      tokenizer.limits ?? TextLimits(beginning: end, ends: end.map { [$0] } ?? [])
    let ends =
      limits.settings + [("transformers_version", Self.transformersVersion as any RecipeValue)]
    func name(_ token: Int32?) -> any RecipeValue {
      token.map { tokenizer.text(of: [$0]) }
    }
    let addsSpace = (tokenizer as? BytePairTokenizer)?.addsSpace ?? false
    return [
      (
        GPT2Import.Name.configuration,
        ConfigurationFile.content(
          [("architectures", ["GPT2LMHeadModel"]), ("dtype", "float32")] + ends,
          GPT2File.keys.filter { $0.path != GPT2File.quantizationKey },
          of: GPT2File(model.configuration))
      ),
      (
        GPT2Import.Name.generation,
        ConfigurationFile.content([("do_sample", true)] + ends)
      ),
      (TokenizerFile.name, TokenizerFile.content(of: tokenizer)),
      (
        GPT2Import.Name.tokenizerConfiguration,
        ConfigurationFile.content([
          ("add_prefix_space", addsSpace), ("clean_up_tokenization_spaces", false),
          ("bos_token", name(named(limits.beginning))),
          ("eos_token", name(named(limits.ends.first))), ("model_max_length", model.context),
          ("tokenizer_class", "PreTrainedTokenizerFast"),
        ])
      ),
    ]
  }
}

extension Tokenizer {
  /// The token that ends a text, where there is one as in GPT-2's vocabulary.
  var endOfText: Int32? {
    (self as? BytePairTokenizer)?.added.first { $0.content == TokenizerFile.endOfText }?.token
  }
}
