import Files
import Foundation

extension HostileFile {
  /// Recipes, tokenizers and training states: YAML and JSON.
  static let settings = [
    HostileFile(
      "laughs.yaml", .recipe, imitates: "billion laughs: CVE-2019-11253 (Kubernetes)",
      says: "anchors or aliases",
      text: {
        var text = "kind: gan\na: &a [lol]\n"
        for (name, last) in zip("bcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxy") {
          let copies = Array(repeating: "*\(last)", count: 9)
          text += "\(name): &\(name) [\(copies.joined(separator: ","))]\n"
        }
        return text
      }),
    HostileFile(
      "anchor.yaml", .recipe, imitates: "a value with two names: CVE-2019-11253 (Kubernetes)",
      says: "an anchor", text: { "kind: gan\nloss: &x hinge\n" }),
    HostileFile(
      "flow.yaml", .recipe, imitates: "nesting that exhausts the stack: CVE-2022-38750 (SnakeYAML)",
      says: "more than 10000", text: { "kind: gan\nx: " + String(repeating: "[", count: 500_000) }),
    HostileFile(
      "block.yaml", .recipe,
      imitates: "nesting that exhausts the stack: CVE-2022-38751 (SnakeYAML)",
      says: "nesting", text: { "kind: gan\nx:\n  " + String(repeating: "- ", count: 9000) + "a" }),
    HostileFile(
      "levels.yaml", .recipe,
      imitates: "nesting, less than a parser minds: CVE-2022-38749 (SnakeYAML)",
      says: "deeper than 32 levels",
      text: {
        "kind: gan\nx: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
      }),
    HostileFile(
      "keys.yaml", .recipe, imitates: "keys that make a parser quadratic: CVE-2022-3064 (go-yaml)",
      says: "more than 10000",
      text: {
        "kind: gan\n" + (0..<90_000).map { "k\($0): 1\n" }.joined()
      }),
    HostileFile(
      "tag.yaml", .recipe, imitates: "a tag that makes an object: CVE-2017-18342 (PyYAML)",
      says: "hinge", text: { "kind: gan\nloss: !!python/object/apply:os.system [\"true\"]\n" }),
    HostileFile(
      "twice.yaml", .recipe, imitates: "the same key twice: CVE-2017-12635 (CouchDB)",
      says: "comes twice", text: { "kind: gan\nbatch: 8\nbatch: 9\n" }),
    HostileFile(
      "large.yaml", .recipe, imitates: "a file without end: CWE-400", says: "at most 1048576"
    ) { try sparse($0, 1 << 40, Array("kind: gan\n".utf8)) },
    HostileFile(
      "uri.yaml", .recipe, imitates: "percent signs in a tag: CVE-2014-2525 (libyaml)",
      says: "is not YAML",
      text: { "kind: gan\nx: !<%" + String(repeating: "%", count: 3000) + "> a\n" }),
    HostileFile(
      "directive.yaml", .recipe, imitates: "directives of any length: CVE-2013-6393 (libyaml)",
      says: "is not YAML",
      text: {
        "%TAG ! tag:" + String(repeating: "a", count: 100_000) + "\n%TAG ! b\n---\n!x\n"
      }),

    HostileFile(
      "tokenizer.json", .model,
      imitates: "nesting that exhausts the stack: CVE-2020-36518 (Jackson)",
      says: "nests deeper than 127",
      text: { #"{"model":"# + String(repeating: "[", count: 1 << 20) }),
    HostileFile(
      "tokenizer.json", .model, imitates: "values that take many times their bytes: CWE-770",
      says: "more than 524288 values",
      text: {
        #"{"model":["# + String(repeating: "0,", count: 1_500_000) + "0]}"
      }),
    HostileFile(
      "tokenizer.json", .model, imitates: "a number that sizes an array: CWE-789",
      says: "must be below 1048576",
      text: {
        #"{"pre_tokenizer":{"type":"ByteLevel"},"model":{"vocab":{"a":2147483647}}}"#
      }),
    HostileFile(
      "tokenizer.json", .model, imitates: "a file without end: CWE-400", says: "at most 16777216"
    ) { try sparse($0, 1 << 40, Array("{".utf8)) },
    HostileFile(
      "tokenizer.json", .model, imitates: "half a surrogate pair: CWE-176",
      says: "surrogate", text: { #"{"model":{"vocab":{"\ud800":0}}}"# }),
    HostileFile(
      "config.json", .model, imitates: "a line that asks for terabytes: CWE-789", says: "n_embd"
    ) { path in
      let folder = path.replacing("/config.json", with: "")
      try #"{"model":{"vocab":{"a":0,"b":1}}}"#.write(
        toFile: "\(folder)/tokenizer.json", atomically: false, encoding: .utf8)
      try Data([2, 0, 0, 0, 0, 0, 0, 0, 123, 125]).write(
        to: URL(fileURLWithPath: "\(folder)/model.safetensors"))
      try #"{"model_type": "gpt2", "n_embd": 16384, "n_layer": 256, "n_positions": 65536}"#.write(
        toFile: path, atomically: false, encoding: .utf8)
    },
    HostileFile(
      "pytorch_model.bin", .model,
      imitates: "a pickle that runs a program: CVE-2025-32434 (PyTorch)",
      says: "is a pickle"
    ) { path in
      try #"{"model":{"vocab":{"a":0,"b":1}}}"#.write(
        toFile: path.replacing("pytorch_model.bin", with: "tokenizer.json"), atomically: false,
        encoding: .utf8)
      try Data("cos\nsystem\n(S'true'\ntR.".utf8).write(to: URL(fileURLWithPath: path))
    },

    HostileFile(
      "state.json", .checkpoint,
      imitates: "a path out of the folder: CVE-2007-4559 (Python's tarfile)",
      says: "which is not in the checkpoint's folder",
      text: {
        signed(#""files":{"../../secret":{"size":1,"crc32c":"00000000"}},"state":{},"step":1}"#)
      }),
    HostileFile(
      "state.json", .checkpoint,
      imitates: "nesting that exhausts the stack: CVE-2020-36518 (Jackson)",
      says: "nests deeper than 127",
      text: { signed(#""step":"# + String(repeating: "[", count: 500_000)) }
    ),
    HostileFile(
      "state.json", .checkpoint, imitates: "a file without end: CWE-400", says: "at most 1048576"
    ) { try sparse($0, 1 << 40, Array("{".utf8)) },
    HostileFile(
      "state.json", .checkpoint, imitates: "a file that was changed: CWE-354", says: "is damaged",
      text: { #"{"crc32c" : "00000000","step":1}"# }),
  ]

  /// A manifest with the checksum that it should have.
  private static func signed(_ members: String) -> String {
    "{\n  \"crc32c\" : \"\(CRC32C(of: members.utf8).hexadecimal)\",\n" + members
  }
}
