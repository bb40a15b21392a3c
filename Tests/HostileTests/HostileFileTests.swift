import Foundation
import Images
import Testing

/// Files that were made to do harm: refused by the program with an error that names the file, within
/// 100 ms of the processor's time and 64 MiB of memory beyond its own.
///
/// A debug build may take twenty times as long. `HOSTILE_GEN=.build/release/gen swift test --filter
/// HostileFileTests` holds an optimized one to the limit.
@Suite struct HostileFileTests {
  private static let limit = 0.1
  private static let memory = 64 << 20

  /// The time that the program takes to refuse a file which is not there.
  private static let start = inFolder { folder in
    (0..<5).compactMap { _ in
      try? LimitedProgram(["inspect", "\(folder)/absent.png"], memory: memory, in: folder).seconds
    }.min() ?? 0
  }

  @Test(arguments: HostileFile.all) func isRefused(file: HostileFile) throws {
    try inFolder { folder in
      let arguments = try file.arguments(in: folder)
      let program = try LimitedProgram(
        arguments, memory: LimitedProgram.ownMemory + Self.memory, in: folder)
      let expected: ClosedRange<Int32> = 65...66
      #expect(expected.contains(program.status), "\(program.said.suffix(600))")
      #expect(program.said.contains(file.name), "\(program.said.suffix(600))")
      #expect(program.said.contains(file.says), "\(program.said.suffix(600))")
      #expect(program.said.utf8.count < 20_000)
      #expect(program.seconds - Self.start < Self.limit * LimitedProgram.patience)
    }
  }

  @Test func thereAreFortyAtLeast() {
    #expect(HostileFile.all.count >= 40)
    #expect(HostileFile.all.allSatisfy { !$0.imitates.isEmpty && !$0.says.isEmpty })
  }

  @Test func theProgramItselfFits() throws {
    try inFolder { folder in
      let file = "\(folder)/a.png"
      let image = Image(width: 2, height: 2, channels: 1, pixels: [1, 2, 3, 4])
      try Data(image.pngData()).write(to: URL(fileURLWithPath: file))
      try "kind: gan\ndata: {name: shapes}\n".write(
        toFile: "\(folder)/a.yaml", atomically: false, encoding: .utf8)
      for arguments in [["inspect", file], ["data", "check", folder]] {
        let program = try LimitedProgram(arguments, memory: LimitedProgram.ownMemory, in: folder)
        #expect(program.status == 0, "\(program.said)")
      }
    }
  }

  /// CVE-2003-0063 and its kin: a file's text must not give orders to the terminal that shows it.
  @Test func theTerminalGetsNoOrders() throws {
    try inFolder { folder in
      let file = "\(folder)/a.png"
      let image = Image(width: 1, height: 1, channels: 1, pixels: [0])
      let text = [(key: "Title", value: "a\u{1B}]0;b\u{7}\u{9B}31m")]
      try Data(image.pngData(text: text)).write(to: URL(fileURLWithPath: file))
      let shown = try LimitedProgram(["inspect", file], memory: Self.memory, in: folder)
      #expect(shown.status == 0)
      #expect(shown.said.contains(#"Title: a\u{1B}]0;b\u{07}\u{009B}31m"#), "\(shown.said)")
      let absent = "\(folder)/\u{1B}[31m.png"
      let missing = try LimitedProgram(["inspect", absent], memory: Self.memory, in: folder)
      #expect(missing.status == 66 && !missing.said.contains("\u{1B}"))
    }
  }
}

/// Runs a test in a new folder, which is removed afterwards.
private func inFolder<Result>(_ body: (String) throws -> Result) rethrows -> Result {
  let folder = FileManager.default.temporaryDirectory.path + "/gen-hostile-" + UUID().uuidString
  try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}
