import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Models

/// What is said about GPT-2s that are damaged, or of a kind that is not supported.
struct GPT2ErrorTests {
  /// What is said, without the folder's path.
  private func message(_ gpt2: TinyGPT2) throws -> String {
    let error = try #require(throws: (any Error).self) { try GPT2Import(folder: gpt2.path) }
    return "\(error)".replacing("\(gpt2.path)/", with: "").replacing(gpt2.path, with: ".")
  }

  @Test(arguments: [
    ("\"gpt2\"", "\"llama\"", "model_type is \"llama\", but must be gpt2"),
    ("\"model_type\": \"gpt2\"", "\"x\": 1", "model_type is missing, but must be gpt2"),
    ("\"gelu_new\"", "\"relu\"", "activation_function is \"relu\", but must be gelu, gelu_python,"),
    ("\"n_head\": 4", "\"n_head\": 5", "n_head is 5, which does not divide n_embd, 32"),
    ("\"n_layer\": 2", "\"n_layer\": \"2\"", "n_layer is \"2\", but must be a whole number"),
    ("\"n_layer\": 2", "\"n_layer\": 0", "n_layer is 0, but must be a whole number, 1 to 256"),
    ("_weights\": true", "_weights\": false", "scale_attn_weights is false, but must be"),
    ("_idx\": false", "_idx\": true", "scale_attn_by_inverse_layer_idx is true, but must be"),
    ("_attention\": false", "_attention\": true", "add_cross_attention is true, but must be"),
    ("\"n_head\"", "\"quantization_config\": {\"bits\": 4}, \"n_head\"", "quantization_config is"),
    ("\"vocab_size\": 24", "\"vocab_size\": 23", "vocab_size is 23, but the tokenizer has 24"),
    ("{\n", "<html>", "is not an object of JSON"),
  ])
  func configurations(old: String, new: String, expected: String) throws {
    let gpt2 = try TinyGPT2("new")
    gpt2.replace(old, with: new)
    try gpt2.write()
    let message = try message(gpt2)
    #expect(message.hasPrefix("config.json:") && message.contains(expected), "\(message)")
  }

  @Test func tensors() throws {
    let gpt2 = try TinyGPT2("new")
    let name = "transformer.h.1.attn.c_attn.weight"
    let tensor = try #require(gpt2.tensors[name])
    gpt2.tensors[name] = nil
    try gpt2.write()
    #expect(try message(gpt2) == "model.safetensors: has no tensor \"h.1.attn.c_attn.weight\"")
    // As torch's linear layers keep it.
    gpt2.tensors[name] = ([96, 32], tensor.elements)
    try gpt2.write()
    #expect(
      try message(gpt2) == "model.safetensors: tensor \"\(name)\" has the shape [96, 32], but the "
        + "configuration's is [32, 96]")
    gpt2.tensors[name] = tensor
    gpt2.tensors["score.weight"] = ([1], [0])
    try gpt2.write()
    #expect(
      try message(gpt2) == "model.safetensors: has a tensor \"score.weight\", which the "
        + "configuration's model has not")
    gpt2.tensors["score.weight"] = nil
    gpt2.tensors["wte.weight"] = gpt2.tensors["transformer.wte.weight"]
    try gpt2.write()
    #expect(try message(gpt2) == "model.safetensors: has a second tensor \"wte.weight\"")
    gpt2.tensors["wte.weight"] = nil
    gpt2.tensors["lm_head.weight"] = ([24, 32], [Float](repeating: 1, count: 24 * 32))
    try gpt2.write()
    #expect(try message(gpt2).contains("lm_head.weight is another matrix than wte.weight"))
    gpt2.tensors["lm_head.weight"] = nil
    // Some biases, but not all.
    gpt2.tensors["transformer.ln_f.bias"] = nil
    try gpt2.write()
    #expect(try message(gpt2) == "model.safetensors: has no tensor \"ln_f.bias\"")

    let untied = try TinyGPT2("erf")
    untied.tensors["lm_head.weight"] = nil
    try untied.write()
    #expect(try message(untied) == "model.safetensors: has no tensor \"lm_head.weight\"")
  }

  @Test func files() throws {
    let gpt2 = try TinyGPT2("new")
    try gpt2.write()
    let weights = gpt2.folder("model.safetensors")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: weights))
    for count in [0, 5, 100, bytes.count - 1] {
      try bytes.prefix(count).write(to: URL(fileURLWithPath: weights))
      #expect(try message(gpt2).hasPrefix("model.safetensors: "))
    }
    try FileManager.default.removeItem(atPath: weights)
    #expect(try message(gpt2) == ".: has no model.safetensors")
    try SystemFiles().atomicWrite(gpt2.folder("pytorch_model.bin"), "PK")
    #expect(try message(gpt2).hasPrefix("pytorch_model.bin: is a pickle"))

    gpt2.texts["tokenizer.json"] = nil
    try gpt2.write()
    #expect(
      try message(gpt2) == ".: has no tokenizer: put tokenizer.json there, or vocab.json and "
        + "merges.txt")
    gpt2.texts["config.json"] = nil
    try gpt2.write()
    #expect(try message(gpt2).hasPrefix("config.json: "))
    #expect(throws: FileError.self) { try ForeignModel(folder: gpt2.path) }
    #expect(throws: FileError.self) { try ForeignModel(folder: "/nowhere") }
    gpt2.texts["config.json"] = "{}"
    #expect(try ForeignModel(folder: gpt2.write()) == .gpt2)
  }
}
