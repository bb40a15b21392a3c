import Files

/// The commit that is checked out in the package that the program was built in, as a run starts.
///
/// A program does not know what it was built from: a package that has changed since the last build says
/// so here, and an installed program says nothing.
public struct SourceState: Codable, Equatable, Sendable {
  /// The commit that is checked out.
  public let commit: String
  /// Whether tracked files differ from it, which earlier versions recorded; nil where nobody looked.
  public let isModified: Bool?

  enum CodingKeys: String, CodingKey {
    case commit
    case isModified = "modified"
  }

  /// The state of the package in whose `.build` the running program lies; nil where it lies elsewhere,
  /// or its repository does not say.
  public static var ofProgram: SourceState? {
    guard let parts = programPath()?.text?.split(separator: "/"),
      let build = parts.lastIndex(of: ".build")
    else { return nil }
    return SourceState(package: "/" + parts[..<build].joined(separator: "/"))
  }

  init?(package: String) {
    guard fileKind("\(package)/Package.swift") == .file,
      let commit = GitRepository(workingTree: package)?.head
    else { return nil }
    self.commit = commit
    isModified = nil
  }
}

/// What there is to read of a git repository without asking git, which would be a process of its own:
/// gitrepository-layout(5).
struct GitRepository {
  /// What belongs to this working tree, such as `HEAD`.
  private let own: String
  /// What all working trees of the repository share, such as branches.
  private let shared: String

  /// The repository of a working tree; nil where `.git` is not one, nor the file that names it.
  init?(workingTree: String) {
    let place = "\(workingTree)/.git"
    if let line = Self.firstLine(place) {
      // A further working tree, or a submodule: a file says where the folder is.
      guard let path = line.removingPrefix("gitdir: ") else { return nil }
      own = Self.resolved(path, in: workingTree)
    } else {
      own = place
    }
    shared = Self.firstLine("\(own)/commondir").map { [own] in Self.resolved($0, in: own) } ?? own
  }

  /// The commit that is checked out; nil where there is none yet, or it is kept in another form than
  /// that of files, such as a reftable.
  var head: String? {
    var text = Self.firstLine("\(own)/HEAD")
    // A reference may name another; git follows five.
    for _ in 0..<5 {
      guard let name = text?.removingPrefix("ref: ") else { break }
      text = reference(name.trimmed)
    }
    guard let text, [40, 64].contains(text.utf8.count), text.allSatisfy(\.isHexDigit) else {
      return nil
    }
    return text
  }

  /// What a reference says: a file of its own, or else a line of the packed ones.
  private func reference(_ name: String) -> String? {
    guard name.hasPrefix("refs/"), !name.split(separator: "/").contains("..") else { return nil }
    for folder in [own, shared] {
      if let line = Self.firstLine("\(folder)/\(name)") { return line }
    }
    return Self.lines("\(shared)/packed-refs").lazy
      .map { $0.split(separator: 0x20, maxSplits: 1) }
      .first { $0.count == 2 && $0[1].elementsEqual(name.utf8) }
      .map { String(decoding: $0[0], as: UTF8.self) }
  }

  private static func resolved(_ path: String, in folder: String) -> String {
    path.hasPrefix("/") ? path : "\(folder)/\(path)"
  }

  private static func firstLine(_ path: String) -> String? {
    lines(path).first.map {
      String(decoding: $0, as: UTF8.self).trimmed
    }
  }

  private static func lines(_ path: String) -> [ArraySlice<UInt8>] {
    guard let bytes = try? InputFile(path).readAll(limit: 1 << 26) else { return [] }
    return bytes.split(separator: 0x0A)
  }
}

extension String {
  /// What follows `prefix`; nil where it does not begin so.
  fileprivate func removingPrefix(_ prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
