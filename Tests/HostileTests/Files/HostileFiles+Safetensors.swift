import Foundation

extension HostileFile {
  /// Checkpoints, by what their header does.
  static let safetensors = [
    tensors(
      "length.safetensors", imitates: "a length that overflows: CVE-2024-25665 (GGUF)",
      says: "header of 18446744073709551615 bytes; at most 16777216", length: .max),
    tensors(
      "long.safetensors", imitates: "memory by a length that is not checked: CWE-789",
      says: "header of 16777217 bytes; at most 16777216", length: 16 << 20 + 1),
    tensors(
      "cut.safetensors", imitates: "read past the end of the file: CWE-125",
      says: "is cut short", length: 1 << 20),
    tensors(
      "space.safetensors", imitates: "a polyglot that begins as something else: CWE-436",
      says: #"must begin with "{""#, " {}"),
    tensors(
      "tail.safetensors", imitates: "text hidden behind the header: CWE-436",
      says: "something after the end", "{}\n#!"),
    tensors(
      "twice.safetensors", imitates: "the same key twice: CVE-2017-12635 (CouchDB)",
      says: #"the key "a" comes twice"#,
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
        + #""a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, data: 1),
    tensors(
      "unicode.safetensors",
      imitates: "keys that Unicode takes for the same: CVE-2019-9636 (Python)",
      says: "differ only in how Unicode spells them",
      #"{"\u00e9":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
        + #""e\u0301":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, data: 2),
    tensors(
      "overlap.safetensors", imitates: "tensors that share bytes: CWE-1284",
      says: "the one before it ends at 4",
      #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"#
        + #""b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#, data: 6),
    tensors(
      "hole.safetensors",
      imitates: "a polyglot, its other half in a hole: Trail of Bits' audit, 2023",
      says: "the one before it ends at 0",
      #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#, data: 6),
    tensors(
      "behind.safetensors",
      imitates: "a polyglot, its other half at the end: Trail of Bits' audit, 2023",
      says: "the tensors take 1 bytes, the file has 9",
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, data: 9),
    tensors(
      "shape.safetensors",
      imitates: "a product of dimensions that overflows: CVE-2021-41197 (TensorFlow)",
      says: "has no size in whole bytes",
      #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#),
    tensors(
      "empty.safetensors",
      imitates: "an overflow behind a dimension of zero: CVE-2021-41197 (TensorFlow)",
      says: "has no size in whole bytes",
      #"{"a":{"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}"#),
    tensors(
      "backwards.safetensors", imitates: "a size below zero: CWE-191",
      says: "its data ends before it starts",
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[9,8]}}"#),
    tensors(
      "negative.safetensors", imitates: "a dimension below zero: CVE-2021-41203 (TensorFlow)",
      says: "a whole number, not negative",
      #"{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}"#, data: 1),
    tensors(
      "rank.safetensors",
      imitates: "more dimensions than any array has: CVE-2021-41197 (TensorFlow)",
      says: "more than 8 dimensions",
      #"{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}"#, data: 1),
    HostileFile(
      "many.safetensors", .inspect, imitates: "tensors without end: CVE-2024-25666 (GGUF)",
      says: "more than 65536 tensors"
    ) {
      let entries = (0...65_536).map {
        #""\#($0)":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"#
      }
      return file("{\(entries.joined(separator: ","))}")
    },
    HostileFile(
      "metadata.safetensors", .inspect, imitates: "a dictionary that takes all memory: CWE-770",
      says: "__metadata__ has more than 65536 keys"
    ) {
      file(
        #"{"__metadata__":{"# + (0..<400_000).map { #""\#($0)":"""# }.joined(separator: ",") + "}}")
    },
    tensors(
      "deep.safetensors", imitates: "nesting that exhausts the stack: CVE-2020-36518 (Jackson)",
      says: "nests deeper than 127",
      #"{"a":{"x":"# + String(repeating: "[", count: 1 << 20) + "}"),
    tensors(
      "name.safetensors", imitates: "a name of megabytes, quoted in every message: CWE-400",
      says: "at most 1024 are read",
      #"{""# + String(repeating: "a", count: 4 << 20) + #"":{}}"#),
    HostileFile(
      "utf8.safetensors", .inspect, imitates: "text that is not UTF-8: CVE-2008-2938 (Tomcat)",
      says: "is not UTF-8"
    ) { file(Array("{\"".utf8) + [0xC0, 0xAF] + Array("\":{}}".utf8)) },
  ]

  private static func tensors(
    _ name: String, imitates: String, says: String, _ header: String = "{}", length: UInt64? = nil,
    data: Int = 0
  ) -> HostileFile {
    HostileFile(name, .inspect, imitates: imitates, says: says) {
      file(Array(header.utf8), length: length, data: data)
    }
  }

  private static func file(_ header: String) -> [UInt8] { file(Array(header.utf8)) }

  private static func file(_ header: [UInt8], length: UInt64? = nil, data: Int = 0) -> [UInt8] {
    withUnsafeBytes(of: (length ?? UInt64(header.count)).littleEndian, Array.init) + header
      + [UInt8](repeating: 0, count: data)
  }
}
