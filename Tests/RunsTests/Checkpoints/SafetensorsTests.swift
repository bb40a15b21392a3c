import Compute
import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Runs

/// Round trips, and the reference's own files (Tests/Parity/safetensors/make.py).
struct SafetensorsTests {
  let folder: TemporaryFolder

  init() throws { folder = TemporaryFolder(inMemory: true) }

  private static func fixture(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Parity/safetensors/\(name).safetensors").standardized.path
  }

  /// The fourth is the denormal number next to 1e-40.
  private static let weights: [Float] = [
    0, -1.5, 2.25, Float(bitPattern: 71362), .infinity, 3.1415927,
  ]

  @Test func writesWhatTheReferenceWrites() throws {
    let arrays = [
      NamedArray("é \"quoted\"", [1], [-0.0]),
      NamedArray("b.weight", Values([2, 3], Self.weights)),
      NamedArray("empty", [0, 4], []),
      NamedArray("a", [], [42]),
    ]
    let path = folder("plain.safetensors")
    let digest = try SystemFiles().atomicWrite(path) {
      try $0.writeSafetensors(arrays, metadata: ["format": "gen \"1\""])
    }
    #expect(try bytes(of: path) == bytes(of: Self.fixture("plain")))
    #expect(try InputFile(path).digest() == digest)
  }

  /// Also on a thread that flushes denormals, as the pool's and its callers do.
  @Test func widensAllHalvesExactly() {
    ThreadPool.shared.run(1) { _, _ in
      for bits in UInt16.min...UInt16.max {
        let (exponent, fraction) = (Int(bits >> 10 & 0x1f), Double(bits & 0x3ff) / 1024)
        let value = widenedHalf(bits)
        if exponent == 31 {
          #expect(fraction == 0 ? value.isInfinite : value.isNaN)
        } else {
          let magnitude =
            exponent == 0
            ? Double(sign: .plus, exponent: -14, significand: fraction)
            : Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
          #expect(Double(value.magnitude) == magnitude)
        }
        #expect(value.sign == (bits < 0x8000 ? .plus : .minus))
      }
    }
  }

  @Test func readsWhatTheReferenceWrites() throws {
    let plain = try SafetensorsFile(Self.fixture("plain"))
    #expect(plain.metadata == ["format": "gen \"1\""])
    #expect(try plain.values("a").shape == [])
    #expect(try plain.values("a").elements == [42])
    // By their bits, because a thread that flushes denormals takes 1e-40 for 0.
    let bits = try plain.values("b.weight").elements.map(\.bitPattern)
    #expect(bits == Self.weights.map(\.bitPattern))
    #expect(try plain.values("empty").shape == [0, 4])
    #expect(try plain.values("é \"quoted\"").elements[0].sign == .minus)

    let mixed = try SafetensorsFile(Self.fixture("mixed"))
    #expect(mixed.entries.map(\.name) == ["count", "full", "brain", "half", "bytes"])
    #expect(try mixed.values("half").elements == [1, -2.5, 65504, 0x1p-24])
    #expect(try mixed.values("brain").elements == [1, -5, .infinity])
    #expect(mixed["count"]?.type == .i64)
    for name in ["count", "bytes"] {
      let error = #expect(throws: FileError.self) { try mixed.values(name) }
      #expect(error?.description.contains("tensor \"\(name)\" is of type") == true)
    }
    #expect(throws: FileError.self) { try mixed.values("none") }
  }

  @Test func bfloat16IsRoundedToEven() throws {
    #expect(brainFloat(1) == 0x3f80)
    #expect(brainFloat(Float(bitPattern: 0x3f80_8000)) == 0x3f80)
    #expect(brainFloat(Float(bitPattern: 0x3f81_8000)) == 0x3f82)
    #expect(brainFloat(Float(bitPattern: 0x3f80_8001)) == 0x3f81)
    #expect(brainFloat(.greatestFiniteMagnitude) == 0x7f80)
    #expect(brainFloat(-.infinity) == 0xff80)
    #expect(Float(bitPattern: UInt32(brainFloat(Float(bitPattern: 0x7f80_0001))) << 16).isNaN)

    // More than one piece, in either direction.
    let count = 70_000
    let elements = (0..<count).map { Float($0 % 251) - 125 }
    try SystemFiles().atomicWrite(folder("bf16")) {
      try $0.writeSafetensors([NamedArray("x", [count], elements)], as: .bf16)
    }
    let file = try SafetensorsFile(folder("bf16"))
    #expect(file["x"]?.type == .bf16)
    #expect(try file.values("x").elements == elements)
  }

  /// A file with that header, its length in front, and `size` bytes of data.
  private func file(_ json: [UInt8], _ size: Int, length: UInt64? = nil) throws -> String {
    let path = folder(UUID().uuidString)
    let prefix = withUnsafeBytes(of: length ?? UInt64(json.count), Array.init)
    try put(prefix + json + [UInt8](repeating: 0, count: size), at: path)
    return path
  }

  private static func entry(_ shape: String = "[2]", _ type: String = "\"F32\"", _ end: Int = 8)
    -> String
  {
    "{\"dtype\":\(type),\"shape\":\(shape),\"data_offsets\":[0,\(end)]}"
  }

  @Test(arguments: [
    "{\"a\":\(entry())}",
    "{ \"a\" : \(entry()) }\n ",
    "{\"__metadata__\":null,\"a\":\(entry())}",
    "{\"__metadata__\":{},\"a\":\(entry())}",
    "{\"a\":{\"more\":[1,{\"x\":-1.5e3}],\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
    "{\"\\u0061\\ud83d\\ude00\\n\":\(entry())}",
    "{\"a\":\(entry("[1,2,1,1,1,1,1,1]"))}",
    "{\"a\":\(entry("[4]", "\"F6_E2M3\"", 3)),"
      + "\"b\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[3,8]}}",
  ])
  func accepts(_ json: String) throws {
    let tensors = try SafetensorsFile(file(Array(json.utf8), 8)).entries
    #expect(tensors.last?.bytes.upperBound == 8)
  }

  @Test(arguments: [
    ("{\"a\":\(entry()),\"a\":\(entry("[1]", "\"F32\"", 4))}", "comes twice"),
    ("{\"a\":\(entry()),\"a\":\(entry())}", "the key \"a\" comes twice"),
    ("{\"__metadata__\":{},\"__metadata__\":{},\"a\":\(entry())}", "comes twice"),
    ("{\"__metadata__\":{\"a\":1},\"a\":\(entry())}", "should be"),
    ("{\"a\":\(entry("[2.0]"))}", "whole number"),
    ("{\"a\":\(entry("[2e0]"))}", "whole number"),
    ("{\"a\":\(entry("[02]"))}", "whole number"),
    ("{\"a\":\(entry("[-2]"))}", "whole number"),
    ("{\"a\":\(entry("null"))}", "should be"),
    ("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", "is missing"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", "is missing"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}", "more than 2 offsets"),
    ("{\"a\":\(entry("[2]", "\"f32\""))}", "no dtype \"f32\""),
    ("{\"a\":\(entry("[2]", "\"F33\""))}", "no dtype"),
    ("\u{feff}{\"a\":\(entry())}", "must begin with"),
    (" {\"a\":\(entry())}", "must begin with"),
    ("{\"a\":\(entry())}\0\0", "after the end"),
    ("{\"a\":\(entry())} {}", "after the end"),
    ("{\"a\":\(entry())", "should be"),
    ("[]", "must begin with"),
    ("", "must begin with"),
    ("{\"a\":{\"x\":\(String(repeating: "[", count: 5000)),", "nests deeper than 127 levels"),
    ("{\"a\":\(entry("[1,1,1,1,1,1,1,1,2]"))}", "more than 8 dimensions"),
    ("{\"a\":\(entry("[4611686018427387904]"))}", "no size"),
    ("{\"a\":\(entry("[0,4294967296,4294967296]", "\"F32\"", 0))}", "no size"),
    ("{\"\u{e9}\":\(entry()),\"e\u{301}\":\(entry())}", "how Unicode spells them"),
    ("{\"a\":\(entry("[99999999999999999999]"))}", "does not fit"),
    ("{\"a\":\(entry("[1]", "\"F4\"", 8))}", "no size in whole bytes"),
    ("{\"a\":\(entry("[3]"))}", "needs 12 bytes"),
    ("{\"a\":\(entry("[1]", "\"F32\"", 4))}", "the tensors take 4 bytes"),
    ("{}", "the tensors take 0 bytes"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "starts at byte 4"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,4]}}", "ends before it starts"),
    (
      "{\"a\":\(entry()),\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
      "starts at byte 4"
    ),
    ("{\"\\ud800\":\(entry())}", "surrogate"),
    ("{\"\\x\":\(entry())}", "escape"),
    ("{\"a\nb\":\(entry())}", "control character"),
  ])
  func rejects(_ json: String, _ reason: String) throws {
    let path = try file(Array(json.utf8), 8)
    let error = try #require(throws: FileError.self) { try SafetensorsFile(path) }
    #expect(error.kind == .badData)
    #expect(error.message.contains(reason))
  }

  @Test func rejectsBrokenFrames() throws {
    let json = Array("{\"a\":\(Self.entry())}".utf8)
    let short = folder("short")
    try put([1, 0, 0, 0, 0, 0, 0], at: short)
    let paths = [
      short, try file([], 0, length: .max), try file(json, 8, length: (16 << 20) + 1),
      try file(json, 8, length: 4000), try file(Array("{\"".utf8) + [0xff, 0x22], 8),
    ]
    for path in paths {
      let error = #expect(throws: FileError.self) { try SafetensorsFile(path) }
      #expect(error?.kind == .badData)
    }
    // A good file, cut anywhere, or with a byte more.
    let good = try bytes(of: Self.fixture("mixed"))
    for length in 0..<good.count {
      try put(good[..<length], at: short)
      #expect(throws: FileError.self) { try SafetensorsFile(short) }
    }
    try put(good + [0], at: short)
    #expect(throws: FileError.self) { try SafetensorsFile(short) }
  }

  @Test func flippedBitsNeverTrap() throws {
    let good = try bytes(of: Self.fixture("mixed"))
    let path = folder("flipped")
    for index in good.indices.dropLast(33) {
      for bit in [0, 4, 5, 7] {
        var bytes = good
        bytes[index] ^= 1 << bit
        try put(bytes, at: path)
        let file = try? SafetensorsFile(path)
        for entry in file?.entries ?? [] { _ = try? file?.values(entry.name) }
      }
    }
  }

  @Test func rejectsTooManyTensors() throws {
    let entry = "{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}"
    let json = "{" + (0...65_536).map { "\"\($0)\":\(entry)" }.joined(separator: ",") + "}"
    let path = try file(Array(json.utf8), 0)
    let error = #expect(throws: FileError.self) { try SafetensorsFile(path) }
    #expect(error?.message.contains("more than 65536 tensors") == true)
  }
}
