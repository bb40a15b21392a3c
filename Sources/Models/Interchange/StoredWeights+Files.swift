import Files

extension StoredWeights {
  /// The files of a model's weights in a folder: the one of that name, or the only one, or shards of
  /// which each has a part.
  ///
  /// - Parameter library: whose weights they are, for messages.
  /// - Throws: `FileError` when there is none, or several that are no shards.
  static func files(in folder: String, named name: String, library: String) throws -> [String] {
    let entries: [BytePath]
    do { entries = try BytePath(folder).names() } catch {
      throw FileError(.missing, folder, cannot: "read the folder", code: error.code)
    }
    if let other = entries.first(where: {
      $0.text == nil && $0.fileExtension == "safetensors"
    }) {
      throw FileError(
        .badData, folder, "has a file of weights whose name is not UTF-8, \(other): rename it")
    }
    let names = entries.compactMap(\.text)
    if names.contains(name) { return ["\(folder)/\(name)"] }
    let files = names.filter { $0.hasSuffix(".safetensors") }
    let areShards = files.allSatisfy { $0.firstMatch(of: /-\d{5}-of-\d{5}\./) != nil }
    guard files.isEmpty || files.count > 1 && !areShards else {
      return files.map { "\(folder)/\($0)" }
    }
    if let first = files.first {
      throw FileError(
        .badData, folder,
        "has several files of weights (\(files.joined(separator: ", "))): leave one, or rename "
          + "it, say \(first), to \(name)")
    }
    if let other = names.first(where: { name in
      [".bin", ".ckpt", ".pt", ".pth"].contains { name.hasSuffix($0) }
    }) {
      throw FileError(
        .badData, "\(folder)/\(other)",
        "is a pickle, which can hold a program and is not read: open it in \(library), and "
          + "save_pretrained(..., safe_serialization=True) writes \(name)")
    }
    throw FileError(.missing, folder, "has no \(name)")
  }
}
