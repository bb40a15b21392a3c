import Autograd
import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Models
@testable import Runs
@testable import Training

/// GPT-2s of transformers, there and back, and their logits (Tests/Parity/gpt2/make.py).
struct GPT2Tests {
  private let root = TemporaryFolder()

  private func run(_ imported: GPT2Import, _ name: String = "tiny") throws -> RunFolder {
    try imported.makeRun(in: root.path, name: name, command: ["gen", "import"], version: "0")
  }

  @Test(arguments: ["new", "erf"]) func logits(name: String) throws {
    let gpt2 = try TinyGPT2(name)
    try gpt2.write()
    try gpt2.copyWeights(of: name)
    let imported = try GPT2Import(folder: gpt2.path)
    #expect(imported.notes.isEmpty)
    #expect(imported.recipe.model.tied == (name == "new"))
    #expect(imported.recipe.model.activation == (name == "new" ? .geluTanh : .gelu))
    #expect(imported.recipe.model.dropout == 0.1)
    #expect(gpt2.difference(of: imported.model) < 1e-4)
  }

  /// With the prefix or without it, with a last matrix that is the embeddings' again, in shards.
  @Test func otherFiles() throws {
    let gpt2 = try TinyGPT2("new")
    gpt2.rename { $0.replacing("transformer.", with: "") }
    gpt2.tensors["lm_head.weight"] = gpt2.tensors["wte.weight"]
    try gpt2.write(weights: (1...3).map { "model-0000\($0)-of-00003.safetensors" })
    #expect(try gpt2.difference(of: GPT2Import(folder: gpt2.path).model) < 1e-4)

    let other = try TinyGPT2("erf")
    other.rename { $0 == "lm_head.weight" ? $0 : "transformer.\($0)" }
    other.replace("\"gelu\"", with: "\"gelu_python\"")
    #expect(try other.difference(of: GPT2Import(folder: other.write()).model) < 1e-4)
  }

  @Test func rowsWithoutTokens() throws {
    for name in ["new", "erf"] {
      let gpt2 = try TinyGPT2(name)
      gpt2.setCharacters(18)
      let imported = try GPT2Import(folder: gpt2.write())
      #expect(imported.model.vocabularySize == 18 && imported.notes.count == 1)
      let known: [Int32] = [3, 17, 0, 5]
      gpt2.setCharacters(gpt2.logits.count / gpt2.tokens.count)
      let whole = try GPT2Import(folder: gpt2.write()).model
      let (a, b) = (imported.model(known).values, whole(known).values)
      let rows = known.indices.flatMap { row in
        b.elements[row * b.shape[2]..<(row + 1) * b.shape[2]].prefix(18)
      }
      #expect(a.elements == rows)
    }
  }

  @Test(arguments: ["new", "erf"]) func thereAndBack(name: String) throws {
    let gpt2 = try TinyGPT2(name)
    let imported = try GPT2Import(folder: gpt2.write())
    let run = try run(imported)
    #expect(run.checkpoints.steps == [0])
    let again = root("again")
    try GPT2Export(run).write(to: again)
    let file = try SafetensorsFile("\(again)/model.safetensors")
    #expect(file.metadata == ["format": "pt"])
    let names = gpt2.tensors.filter { !$0.key.hasSuffix(".masked_bias") }.map { tensor in
      let hasPrefix = tensor.key.hasPrefix("transformer.") || tensor.key == "lm_head.weight"
      return (new: hasPrefix ? tensor.key : "transformer.\(tensor.key)", old: tensor.key)
    }
    #expect(Set(file.entries.map(\.name)) == Set(names.map(\.new)))
    for name in names {
      #expect(file[name.new]?.shape == gpt2.tensors[name.old]?.shape, "\(name)")
      #expect(try file.values(name.new).elements == gpt2.tensors[name.old]?.elements, "\(name)")
    }
    let second = try GPT2Import(folder: again)
    #expect(second.recipe.yaml == imported.recipe.yaml)
    #expect(second.tokenizer as? CharacterTokenizer == imported.tokenizer as? CharacterTokenizer)
    #expect(gpt2.difference(of: second.model) < 1e-4)
    #expect(throws: FileError.self) { try GPT2Export(run).write(to: again) }
  }

  @Test func withoutBiases() throws {
    let gpt2 = try TinyGPT2("new")
    gpt2.rename { $0.hasSuffix(".bias") ? nil : $0 }
    let imported = try GPT2Import(folder: gpt2.write())
    #expect(!imported.recipe.model.bias)
    try GPT2Export(run(imported)).write(to: root("again"))
    let file = try SafetensorsFile("\(root("again"))/model.safetensors")
    let whole = try TinyGPT2("new").tensors
    #expect(Set(file.entries.map(\.name)) == Set(whole.keys))
    for (name, tensor) in whole where name.hasSuffix(".bias") {
      #expect(try file.values(name).elements == tensor.elements.map { _ in 0 })
    }
    let second = try GPT2Import(folder: root("again"))
    #expect(second.recipe.model.bias)
    let tokens: [Int32] = [1, 2, 3]
    let (a, b) = (imported.model(tokens).values.elements, second.model(tokens).values.elements)
    #expect(a == b)
  }

  @Test func bytePairs() throws {
    let gpt2 = try TinyGPT2("new")
    gpt2.texts["tokenizer.json"] = nil
    gpt2.texts["vocab.json"] =
      "{\"a\": 0, \"b\": 1, \"\u{120}\": 2, \"ab\": 3, \"<|endoftext|>\": 4}"
    gpt2.texts["merges.txt"] = "#version: 0.2\na b\n"
    let imported = try GPT2Import(folder: gpt2.write())
    #expect(try imported.tokenizer.encode("ab<|endoftext|> ab") == [3, 4, 2, 3])
    let run = try run(imported)
    let checkpoint = try run.verifiedCheckpoint()
    let tokenizer = try TokenizerFile(path: checkpoint.file("tokenizer.json")).tokenizer
    #expect(tokenizer as? BytePairTokenizer == imported.tokenizer as? BytePairTokenizer)
    try GPT2Export(run).write(to: root("again"))
    let configuration = try JSONNode(path: root("again") + "/config.json")
    #expect(try configuration.value("eos_token_id").natural() == 4)
  }

  @Test func whatCannotBeExported() throws {
    let gpt2 = try TinyGPT2("new")
    let run = try run(GPT2Import(folder: gpt2.write())).held()
    let recipe = try String(contentsOfFile: run.recipePath, encoding: .utf8)
    for (old, new, problem) in [
      ("positions: learned", "positions: rotary", "model.positions is rotary, not learned"),
      ("norm: layer", "norm: rms", "model.norm is rms, not layer"),
      (
        "activation: gelu_tanh", "activation: swiglu",
        "model.activation is swiglu, not gelu or gelu_tanh"
      ),
      (
        "activation: gelu_tanh", "activation: relu_squared",
        "model.activation is relu_squared, not gelu or gelu_tanh"
      ),
      ("qk_norm: false", "qk_norm: true", "model.qk_norm is true, not false"),
    ] {
      try run.writeRecipe(recipe.replacing(old, with: new))
      let error = try #require(throws: FileError.self) { try GPT2Export(run) }
      #expect(error.path == run.recipePath && error.message.hasSuffix(": \(problem)"), "\(error)")
    }
    try run.writeRecipe(GANRecipe().yaml)
    let error = try #require(throws: FileError.self) { try GPT2Export(run) }
    #expect(error.message == "is a run of gan, but a GPT-2 is made of a transformer run")
  }

  /// For each run's folder, reads `input.safetensors` (tokens [N, T]) from the folder and writes the
  /// logits of what follows each to `output.safetensors`:
  ///
  /// `GEN_TRANSFORMERS=FOLDER:FOLDER swift test --filter GPT2Tests/outputs`
  @Test(.enabled(if: ProcessInfo.processInfo.environment["GEN_TRANSFORMERS"] != nil))
  func outputs() throws {
    let folders = try #require(ProcessInfo.processInfo.environment["GEN_TRANSFORMERS"])
    for folder in folders.split(separator: ":") {
      let run = try RunFolder(path: String(folder))
      let recipe = try RecipeDocument(path: run.recipePath).recipe(as: TransformerRecipe.self)
      let model = Transformer(recipe.model)
      let checkpoint = try run.verifiedCheckpoint()
      try Learner.read(checkpoint, into: model)
      let tokens = try SafetensorsFile("\(folder)/input.safetensors").values("tokens")
      let logits = model(tokens.elements.map { Int32($0) }, batch: tokens.shape[0]).values
      try SystemFiles().atomicWrite("\(folder)/output.safetensors") {
        try $0.writeSafetensors([NamedArray("logits", logits)])
      }
    }
  }
}
