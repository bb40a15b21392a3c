import Foundation

/// What git says of the package that the program was built in, as it stands when a run starts.
///
/// A program does not know what it was built from: a package that has changed since the last build says
/// so here, and an installed program says nothing.
public struct SourceState: Codable, Equatable, Sendable {
  /// The commit that is checked out.
  public let commit: String
  /// Whether tracked files differ from it.
  public let isModified: Bool

  enum CodingKeys: String, CodingKey {
    case commit
    case isModified = "modified"
  }

  /// The state of the package in whose `.build` the running program lies; nil where it lies elsewhere,
  /// or there is no git to ask.
  public static var ofProgram: SourceState? {
    guard let program = Bundle.main.executablePath,
      let build = program.range(of: "/.build/", options: .backwards)
    else { return nil }
    return SourceState(package: String(program[..<build.lowerBound]))
  }

  init?(package: String) {
    guard fileKind("\(package)/Package.swift") == .file, fileKind("\(package)/.git") != nil,
      let head = Self.git(["-C", package, "rev-parse", "HEAD"]),
      let changes = Self.git(["-C", package, "status", "--porcelain", "--untracked-files=no"])
    else { return nil }
    commit = head.trimmingCharacters(in: .whitespacesAndNewlines)
    isModified = !changes.isEmpty
  }

  /// What git prints; nil where it fails or is not there.
  private static func git(_ arguments: [String]) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "--no-optional-locks"] + arguments
    let output = Pipe()
    (process.standardInput, process.standardOutput) = (FileHandle.nullDevice, output)
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: bytes, as: UTF8.self) : nil
  }
}
