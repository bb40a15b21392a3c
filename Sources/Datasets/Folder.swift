#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the file system says of paths and folders.
enum Folder {
  /// What a path leads to.
  enum Kind {
    case file, folder, link, other
  }

  /// What is at a path; nil where nothing is.
  static func kind(_ path: String, followingLinks: Bool = true) -> Kind? {
    var status = stat()
    guard (followingLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    case S_IFLNK: return .link
    default: return .other
    }
  }

  /// The path of the first of these names that is a file in the folder.
  static func firstFile(_ names: [String], in folder: String) -> String? {
    names.map { "\(folder)/\($0)" }.first { kind($0) == .file }
  }

  /// The path without links; nil where it leads nowhere.
  static func realPath(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  /// The names in a folder, but for hidden ones, in no particular order.
  static func names(in folder: String) throws(DatasetError) -> [String] {
    guard let stream = opendir(folder) else {
      let kind: DatasetError.Kind = errno == ENOENT ? .missing : .damaged
      throw DatasetError(kind, folder, String(cString: strerror(errno)))
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }
}
