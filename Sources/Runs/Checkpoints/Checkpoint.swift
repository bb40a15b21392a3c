import Files

/// A training state as it stood after some step: a folder of files with a manifest, `state.json`.
///
/// Its files are open as long as it is known, so that it can be read to the end though the run that it
/// belongs to goes on meanwhile and removes it.
public struct Checkpoint: Sendable {
  /// Where its folder was when it was opened.
  public let path: String
  /// How many steps had been done.
  public let step: Int
  /// The measurement that was given to it.
  public let metric: Metric?
  private let manifest: ManifestFile
  private let files: [String: File]

  private struct File {
    let digest: FileDigest
    /// The file, or why it cannot be opened.
    let input: Result<InputFile, FileError>
  }

  static let manifestName = "state.json"

  /// Opens the checkpoint in that folder; its files are not read yet.
  /// - Throws: `FileError` when the manifest is missing or damaged.
  public init(path: String) throws(FileError) { try self.init(Place(path)) }

  /// Opens the checkpoint in the folder at a place.
  /// - Throws: `FileError` when the manifest is missing or damaged.
  init(_ place: Place) throws(FileError) {
    let folder = try HeldFolder(place)
    manifest = try ManifestFile(InputFile(folder.place / Self.manifestName))
    let content = try manifest.content(as: AnyState.self)
    // Files beside the manifest, and none that it leads out to.
    if let name = content.files.keys.first(where: { $0.contains("/") || $0.hasPrefix(".") }) {
      throw FileError(
        .badData, manifest.path,
        "names the file \(cited(name)), which is not in the checkpoint's folder")
    }
    path = folder.path
    (step, metric) = (content.step, content.metric)
    var files: [String: File] = [:]
    for (name, digest) in content.files {
      let input = Result { () throws(FileError) in try InputFile(folder.place / name) }
      files[name] = File(digest: digest, input: input)
    }
    self.files = files
  }

  /// The names of its files, without the manifest.
  public var fileNames: [String] { files.keys.sorted() }

  /// The path of its file of that name, for messages; what is in it is read by `open`.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Its file of that name.
  /// - Throws: `FileError` when there is none, or it could not be opened.
  public func open(_ name: String) throws(FileError) -> InputFile {
    guard let file = files[name] else {
      throw FileError(.missing, self.file(name), "the checkpoint has no such file")
    }
    return try file.input.get()
  }

  /// Its safetensors file of that name.
  /// - Throws: `FileError` when there is none, or it is damaged.
  public func tensors(_ name: String) throws(FileError) -> SafetensorsFile {
    try SafetensorsFile(open(name))
  }

  /// Reads all files and compares their lengths and checksums with the manifest's.
  /// - Throws: `FileError` that names the file that is missing or damaged.
  public func verify() throws(FileError) {
    for (name, file) in files.sorted(by: { $0.key < $1.key }) {
      let (digest, expected) = (try file.input.get().digest(), file.digest)
      guard digest.size == expected.size else {
        throw FileError(
          .badData, self.file(name),
          "has \(digest.size) bytes, but was written with \(expected.size)")
      }
      guard digest == expected else {
        throw FileError(
          .badData, self.file(name),
          "is damaged: its checksum is \(digest.crc32c), but it was written with \(expected.crc32c)"
        )
      }
    }
  }

  /// The part of the training state that is not in arrays.
  /// - Throws: `FileError` when the manifest holds a state of another type.
  public func state<State: Decodable>(as type: State.Type = State.self) throws(FileError) -> State {
    try manifest.content(as: State.self).state
  }
}
