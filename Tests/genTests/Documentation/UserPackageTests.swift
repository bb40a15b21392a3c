import Foundation
import Testing

/// Another package that depends on this one, as docs/LIBRARY.md shows it.
struct UserPackageTests {
  @Test func theExamplePackageBuildsAndLearns() throws {
    let code = try Article("docs/LIBRARY.md").code
    try #require(code.count == 2, "the page shows a manifest and a program")
    let program = Program()
    try program.write(code[0], to: "spirals/Package.swift")
    try program.write(code[1], to: "spirals/Sources/spirals/main.swift")
    try FileManager.default.createSymbolicLink(
      at: URL(fileURLWithPath: program.folder("gen")), withDestinationURL: Article.package)
    try copyDependencies(to: program.folder("spirals"))
    let running = try program.start(
      "/usr/bin/env",
      [
        "swift", "run", "--package-path", "spirals", "--skip-update", "--disable-index-store",
        "-Xswiftc", "-gnone",
      ])
    let result = try running.wait()
    #expect(result.status == 0, "\(result.messages)\(result.output)")
    let accuracy = result.output.split(whereSeparator: \.isWhitespace).last.flatMap { Double($0) }
    #expect(try #require(accuracy) > 0.95, "\(result.output)")
  }

  /// What this package depends on, as it was fetched to build the tests: nothing is fetched again.
  private func copyDependencies(to folder: String) throws {
    let files = FileManager.default
    let scratch = Program.products.deletingLastPathComponent().deletingLastPathComponent()
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
}
