import Foundation

/// A folder for one test, which goes away with it.
final class TemporaryFolder: Sendable {
  let path = FileManager.default.temporaryDirectory.path + "/gen-text-" + UUID().uuidString

  init() {
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }
}
