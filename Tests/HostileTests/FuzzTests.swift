import Foundation
import Testing

/// Damaged files of every format: a result or an error that names the file, and never a crash.
///
/// A short run; Tests/Checks/fuzz makes it long, under the address sanitizer, by these variables.
@Suite struct FuzzTests {
  private static let environment = ProcessInfo.processInfo.environment

  private static var formats: [FuzzedFormat] {
    environment["FUZZ_FORMAT"].flatMap(FuzzedFormat.init).map { [$0] } ?? FuzzedFormat.allCases
  }

  @Test(arguments: formats) func damagedFiles(format: FuzzedFormat) throws {
    let count = Self.environment["FUZZ_COUNT"].flatMap { Int($0) } ?? 500
    let seed = Self.environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
    let folder =
      Self.environment["FUZZ_FOLDER"]
      ?? FileManager.default.temporaryDirectory.path + "/gen-fuzz-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var run = FuzzRun(format, seed: seed, folder: folder)
    try run.run(count)
    #expect(run.failures.isEmpty, "\(run.failures.prefix(5).joined(separator: "\n"))")
    // Neither all nor none: else the damage is too great, or too small, to find anything.
    #expect(run.refused > count / 10 && run.refused < count)
    if Self.environment["FUZZ_COUNT"] != nil {
      let slowest = Int((run.slowest * 1000).rounded())
      print(
        "fuzz: \(format): \(run.read) inputs of seed \(seed), \(run.refused) refused, "
          + "\(run.failures.count) failures, the slowest \(slowest) ms")
    }
    if run.failures.isEmpty { rmdir(folder) }
  }
}
