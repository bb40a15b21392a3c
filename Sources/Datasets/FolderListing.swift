import Files

/// The files in a folder and in all folders below it, by name; nothing is read.
///
/// Hidden files and folders are passed over; links are followed to files within the folder alone.
struct FolderListing {
  /// Something in the folder that cannot be taken, and why.
  struct Refused {
    let path: BytePath
    let reason: String
  }

  /// Paths within the folder of the files that were wanted, in the order of their bytes.
  let paths: [BytePath]
  /// What is named like a file that was wanted and is none.
  let broken: [Refused]
  /// What may be anything, since the system cannot tell: another file that was wanted, or a folder full
  /// of them.
  let unknown: [Refused]
  /// How many files were not wanted.
  let otherFiles: Int
  /// How many of these there are of each ending, in lowercase.
  let otherEndings: [String: Int]

  /// Lists a folder.
  /// - Parameter isWanted: whether a file of that path is wanted.
  init(_ root: String, isWanted: (BytePath) -> Bool) throws(DatasetError) {
    let rootPath = BytePath(root)
    let within: [UInt8]
    var entries: [BytePath]
    do {
      let real = try rootPath.withoutLinks().bytes
      within = real == Array("/".utf8) ? real : real + Array("/".utf8)
      entries = try rootPath.names()
    } catch {
      throw DatasetError(error.isAbsence ? .missing : .damaged, root, "\(error)")
    }
    var (found, broken, unknown) = ([BytePath](), [Refused](), [Refused]())
    var (otherFiles, otherEndings) = (0, [String: Int]())
    while let path = entries.popLast() {
      if path.lastComponent.isHidden { continue }
      let place = rootPath.appending(path)
      do throws(SystemFailure) {
        switch try Self.decision(place, within: within, isWanted: isWanted(path)) {
        case .folder: entries += try place.names().map { path.appending($0) }
        case .wanted: found.append(path)
        case .other:
          otherFiles += 1
          otherEndings[path.fileExtension ?? "", default: 0] += 1
        case .refused(let reason): broken.append(Refused(path: path, reason: reason))
        }
      } catch {
        unknown.append(Refused(path: path, reason: "the system cannot open it: \(error)"))
      }
    }
    paths = found.sorted()
    (self.broken, self.unknown) = (broken, unknown)
    (self.otherFiles, self.otherEndings) = (otherFiles, otherEndings)
  }

  private enum Decision {
    case folder, wanted, other
    case refused(String)
  }

  private static func decision(
    _ path: BytePath, within root: [UInt8], isWanted: Bool
  ) throws(SystemFailure) -> Decision {
    switch try FileKind(path, followingLinks: false) {
    case .folder: return .folder
    case .file: return isWanted ? .wanted : .other
    case .link: return try target(of: path, within: root, isWanted: isWanted)
    case .other: return isWanted ? .refused("not a regular file") : .other
    }
  }

  private static func target(
    of link: BytePath, within root: [UInt8], isWanted: Bool
  ) throws(SystemFailure) -> Decision {
    let kind: FileKind?
    do {
      kind = try FileKind(link)
    } catch {
      guard error.isAbsence else { throw error }
      kind = nil
    }
    if kind == .folder {
      return .refused("a link to a folder; only folders themselves are entered")
    }
    guard isWanted else { return .other }
    guard kind == .file else { return .refused("a link that leads to no file") }
    return try link.withoutLinks().bytes.starts(with: root)
      ? .wanted : .refused("a link out of the folder")
  }
}

extension BrokenFile {
  init(_ refused: FolderListing.Refused) {
    self.init(path: refused.path.escaped, reason: refused.reason)
  }
}

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
