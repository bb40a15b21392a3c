import Files

/// A tensor in a safetensors file: its name, and how and where its elements are stored.
public struct SafetensorsEntry: Equatable, Sendable {
  /// The tensor's name.
  public let name: String
  /// The type of its elements.
  public let type: SafetensorsType
  /// The length of each dimension; empty for a scalar.
  public let shape: [Int]
  /// Where its bytes are, counted from the end of the header.
  public let bytes: Range<Int>

  /// How many elements it has.
  public var count: Int { bytes.count * 8 / type.bits }
}

/// What a safetensors file says about its tensors: `u64 N | N bytes of JSON | data`.
///
/// The format is that of github.com/huggingface/safetensors 0.8, read more strictly: no key may come
/// twice, and a file from a stranger may not make the reader work without end.
struct SafetensorsHeader: Equatable {
  /// The tensors in the order of their bytes.
  var entries: [SafetensorsEntry]
  /// Free text by key.
  var metadata: [String: String]

  static let maximumSize = 16 << 20
  static let maximumEntries = 65_536
  static let maximumRank = 8
  static let maximumNameSize = 1024

  init(entries: [SafetensorsEntry], metadata: [String: String]) {
    self.entries = entries
    self.metadata = metadata
  }

  /// Decodes the JSON of a file with `dataSize` bytes of data, and checks that the tensors cover the
  /// data without a gap or an overlap.
  init(json: [UInt8], dataSize: Int) throws(JSONError) {
    self.init(entries: [], metadata: [:])
    guard json.first == UInt8(ascii: "{") else {
      throw JSONError("it must begin with \"{\", without white space before that")
    }
    var scanner = try JSONScanner(json)
    // An entry has fifty bytes at least.
    entries.reserveCapacity(min(json.count / 50, Self.maximumEntries))
    try scanner.object { (key, scanner) throws(JSONError) in
      if key == "__metadata__" {
        metadata = try Self.metadata(&scanner)
      } else {
        entries.append(try Self.entry(key, &scanner))
        guard entries.count <= Self.maximumEntries else {
          throw JSONError("has more than \(Self.maximumEntries) tensors")
        }
      }
    }
    try scanner.end()
    // The scanner tells keys apart by their bytes, whoever looks a tensor up does not.
    guard Set(entries.map(\.name)).count == entries.count else {
      throw JSONError("two tensors' names differ only in how Unicode spells them")
    }
    entries.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }
    try checkOffsets(dataSize)
  }

  private static func metadata(_ scanner: inout JSONScanner) throws(JSONError) -> [String: String] {
    guard !scanner.null() else { return [:] }
    var members: [(String, String)] = []
    try scanner.object { (key, scanner) throws(JSONError) in
      members.append((key, try scanner.string()))
      guard members.count <= maximumEntries else {
        throw JSONError("__metadata__ has more than \(maximumEntries) keys")
      }
    }
    return Dictionary(members) { $1 }
  }

  private static func entry(
    _ name: String, _ scanner: inout JSONScanner
  ) throws(JSONError) -> SafetensorsEntry {
    var type: SafetensorsType?
    var shape: [Int]?
    var offsets: [Int]?
    guard name.utf8.count <= maximumNameSize else {
      throw JSONError(
        "the name \(cited(name)) has \(name.utf8.count) bytes; at most \(maximumNameSize) are read")
    }
    do throws(JSONError) {
      try scanner.object { (key, scanner) throws(JSONError) in
        switch key {
        case "dtype":
          let name = try scanner.string()
          type = SafetensorsType(rawValue: name)
          guard type != nil else { throw JSONError("there is no dtype \(cited(name))") }
        case "shape":
          shape = try naturals(&scanner, most: maximumRank, "dimensions")
        case "data_offsets":
          offsets = try naturals(&scanner, most: 2, "offsets")
        default: try scanner.skip()
        }
      }
      guard let type, let shape, let offsets, offsets.count == 2 else {
        throw JSONError("dtype, shape or data_offsets is missing")
      }
      guard offsets[0] <= offsets[1] else { throw JSONError("its data ends before it starts") }
      guard let size = type.byteCount(of: shape) else {
        throw JSONError("the shape \(shape) of \(type.rawValue) has no size in whole bytes")
      }
      guard size == offsets[1] - offsets[0] else {
        throw JSONError(
          "the shape \(shape) of \(type.rawValue) needs \(size) bytes, "
            + "data_offsets give it \(offsets[1] - offsets[0])")
      }
      return SafetensorsEntry(
        name: name, type: type, shape: shape, bytes: offsets[0]..<offsets[1])
    } catch { throw JSONError("tensor \(quoted(name)): \(error.message)") }
  }

  private static func naturals(
    _ scanner: inout JSONScanner, most: Int, _ what: String
  ) throws(JSONError) -> [Int] {
    var numbers: [Int] = []
    numbers.reserveCapacity(2)
    try scanner.array { scanner throws(JSONError) in
      guard numbers.count < most else { throw JSONError("has more than \(most) \(what)") }
      numbers.append(try scanner.natural())
    }
    return numbers
  }

  private func checkOffsets(_ dataSize: Int) throws(JSONError) {
    var end = 0
    for entry in entries {
      guard entry.bytes.lowerBound == end else {
        throw JSONError(
          "tensor \(quoted(entry.name)) starts at byte \(entry.bytes.lowerBound) of the data, "
            + "but the one before it ends at \(end)")
      }
      end = entry.bytes.upperBound
    }
    guard end == dataSize else {
      throw JSONError("the tensors take \(end) bytes, the file has \(dataSize) for them")
    }
  }

  /// The header as the file has it: the length, then the JSON, padded with spaces so that the data
  /// starts at a multiple of 8.
  func encoded() -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0)):\(quoted($1))" }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    for entry in entries {
      let shape = entry.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(quoted(entry.name)):{\"dtype\":\"\(entry.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(entry.bytes.lowerBound),\(entry.bytes.upperBound)]}")
    }
    var json = Array("{\(members.joined(separator: ","))}".utf8)
    while json.count % 8 != 0 { json.append(32) }
    return withUnsafeBytes(of: UInt64(json.count).littleEndian, Array.init) + json
  }
}
