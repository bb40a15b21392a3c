import Files
import Foundation
import TestSupport
import Testing

@testable import Runs

@Suite struct ClassNamesTests {
  let folder: TemporaryFolder
  let run: RunFolder

  init() throws {
    folder = TemporaryFolder(inMemory: true)
    run = try RunFolder.create(in: folder("runs"), recipe: "gan")
  }

  private func write(_ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: run.classesPath))
  }

  @Test func everyNameIsALineOfItsOwn() throws {
    try run.writeClasses(["cat", "dog\r", "a\nb", "é", "\u{2028}"])
    #expect(try run.classNames() == ["cat", #"dog\u{0D}"#, #"a\u{0A}b"#, "é", #"\u{2028}"#])
  }

  @Test func filesOfOldRunsAndOfEditors() throws {
    // The return belongs to a name, and shifts no other.
    try write("cat\r\ndog\nemu\n")
    #expect(try run.classNames() == [#"cat\u{0D}"#, "dog", "emu"])
    try write("cat\r\ndog\r\nemu\r\n")
    #expect(try run.classNames() == ["cat", "dog", "emu"])
    try write("cat\ndog")
    #expect(try run.classNames() == ["cat", "dog"])
  }

  @Test func recipesKeepSourcesThatYAMLWouldNotTake() throws {
    for source in ["a\u{7F}b", "a\u{9B}b\u{202E}", "a\u{FEFF}b\r\nc\t", "\u{2028}", "\u{FFFF}"] {
      let node = try RecipeNode.parse("key: \(source.yaml)\n") { .file("r", line: $0) }
      guard case .section(let members) = node else { throw CancellationError() }
      #expect(String(members[0].value) == source)
    }
  }
}
