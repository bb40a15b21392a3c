import CLibrary

/// What stands at `path`, or nil where there is nothing.
package func fileKind(_ path: String, followingLinks: Bool = false) -> FileKind? {
  Place(path).kind(followingLinks: followingLinks)
}

/// Whether something is at `path`, or where its links lead to.
public func isThere(_ path: String) -> Bool { fileKind(path, followingLinks: true) != nil }

/// The folder that `path` is in: all before the last slash, "." where there is none.
package func folder(of path: String) -> String {
  // By bytes: a slash and an accent after it are one character.
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// The part of `path` after the last slash.
package func lastComponent(of path: String) -> String {
  path.utf8.lastIndex(of: UInt8(ascii: "/"))
    .map { String(path[path.utf8.index(after: $0)...]) } ?? path
}

/// The names in a folder, sorted, without "." and "..". Those that are no UTF-8 are left out: nothing of
/// ours has such a name.
package func folderContents(_ path: String) throws(FileError) -> [String] {
  try Place(path).contents()
}

/// All names in a folder but "." and "..".
package func folderNames(_ path: String) throws(FileError) -> [BytePath] { try Place(path).names() }

/// The bytes of all regular files in a folder and below it; links are not followed.
package func folderSize(_ path: String) -> Int { folderSize(BytePath(path)) }

extension BytePath {
  /// The first in this folder and below it whose name is not UTF-8; nil where all are. Links are not followed.
  /// - Throws: `FileError` where a folder cannot be read.
  func firstUnnamed() throws(FileError) -> BytePath? {
    let found: [BytePath]
    do { found = try names() } catch {
      throw FileError(.cannotRead, escaped, cannot: "read the folder", code: error.code)
    }
    for name in found {
      let item = appending(name)
      if name.text == nil { return item }
      guard (try? FileKind(item, followingLinks: false)) == .folder else { continue }
      if let deeper = try item.firstUnnamed() { return deeper }
    }
    return nil
  }
}

private func folderSize(_ path: BytePath) -> Int {
  var size = 0
  for name in (try? path.names()) ?? [] {
    let item = path.appending(name)
    var status = stat()
    guard item.withCString({ lstat($0, &status) }) == 0 else { continue }
    switch status.st_mode & S_IFMT {
    case S_IFREG: size += Int(status.st_size)
    case S_IFDIR: size += folderSize(item)
    default: break
    }
  }
  return size
}
