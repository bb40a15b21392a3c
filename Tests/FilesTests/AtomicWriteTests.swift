import Foundation
import TestSupport
import Testing

@testable import Files

struct AtomicWriteTests {
  let folder: TemporaryFolder

  init() throws { folder = TemporaryFolder(inMemory: true) }

  @Test func aCrashLeavesTheOldFileOrTheNew() throws {
    let files = ScriptedFiles()
    let path = folder("recipe.yaml")
    try files.atomicWrite(Place(path), "old")
    let written = files.operations.count
    try files.atomicWrite(Place(path), "new")
    let operations = files.operations
    for end in written...operations.count {
      for disk in CrashDisk.after(Array(operations[..<end])) {
        let copy = TemporaryFolder(inMemory: true)
        try disk.materialize(recorded: folder.path, at: copy.path)
        let text = String(decoding: try bytes(of: copy("recipe.yaml")), as: UTF8.self)
        #expect(text == "new" || (text == "old" && end < operations.count))
      }
    }
  }

  @Test func aFailureLeavesTheOldFileAndNothingElse() throws {
    let path = folder("file")
    try SystemFiles().atomicWrite(path, "old")
    let count = try recorded { try $0.atomicWrite(Place(folder("other")), "new") }
    // All but the last, the sync of the folder, by when the new file is there.
    for failing in 0..<count - 1 {
      let files = ScriptedFiles { index, _ in index == failing }
      do {
        try files.atomicWrite(Place(path), "new")
        // Only a failed sync is made good, with a new file.
        #expect(files.operations[failing].isSync)
        #expect(try bytes(of: path) == Array("new".utf8))
        try SystemFiles().atomicWrite(path, "old")
      } catch is FileError {
        #expect(try bytes(of: path) == Array("old".utf8))
      }
      #expect(folder.contents == ["file", "other"])
    }
  }

  private func recorded(_ body: (ScriptedFiles) throws -> Void) throws -> Int {
    let files = ScriptedFiles()
    try body(files)
    return files.operations.count
  }

  @Test func aFailedSyncIsNeverTriedAgain() throws {
    let once = ScriptedFiles { index, operation in index < 3 && operation.isSync }
    try once.atomicWrite(Place(folder("once")), "text")
    let creates = once.operations.filter { if case .create = $0 { true } else { false } }
    #expect(creates.count == 2)
    #expect(once.operations.filter(\.isSync).count == 3)
    #expect(Set(once.operations.filter(\.isSync)).count == 3)

    let always = ScriptedFiles { _, operation in operation.isSync }
    #expect(throws: FileError.self) { try always.atomicWrite(Place(folder("always")), "text") }
    #expect(folder.contents == ["once"])
  }

  @Test func modesLinksAndDevices() throws {
    let target = folder("target")
    try put([1], at: target)
    try FileManager.default.createSymbolicLink(
      atPath: folder("link"), withDestinationPath: "target")
    try SystemFiles().atomicWrite(folder("link"), [2, 3])
    #expect(try bytes(of: target) == [2, 3])
    #expect(fileKind(folder("link")) == .link)
    try SystemFiles().atomicWrite(folder("new"), [1])
    #expect(try mode(of: folder("new")) == 0o644 & ~Int(currentMask))
    // Who could not read the old file cannot read the new one.
    for old in [0o600, 0o664, 0o400] {
      try FileManager.default.setAttributes([.posixPermissions: old], ofItemAtPath: target)
      try SystemFiles().atomicWrite(folder("link"), [4])
      #expect(try mode(of: target) == old)
    }
    try SystemFiles().atomicWrite("/dev/null", [1])
    #expect(fileKind("/dev/null") == .other)
  }

  private func mode(of path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? Int)
  }

  private var currentMask: mode_t {
    let mask = umask(0o022)
    umask(mask)
    return mask
  }

  @Test func kindsOfErrors() throws {
    func kind(_ body: () throws -> Void) -> FileError.Kind? {
      do { try body() } catch { return (error as? FileError)?.kind }
      return nil
    }
    #expect(kind { _ = try InputFile(folder("none")) } == .missing)
    #expect(kind { _ = try InputFile(folder.path) } == .missing)
    #expect(kind { try SystemFiles().atomicWrite(folder("none/file"), "") } == .cannotCreate)
    #expect(kind { try SystemFiles().createFolders(folder("a/b/c")) } == nil)
    #expect(fileKind(folder("a/b/c")) == .folder)
    #expect(
      FileError(.missing, "x", cannot: "open it", code: ENOENT).description
        == "x: cannot open it: No such file or directory")
    #if os(Linux)
      #expect(kind { try SystemFiles().atomicWrite("/dev/full", "text") } == .cannotWrite)
    #endif
  }

  /// What is done in a held folder is done by its descriptor: between a look at a path and the call that
  /// uses it, another folder may take the path.
  @Test func aHeldFolderIsReachedByItsDescriptor() throws {
    try SystemFiles().createFolder(Place(folder("run")))
    let held = try HeldFolder(locking: folder("run"))
    let (descriptor, name) = try (Place(held) / "sub/file").changeable()
    #expect(descriptor >= 0 && name == "sub/file")
    try SystemFiles().rename(Place(folder("run")), to: Place(folder("moved")))
    try SystemFiles().createFolder(Place(folder("run")))
    let created = openat(descriptor, "here", O_CREAT | O_WRONLY, 0o600)
    #expect(created >= 0 && Place(folder("moved/here")).kind() == .file)
    close(created)
  }
}
