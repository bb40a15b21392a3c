import Foundation

/// A folder for one test, which is removed with it.
package final class TemporaryFolder: Sendable {
  package let path: String

  /// Makes the folder.
  /// - Parameter inMemory: whether it may lie in memory, for tests that make thousands of files.
  package init(inMemory: Bool = false) {
    let (files, memory) = (FileManager.default, "/dev/shm")
    let root =
      inMemory && files.isWritableFile(atPath: memory) ? memory : files.temporaryDirectory.path
    path = "\(root)/gen-tests-\(UUID().uuidString)"
    do {
      try files.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch { fatalError("no folder for a test: \(error)") }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file or folder in it.
  package func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// The names of all files, folders and links in it and below.
  package var contents: [String] {
    (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []).sorted()
  }

  /// Writes a file, and the folders that it is in.
  package func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
    let url = URL(fileURLWithPath: self(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }
}

package func bytes(of path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

package func put(_ bytes: some Sequence<UInt8>, at path: String) throws {
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}
