import Files

extension RunFolder {
  /// Makes the folder of a new run, which appears with all that it begins with, or not at all: so
  /// whatever run there is can be gone on with. This process holds it.
  /// - Parameters:
  ///   - root: The folder of all runs, made if it is not there.
  ///   - recipe: The recipe's name, from which the run is called "<recipe>-001" and so on.
  ///   - name: The run's name instead.
  ///   - fill: Writes what the run begins with, under a name that is not yet the run's.
  /// - Throws: `FileError` when there is one of that name, locked if another process has it, the name
  ///   will not do, or the folder cannot be made; what `fill` throws.
  public static func create(
    in root: String = "runs", recipe: String, name: String? = nil,
    operations: any FileOperations = SystemFiles(),
    _ fill: (RunFolder) throws -> Void = { _ in }
  ) throws -> RunFolder {
    if let name { try checkName(name, in: root) }
    try operations.createFolders(Place(root))
    try removeLitter(root, operations)
    let folder = try newHeldFolder(for: "\(root)/\(name ?? recipe)", operations)
    let temporary = folder.path
    let run = RunFolder(folder.place, operations)
    do {
      try operations.createFolder(run.place / Name.samples)
      try operations.createFolder(run.checkpoints.place)
      try fill(run)
      try operations.syncFolder(run.place)
      folder.isNow(at: try rename(temporary, in: root, recipe, name, operations))
    } catch {
      try? operations.removeContents(folder.place)
      try? operations.remove(Place(temporary))
      throw error
    }
    try operations.syncFolder(Place(root))
    return run
  }

  /// Makes a folder under a name of its own, and holds it.
  private static func newHeldFolder(
    for path: String, _ operations: any FileOperations
  ) throws(FileError) -> HeldFolder {
    let root = folder(of: path)
    for _ in 1..<100 {
      let temporary = "\(root)/\(TemporaryName.new(for: lastComponent(of: path)))"
      try operations.createFolder(Place(temporary))
      do { return try HeldFolder(locking: temporary) } catch {
        // Who cleared up just now has taken it for left behind, or is about to.
        let isTaken = error.kind == .locked || fileKind(temporary) == nil
        try? operations.remove(Place(temporary))
        guard isTaken, fileKind(root) == .folder else { throw error }
      }
    }
    throw FileError(
      .cannotCreate, path, "cannot be made: another process removes what it begins as")
  }

  /// Makes sure that a new run can have a name.
  /// - Throws: `FileError` when there is one of that name, or the name will not do.
  public static func checkName(_ name: String, in root: String) throws(FileError) {
    guard !name.isEmpty, !name.hasPrefix("."), !name.utf8.contains(UInt8(ascii: "/")) else {
      throw FileError(
        .cannotCreate, "\(root)/\(name)", "a run's name is not empty, has no / and no . in front")
    }
    guard fileKind("\(root)/\(name)") == nil else { throw taken("\(root)/\(name)") }
  }

  /// Gives a new run its name: that asked for, or the first number that is free.
  private static func rename(
    _ temporary: String, in root: String, _ recipe: String, _ name: String?,
    _ operations: any FileOperations
  ) throws(FileError) -> String {
    let numbers = try folderContents(root).compactMap { folder in
      folder.hasPrefix("\(recipe)-") ? Int(folder.dropFirst(recipe.count + 1)) : nil
    }
    var number = (numbers.max() ?? 0) + 1
    while true {
      let path = "\(root)/\(name ?? "\(recipe)-\(padded(number, 3))")"
      do {
        // No run's folder is empty, so the system refuses a name that another process was faster with.
        try operations.rename(Place(temporary), to: Place(path))
        return path
      } catch {
        guard fileKind(path) != nil else { throw error }
        if name != nil { throw taken(path) }
        number += 1
      }
    }
  }

  /// Why a name cannot be had: there is such a run, which a process may be training.
  private static func taken(_ path: String) -> FileError {
    let resumes = "gen train --resume \(lastComponent(of: path)) resumes it"
    guard let holder = HeldFolder.holder(of: path) else {
      return FileError(.cannotCreate, path, "there is a run of that name already: \(resumes)")
    }
    return FileError(
      .locked, path,
      "there is a run of that name already, in use by \(holder): take another name, or wait until "
        + "that ends, and \(resumes)")
  }

  /// Removes what processes that are no more have left of runs that never began: what has a name that
  /// only they have, and a lock that they took and nobody holds, or nothing in it at all.
  private static func removeLitter(
    _ root: String, _ operations: any FileOperations
  ) throws(FileError) {
    for name in try folderContents(root) where TemporaryName.finalName(of: name) != nil {
      let path = "\(root)/\(name)"
      if let folder = HeldFolder(abandoned: path) {
        try? operations.removeContents(folder.place)
      }
      // Of a folder that is not empty, the system keeps all.
      if fileKind(path) == .folder { try? operations.remove(Place(path)) }
    }
  }
}
