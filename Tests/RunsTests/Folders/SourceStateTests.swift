import Foundation
import TestSupport
import Testing

@testable import Runs

/// The commit of a package, as git itself says it and as its files do.
struct SourceStateTests {
  private let folder: TemporaryFolder

  init() throws { folder = TemporaryFolder(inMemory: true) }

  /// What git prints for words, in a folder.
  @discardableResult private func git(_ words: String..., in path: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["git", "-C", path, "-c", "user.name=a", "-c", "user.email=a@b"] + words
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "git \(words)")
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// A repository with a commit of a package.
  private func repository(_ name: String, _ options: String...) throws -> String {
    let path = "\(folder.path)/\(name)"
    let words = ["git", "init", "-q", "-b", "main"] + options + [path]
    let process = try Process.run(
      URL(fileURLWithPath: "/usr/bin/env"), arguments: words)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    try Data("// a package".utf8).write(to: URL(fileURLWithPath: "\(path)/Package.swift"))
    try git("add", "-A", in: path)
    try git("commit", "-q", "-m", "one", in: path)
    return path
  }

  private func expectSame(_ path: String, _ place: SourceLocation = #_sourceLocation) throws {
    let commit = try git("rev-parse", "HEAD", in: path)
    #expect(SourceState(package: path)?.commit == commit, sourceLocation: place)
    #expect(SourceState(package: path)?.isModified == nil, sourceLocation: place)
  }

  @Test func branchesLooseAndPackedAndNoBranch() throws {
    let path = try repository("plain")
    try expectSame(path)
    try git("pack-refs", "--all", in: path)
    #expect(!FileManager.default.fileExists(atPath: "\(path)/.git/refs/heads/main"))
    try expectSame(path)
    // A file of its own counts more than an older packed line.
    try git("commit", "-q", "--allow-empty", "-m", "two", in: path)
    try expectSame(path)
    try git("checkout", "-q", "-b", "feature/with/slashes", in: path)
    try expectSame(path)
    try git("symbolic-ref", "refs/heads/alias", "refs/heads/main", in: path)
    try git("symbolic-ref", "HEAD", "refs/heads/alias", in: path)
    try expectSame(path)
    try git("checkout", "-q", "--detach", "HEAD", in: path)
    try expectSame(path)
  }

  @Test func furtherWorkingTreesShareTheBranches() throws {
    let path = try repository("first")
    let other = "\(folder.path)/second"
    try git("worktree", "add", "-q", "-b", "other", other, in: path)
    try git("commit", "-q", "--allow-empty", "-m", "two", in: other)
    try expectSame(other)
    try git("pack-refs", "--all", in: path)
    try expectSame(other)
    try expectSame(path)
  }

  @Test func commitsMayHaveLongNames() throws {
    let path = try repository("long", "--object-format=sha256")
    #expect(SourceState(package: path)?.commit.count == 64)
    try expectSame(path)
  }

  /// Where there is nothing to say, nothing is said.
  @Test func whatCannotBeToldIsLeftOut() throws {
    let path = try repository("bare")
    func state(afterWriting text: String, to name: String) throws -> SourceState? {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/.git/\(name)"))
      return SourceState(package: path)
    }
    #expect(try state(afterWriting: "ref: refs/heads/none\n", to: "HEAD") == nil)
    #expect(try state(afterWriting: "ref: refs/heads/.invalid\n", to: "HEAD") == nil)
    #expect(try state(afterWriting: "ref: refs/../../secret\n", to: "HEAD") == nil)
    #expect(try state(afterWriting: "ref: HEAD\n", to: "HEAD") == nil)
    #expect(try state(afterWriting: "", to: "HEAD") == nil)
    #expect(try state(afterWriting: "ref: refs/heads/a\n", to: "HEAD") == nil)
    #expect(try state(afterWriting: "ref: refs/heads/a\n", to: "refs/heads/a") == nil)
    #expect(SourceState(package: "\(folder.path)/nowhere") == nil)
  }

  /// Runs of earlier versions say whether files were changed.
  @Test func olderRecordsSayMore() throws {
    let decoder = JSONDecoder()
    let old = try decoder.decode(
      SourceState.self, from: Data(#"{"commit":"c0ffee","modified":true}"#.utf8))
    #expect(old.isModified == true)
    let new = try decoder.decode(SourceState.self, from: Data(#"{"commit":"c0ffee"}"#.utf8))
    #expect(new.isModified == nil)
    #expect(
      String(decoding: try JSONEncoder().encode(new), as: UTF8.self) == #"{"commit":"c0ffee"}"#)
  }
}
