import Files

/// What the file system says of the paths that data is asked for by.
enum Folder {
  /// What a path leads to; nil where nothing is.
  /// - Throws: ``DatasetError`` when the system cannot tell.
  static func kind(_ path: String) throws(DatasetError) -> FileKind? {
    do {
      return try FileKind(BytePath(path))
    } catch {
      if error.isAbsence { return nil }
      throw DatasetError(.damaged, path, "cannot be looked at: \(error)")
    }
  }

  /// The path of the first of these names that is a file in the folder.
  /// - Throws: ``DatasetError`` when the system cannot tell.
  static func firstFile(
    _ names: [String], in folder: String
  ) throws(DatasetError) -> String? {
    for name in names where try kind("\(folder)/\(name)") == .file { return "\(folder)/\(name)" }
    return nil
  }
}
