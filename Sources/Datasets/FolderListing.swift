/// The files in a folder and in all folders below it, by name; nothing is read.
///
/// Hidden files and folders are passed over; links are followed to files within the folder alone.
struct FolderListing {
  /// Paths within the folder of the files that were wanted, in the order of their bytes.
  let paths: [String]
  /// What is named like a file that was wanted and is none, as a look at the file system tells.
  let broken: [BrokenFile]
  /// How many files were not wanted.
  let otherFiles: Int

  /// Lists a folder.
  /// - Parameter isWanted: whether a file of that path is wanted.
  init(_ root: String, isWanted: (String) -> Bool) throws(DatasetError) {
    guard let realRoot = Folder.realPath(root) else {
      throw DatasetError(.missing, root, "nothing is there")
    }
    let within = realRoot == "/" ? "/" : realRoot + "/"
    var (found, folders) = ([String](), [""])
    var (broken, otherFiles) = ([BrokenFile](), 0)
    while let folder = folders.popLast() {
      for name in try Folder.names(in: folder.isEmpty ? root : "\(root)/\(folder)") {
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        switch Self.verdict("\(root)/\(path)", within: within, isWanted: isWanted(path)) {
        case .folder: folders.append(path)
        case .wanted: found.append(path)
        case .other: otherFiles += 1
        case .refused(let reason): broken.append(BrokenFile(path: path, reason: reason))
        }
      }
    }
    paths = found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    (self.broken, self.otherFiles) = (broken, otherFiles)
  }

  private enum Verdict {
    case folder, wanted, other
    case refused(String)
  }

  private static func verdict(_ path: String, within root: String, isWanted: Bool) -> Verdict {
    switch Folder.kind(path, followingLinks: false) {
    case .folder: return .folder
    case .file: return isWanted ? .wanted : .other
    case .link: break
    case .other, nil: return isWanted ? .refused("not a regular file") : .other
    }
    switch Folder.kind(path) {
    case .folder: return .refused("a link to a folder; only folders themselves are entered")
    case _ where !isWanted: return .other
    case .file where Folder.realPath(path)?.hasPrefix(root) == true: return .wanted
    case .file: return .refused("a link out of the folder")
    default: return .refused("a link that leads to no file")
    }
  }
}
