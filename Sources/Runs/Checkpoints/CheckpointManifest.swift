import Files

/// A measurement by which runs and checkpoints are compared, such as a validation loss.
public struct Metric: Codable, Equatable, Sendable {
  /// Its name.
  public let name: String
  /// Its value.
  public let value: Double
  /// Its standard error, of a measurement that says which checkpoint is to be used; nil of any other.
  public let noise: Double?

  /// A measurement of that name.
  public init(_ name: String, _ value: Double, noise: Double? = nil) {
    (self.name, self.value, self.noise) = (name, value, noise)
  }

  /// Decodes a measurement, by the name that it has now.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = Measurement.currentName(of: try container.decode(String.self, forKey: .name))
    value = try container.decode(Double.self, forKey: .value)
    noise = try container.decodeIfPresent(Double.self, forKey: .noise)
  }
}

/// What `state.json` says: the files of a checkpoint, and the state that is not in arrays.
///
/// The first member is the CRC-32C of all that follows its line, so that a flipped bit in this file is
/// found as well as one in the files that it vouches for.
struct CheckpointManifest<State> {
  var step: Int
  var metric: Metric?
  var files: [String: FileDigest]
  var state: State
}

extension CheckpointManifest: Decodable where State: Decodable {}

extension CheckpointManifest: Encodable where State: Encodable {
  /// The content of the file.
  func encoded() throws -> [UInt8] {
    // The opening brace stays in front of the checksum.
    let members = try JSONText.indented(self).drop { $0 != 10 }.dropFirst()
    return Array(checksumLine(CRC32C(of: members).hexadecimal).utf8) + members
  }
}

/// The start of the file up to what the checksum is of.
private func checksumLine(_ checksum: String) -> String { "{\n  \"crc32c\" : \"\(checksum)\",\n" }

/// The state of a manifest that only its files are wanted of.
struct AnyState: Decodable {}

/// The bytes of a manifest, whose checksum is right.
struct ManifestFile {
  let path: String
  private let bytes: [UInt8]

  static let maximumSize = 1 << 20

  /// Reads and verifies the file.
  /// - Throws: `FileError`, bad data where the checksum is wrong.
  init(_ file: InputFile) throws(FileError) {
    path = file.path
    bytes = try file.readAll(limit: Self.maximumSize)
    let start = checksumLine("00000000").utf8.count
    let line = checksumLine(CRC32C(of: bytes.dropFirst(start)).hexadecimal)
    guard bytes.prefix(start).elementsEqual(line.utf8) else {
      throw FileError(.badData, path, "is damaged: it does not have the checksum that it names")
    }
  }

  /// What it says.
  /// - Throws: `FileError`, bad data where a member is missing or of another type.
  func content<State: Decodable>(
    as type: State.Type
  ) throws(FileError) -> CheckpointManifest<State> {
    try JSONNode(bytes, path: path).decoded()
  }
}
