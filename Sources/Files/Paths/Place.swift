import CLibrary

/// A place in the file system: a name in a folder that is held open, which stays in that folder
/// whatever becomes of the folder's own name; or a path, which leads wherever its names do when it is
/// used.
public struct Place: Sendable, CustomStringConvertible {
  /// The folder that is held; nil for a path.
  package let folder: HeldFolder?
  /// What is below it, empty for the folder itself; or the path.
  let name: String

  /// The place that a path leads to.
  public init(_ path: String) { self.init(nil, path) }

  /// A folder that is held.
  init(_ folder: HeldFolder) { self.init(folder, "") }

  private init(_ folder: HeldFolder?, _ name: String) { (self.folder, self.name) = (folder, name) }

  /// What is called `name` in the folder `place`.
  public static func / (place: Place, name: String) -> Place {
    Place(place.folder, place.name.isEmpty ? name : "\(place.name)/\(name)")
  }

  /// Where that is now, for messages and for who reads by path.
  public var path: String {
    guard let folder else { return name }
    return name.isEmpty ? folder.path : "\(folder.path)/\(name)"
  }

  /// The path.
  public var description: String { path }

  /// Its own name, without the folder's.
  var lastName: String { lastComponent(of: name.isEmpty ? path : name) }

  /// The folder that it is in; a held folder's is known by path alone.
  package var parent: Place {
    guard let folder else { return Place(Files.folder(of: name)) }
    if name.isEmpty { return Place(Files.folder(of: path)) }
    guard let slash = name.lastIndex(of: "/") else { return Place(folder) }
    return Place(folder, String(name[..<slash]))
  }

  /// The folder's descriptor and the name in it, as openat(2) and its kin take them.
  var reference: (descriptor: Int32, name: String) {
    guard let folder else { return (AT_FDCWD, name) }
    return (folder.descriptor, name.isEmpty ? "." : name)
  }

  /// The same for a change, which a folder that is lost does not allow.
  /// - Throws: `FileError`, lost.
  package func changeable() throws(FileError) -> (descriptor: Int32, name: String) {
    try folder?.check()
    return reference
  }

  // MARK: - What is there

  /// What stands there, or nil where there is nothing.
  package func kind(followingLinks: Bool = false) -> FileKind? {
    let (base, name) = reference
    var status = stat()
    let flags = followingLinks ? 0 : AT_SYMLINK_NOFOLLOW
    guard fstatat(base, name, &status, flags) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    case S_IFLNK: return .link
    default: return .other
    }
  }

  /// When what stands there was last changed; nil where there is nothing.
  package var modified: Timestamp? {
    let (base, name) = reference
    var status = stat()
    guard fstatat(base, name, &status, 0) == 0 else { return nil }
    let time = status.modificationTime
    return Timestamp(milliseconds: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
  }

  /// The names in the folder that stands there, sorted, without "." and ".."; those that are no UTF-8
  /// are left out.
  /// - Throws: `FileError`.
  package func contents() throws(FileError) -> [String] { try names().compactMap(\.text).sorted() }

  /// All names in the folder that stands there, but "." and "..".
  /// - Throws: `FileError`.
  func names() throws(FileError) -> [BytePath] {
    let (base, name) = reference
    let descriptor = retrying { openat(base, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw FileError(.missing, self, cannot: "open the folder") }
    do { return try BytePath.names(inFolder: descriptor) } catch {
      throw FileError(.missing, self, cannot: "read the folder", code: error.code)
    }
  }

  /// Where the link leads that stands there, or nil where none does.
  private var target: Place? {
    let (base, name) = reference
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlinkat(base, name, &bytes, bytes.count)
    guard count > 0, count < bytes.count else { return nil }
    // Another name than UTF-8 is no place of ours.
    guard
      let target = BytePath(bytes: bytes[..<count].map(UInt8.init(bitPattern:))).text
    else { return nil }
    return target.hasPrefix("/") ? Place(target) : parent / target
  }

  /// The place that this one means once links are followed.
  var resolved: Place {
    var place = self
    // As many as Linux follows.
    for _ in 0..<40 {
      guard let target = place.target else { break }
      place = target
    }
    return place
  }
}
