#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What stands at a path.
enum FileKind { case file, folder, link, other }

/// What stands at `path`, or nil where there is nothing.
func fileKind(_ path: String, followingLinks: Bool = false) -> FileKind? {
  Place(path).kind(followingLinks: followingLinks)
}

/// Whether something is at `path`, or where its links lead to.
public func isThere(_ path: String) -> Bool { fileKind(path, followingLinks: true) != nil }

/// The folder that `path` is in: all before the last slash, "." where there is none.
func folder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// The part of `path` after the last slash.
func lastComponent(of path: String) -> String {
  path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
}

/// The names in a folder, sorted, without "." and "..".
func folderContents(_ path: String) throws(FileError) -> [String] { try Place(path).contents() }

/// The bytes of all regular files in a folder and below it; links are not followed.
func folderSize(_ path: String) -> Int {
  var size = 0
  for name in (try? folderContents(path)) ?? [] {
    let item = "\(path)/\(name)"
    var status = stat()
    guard lstat(item, &status) == 0 else { continue }
    switch status.st_mode & S_IFMT {
    case S_IFREG: size += Int(status.st_size)
    case S_IFDIR: size += folderSize(item)
    default: break
    }
  }
  return size
}
