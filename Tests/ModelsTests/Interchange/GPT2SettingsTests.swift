import Compute
import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Models
@testable import Runs
@testable import Training

/// What stands beside a GPT-2's tokenizer and weights (Tests/Parity/gpt2/settings.py).
struct GPT2SettingsTests {
  private let root = TemporaryFolder()

  private static let parity = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Parity").standardized.path

  private func write(_ name: String, _ text: String) throws {
    try SystemFiles().atomicWrite(root(name), text)
  }

  /// The tokens of each text are those of transformers, also by the file that we write.
  @Test func tokens() throws {
    let source = try String(contentsOfFile: "\(Self.parity)/tokenizers/bytes.json", encoding: .utf8)
    let cases = try JSONNode(path: "\(Self.parity)/gpt2/settings.json").elements()
    #expect(cases.count > 20)
    for node in cases {
      let name = try node.value("name").text()
      for file in try FileManager.default.contentsOfDirectory(atPath: root.path) {
        try SystemFiles().removeTree(Place(root(file)))
      }
      var text = source
      for pair in try node.value("replace").elements().map({ try $0.elements() }) {
        text = text.replacing(try pair[0].text(), with: try pair[1].text())
      }
      try write("config.json", "{\"model_type\": \"gpt2\"}")
      for (file, content) in try node.value("files").members() {
        try write(file, try content.text())
      }
      if try node.value("split").flag() {
        let model = try #require(
          JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])["model"]
        let parts = try #require(model as? [String: Any])
        let vocabulary = try JSONSerialization.data(withJSONObject: parts["vocab"] as Any)
        let merges = try #require(parts["merges"] as? [[String]])
        try write("vocab.json", String(decoding: vocabulary, as: UTF8.self))
        try write("merges.txt", merges.map { "\($0[0]) \($0[1])\n" }.joined())
      } else {
        try write("tokenizer.json", text)
      }
      let tokenizer = try GPT2Tokenizer.tokenizer(
        in: root.path, ConfigurationFile(path: root("config.json")))
      try write("again.json", TokenizerFile.content(of: tokenizer))
      let again = try TokenizerFile(path: root("again.json")).tokenizer
      for pair in try node.value("texts").elements().map({ try $0.elements() }) {
        let text = try pair[0].text()
        let expected = try pair[1].elements().map { Int32(try $0.natural()) }
        #expect(try tokenizer.encode(text) == expected, "\(name): \(text.debugDescription)")
        #expect(try again.encode(text) == expected, "\(name), again: \(text.debugDescription)")
      }
    }
  }

  @Test func whatIsPutAroundATextIsNotShown() throws {
    var tokenizer = BytePairTokenizer(
      alphabet: .characters, tokens: [[97], [98], Array("<s>".utf8)], merges: [],
      added: [.init("<s>", token: 2)])
    (tokenizer.before, tokenizer.after) = ([2], [2, 1])
    #expect(try tokenizer.encode("ab<s>") == [2, 0, 1, 2, 2, 1])
    #expect(tokenizer.text(ofPrompt: [2, 0, 1, 2, 2, 1]) == "ab<s>")
    let model = BigramModel([[0, 1, 0], [0, 0, 1], [1, 0, 0]])
    var generator = TextGenerator(model, tokenizer)
    (generator.length, generator.sampling.temperature) = (1, 0)
    #expect(try generator("a", seed: 0).texts == ["a<s>"])
  }

  /// The texts that an imported model writes, and one that is imported from its export.
  private func texts(
    _ gpt2: TinyGPT2, _ name: String, prompt: String = "ab", length: Int = 8
  ) throws -> [String] {
    let imported = try GPT2Import(folder: gpt2.write())
    let run = try imported.makeRun(in: root.path, name: name, command: ["gen"], version: "0")
    try GPT2Export(run).write(to: root("\(name)-exported"))
    let again = try GPT2Import(folder: root("\(name)-exported"))
    #expect(again.tokenizer.limits == imported.tokenizer.limits)
    let other = try again.makeRun(
      in: root.path, name: "\(name)-again", command: ["gen"], version: "0")
    return try [run, other].map { run in
      let trained = try TrainedText(run)
      #expect(trained.tokenizer.limits == imported.tokenizer.limits)
      var generator = TextGenerator(trained.model, trained.tokenizer)
      (generator.length, generator.sampling.temperature) = (length, 0)
      return try generator(prompt, seed: 0).texts[0]
    }
  }

  /// The letter that a fixture's token stands for.
  private func token(_ letter: Character) -> Int {
    Int(letter.asciiValue ?? 0) - 97
  }

  @Test func endsOfTexts() throws {
    let gpt2 = try TinyGPT2("new")
    let free = try texts(gpt2, "free")[0]
    // The first letter after the prompt that has not come before.
    let written = Array(free.dropFirst(2))
    let place = try #require(
      written.indices.dropFirst().first { !written[..<$0].contains(written[$0]) })
    let (end, cut) = (token(written[place]), "ab" + String(written[..<place]))
    let first = token(written[0])

    func file(_ text: String?) { gpt2.texts["generation_config.json"] = text }
    file("{\"eos_token_id\": \(end)}")
    #expect(try texts(gpt2, "one") == [cut, cut])
    #expect(try texts(gpt2, "short", length: place) == [cut, cut])
    file("{\"eos_token_id\": [\(end), 23], \"bos_token_id\": 3}")
    #expect(try texts(gpt2, "several") == [cut, cut])
    // Without a prompt, a text begins after the token that is named, and does not have it.
    let begun = try texts(gpt2, "begun", prompt: "")[0]
    #expect(try texts(gpt2, "prompted", prompt: "d")[0] == "d" + begun)
    // config.json counts where there is no other file alone.
    file(nil)
    gpt2.replace("\"eos_token_id\": null", with: "\"eos_token_id\": \(end)")
    #expect(try texts(gpt2, "config") == [cut, cut])
    file("{\"eos_token_id\": \(first)}")
    #expect(try texts(gpt2, "both") == ["ab", "ab"])
    file("{\"bos_token_id\": 3}")
    #expect(try texts(gpt2, "absent") == [free, free])
    file("{\"eos_token_id\": null, \"bos_token_id\": 3}")
    #expect(try texts(gpt2, "null") == [free, free])
    // What no token has is said, and ends nothing.
    file(
      "{\"eos_token_id\": [50256, \(end)], \"num_beams\": 4, \"temperature\": 0.5, \"min_length\": 0}"
    )
    let imported = try GPT2Import(folder: gpt2.write())
    #expect(imported.tokenizer.limits?.ends == [Int32(end)])
    let path = gpt2.folder("generation_config.json")
    #expect(
      imported.notes == [
        "\(path): passing over eos_token_id 50256: there are 24 tokens",
        "\(path): passing over num_beams",
      ])
    for (value, problem) in [
      ("-1", "is -1, but must be a whole number"), ("\"x\"", "is \"x\", but must be"),
      ("[0, 1.5]", "is 1.5, but must"), ("1e400", "is 1e400, but must"),
    ] {
      file("{\"eos_token_id\": \(value)}")
      let error = try #require(throws: FileError.self) { try GPT2Import(folder: gpt2.write()) }
      #expect(error.path == path && error.message.contains("eos_token_id"), "\(error)")
      #expect(error.message.contains(problem), "\(error)")
    }
  }

  /// A model that goes on learning keeps what ends its texts.
  @Test func endsStayWithATraining() throws {
    let gpt2 = try TinyGPT2("new")
    gpt2.texts["generation_config.json"] = "{\"eos_token_id\": [2, 5]}"
    let imported = try GPT2Import(folder: gpt2.write())
    let run = try imported.makeRun(in: root.path, name: "a", command: ["gen"], version: "0")
    var recipe = imported.recipe
    recipe.data.source = root("book.txt")
    try write("book.txt", String(repeating: "abcdefghijkl", count: 40))
    let data = try recipe.openData(DataOpening(source: run.verifiedCheckpoint()))
    #expect(data.tokenizer.limits == TextLimits(ends: [2, 5]))
    let trainer = recipe.trainer(data)
    try run.checkpoints.write(
      step: 1, files: trainer.checkpointFiles(), state: TrainingState(seed: 0))
    #expect(try TrainedText(run, step: 1).tokenizer.limits == TextLimits(ends: [2, 5]))
  }

  @Test func aTensorUnderTwoNames() throws {
    let gpt2 = try TinyGPT2("new")
    // As safetensors' save_model leaves it, either way.
    for (kept, left) in [
      ("lm_head.weight", "transformer.wte.weight"), ("transformer.wte.weight", "lm_head.weight"),
    ] {
      let tensor = gpt2.tensors.removeValue(forKey: left) ?? gpt2.tensors[kept]
      gpt2.tensors[kept] = tensor
      gpt2.metadata = ["format": "pt", left: kept]
      #expect(try gpt2.difference(of: GPT2Import(folder: gpt2.write()).model) < 1e-4, "\(kept)")
    }
    // Also of one with more rows than tokens.
    (gpt2.tensors["lm_head.weight"], gpt2.tensors["transformer.wte.weight"]) = (
      gpt2.tensors["transformer.wte.weight"], nil
    )
    gpt2.metadata = ["transformer.wte.weight": "lm_head.weight"]
    gpt2.setCharacters(18)
    #expect(try GPT2Import(folder: gpt2.write()).model.vocabularySize == 18)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func numbersThatAreNotFinite(
    number: Float
  ) throws {
    for name in ["transformer.h.1.mlp.c_fc.weight", "transformer.wte.weight"] {
      let gpt2 = try TinyGPT2("new")
      gpt2.tensors[name]?.elements[7] = number
      gpt2.tensors["lm_head.weight"] = gpt2.tensors["transformer.wte.weight"]
      let error = try #require(throws: FileError.self) { try GPT2Import(folder: gpt2.write()) }
      #expect(error.kind == .badData && error.path.hasSuffix("/model.safetensors"))
      let isOfEither = error.message.contains(name) || error.message.contains("lm_head.weight")
      #expect(isOfEither && error.message.contains("has 1 of"), "\(error)")
      #expect(error.message.contains("numbers that are not finite, the first \(number)"))
    }
    // What the tokenizer has no token for is not read.
    let gpt2 = try TinyGPT2("new")
    gpt2.tensors["transformer.wte.weight"]?.elements[23 * 32] = number
    gpt2.setCharacters(18)
    #expect(try GPT2Import(folder: gpt2.write()).model.vocabularySize == 18)
  }

  @Test func oddSettings() throws {
    let gpt2 = try TinyGPT2("new")
    let long = String(repeating: "k", count: 2000)
    gpt2.replace(
      "{\n",
      with:
        "\u{feff}{ \"_name_or_path\": \"x\\ud83d\\ude00\\/\\u0000\u{7f}\", \"\(long)\": [-0, 1E+2], "
    )
    gpt2.texts["tokenizer_config.json"] =
      "{\"model_max_length\": 1000000000000000019884624838656, \"x\": NaN, \"pad_token\": null}"
    #expect(try gpt2.difference(of: GPT2Import(folder: gpt2.write()).model) < 1e-4)
    for (settings, problem) in [
      (
        "{\"tokenizer_class\": \"RobertaTokenizer\"}",
        "tokenizer_class is \"RobertaTokenizer\", but"
      ),
      ("{\"split_special_tokens\": true}", "split_special_tokens is true, but is not supported"),
      (
        "{\"add_prefix_space\": 1, \"tokenizer_class\": \"GPT2Tokenizer\"}",
        "is 1, but must be true"
      ),
      ("{\"pad_token\": 3}", "pad_token is 3, but must be an object"),
      ("{\"added_tokens_decoder\": {\"x\": {}}}", "has a key that is no token's number"),
      ("{\"a\": \"\\ud83d\"}", "half of a surrogate pair"), ("{\"a\": 1, \"a\": 2}", "comes twice"),
    ] {
      gpt2.texts["tokenizer_config.json"] = settings
      let error = try #require(throws: (any Error).self) { try GPT2Import(folder: gpt2.write()) }
      #expect(
        "\(error)".contains("tokenizer_config.json:") && "\(error)".contains(problem), "\(error)")
    }
    gpt2.texts["tokenizer_config.json"] = "{\"pad_token\": \"[PAD]\"}"
    let error = try #require(throws: RecipeError.self) { try GPT2Import(folder: gpt2.write()) }
    #expect(
      error.message.contains("\"[PAD]\" (24) was added, but never given a vector"), "\(error)")
    #expect(error.message.contains("model.resize_token_embeddings(25)"))
  }

  @Test func aPartOfAPipelineAlone() throws {
    try FileManager.default.createDirectory(
      atPath: root("unet"), withIntermediateDirectories: true)
    try write("unet/config.json", "{\"_class_name\": \"UNet2DModel\"}")
    let alone = try #require(throws: FileError.self) { try ForeignModel(folder: root("unet")) }
    #expect(alone.message.contains("DDPMPipeline(unet=UNet2DModel.from_pretrained("), "\(alone)")
    try write("model_index.json", "{}")
    let inside = try #require(throws: FileError.self) {
      try ForeignModel(folder: root("unet"))
    }
    #expect(inside.message.contains("import the folder above"), "\(inside)")
  }
}
