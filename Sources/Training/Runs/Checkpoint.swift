/// A training state as it stood after some step: a folder of files with a manifest, `state.json`.
public struct Checkpoint: Sendable {
  /// Its folder.
  public let path: String
  /// How many steps had been done.
  public let step: Int
  /// The measurement that was given to it.
  public let metric: Metric?
  private let files: [String: FileDigest]

  static let manifestName = "state.json"

  /// Opens the checkpoint in that folder; its files are not read yet.
  /// - Throws: `FileError` when the manifest is missing or damaged.
  public init(path: String) throws(FileError) {
    let manifest = try CheckpointManifest<AnyState>(path: "\(path)/\(Self.manifestName)")
    // Files beside the manifest, and none that it leads out to.
    if let name = manifest.files.keys.first(where: { $0.contains("/") || $0.hasPrefix(".") }) {
      throw FileError(
        .badData, "\(path)/\(Self.manifestName)",
        "names the file \(cited(name)), which is not in the checkpoint's folder")
    }
    self.path = path
    step = manifest.step
    metric = manifest.metric
    files = manifest.files
  }

  /// The names of its files, without the manifest.
  public var fileNames: [String] { files.keys.sorted() }

  /// Where its file of that name is.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Reads all files and compares their lengths and checksums with the manifest's.
  /// - Throws: `FileError` that names the file that is missing or damaged.
  public func verify() throws(FileError) {
    for (name, expected) in files.sorted(by: { $0.key < $1.key }) {
      let digest = try InputFile(file(name)).digest()
      guard digest.size == expected.size else {
        throw FileError(
          .badData, file(name), "has \(digest.size) bytes, but was written with \(expected.size)")
      }
      guard digest == expected else {
        throw FileError(
          .badData, file(name),
          "is damaged: its checksum is \(digest.crc32c), but it was written with \(expected.crc32c)"
        )
      }
    }
  }

  /// The part of the training state that is not in arrays.
  /// - Throws: `FileError` when the manifest is damaged or holds a state of another type.
  public func state<State: Decodable>(as type: State.Type = State.self) throws(FileError) -> State {
    try CheckpointManifest<State>(path: file(Self.manifestName)).state
  }
}
