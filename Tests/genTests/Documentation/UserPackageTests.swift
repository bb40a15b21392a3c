import Foundation
import Testing

@testable import gen

/// Another package that depends on this one by its version, as docs/LIBRARY.md shows it.
struct UserPackageTests {
  private let program = Program()

  @Test func theExamplePackageBuildsAndLearns() throws {
    let code = try Article("docs/LIBRARY.md").code
    try #require(code.count == 2, "the page shows a manifest and a program")
    #expect(code[0].contains("from: \"\(Gen.version)\""), "the page depends on this version")
    try program.write(code[0], to: "spirals/Package.swift")
    try program.write(code[1], to: "spirals/Sources/spirals/main.swift")
    try release(Gen.version, to: program.folder("gen"))
    try copyDependencies(to: program.folder("spirals"))
    let result = try run([
      "swift", "run", "--package-path", "spirals", "--skip-update", "--disable-index-store",
      "-Xswiftc", "-gnone",
    ])
    let accuracy = result.output.split(whereSeparator: \.isWhitespace).last.flatMap { Double($0) }
    #expect(try #require(accuracy) > 0.95, "\(result.output)")
  }

  /// Makes a repository with one commit, which is this package as it stands, and a version's tag.
  private func release(_ version: String, to repository: String) throws {
    let git = ["git", "--git-dir", repository, "--work-tree", Article.package.path]
    let author = ["-c", "user.name=gen", "-c", "user.email=gen@localhost"]
    // Who signs commits may be asked for a key.
    let unsigned = ["-c", "commit.gpgSign=false", "-c", "tag.gpgSign=false"]
    try run(["git", "init", "--quiet", "--bare", repository])
    try run(git + ["add", "--all"])
    try run(git + author + unsigned + ["commit", "--quiet", "--message", version])
    try run(git + unsigned + ["tag", version])
  }

  /// What this package depends on, as it was fetched to build the tests: nothing is fetched again.
  private func copyDependencies(to folder: String) throws {
    let files = FileManager.default
    let scratch = Program.built.deletingLastPathComponent().deletingLastPathComponent()
    try files.createDirectory(atPath: folder + "/.build", withIntermediateDirectories: true)
    for name in ["checkouts", "repositories", "workspace-state.json"] {
      try files.copyItem(
        atPath: scratch.appendingPathComponent(name).path, toPath: "\(folder)/.build/\(name)")
    }
    let pins = Article.package.appendingPathComponent("Package.resolved").path
    if files.fileExists(atPath: pins) {
      try files.copyItem(atPath: pins, toPath: folder + "/Package.resolved")
    }
  }

  /// Runs a program of the system in the folder, which has to succeed.
  @discardableResult
  private func run(_ words: [String]) throws -> Program.Result {
    let result = try program.start("/usr/bin/env", words).wait()
    try #require(result.status == 0, "\(words): \(result.messages)\(result.output)")
    return result
  }
}
