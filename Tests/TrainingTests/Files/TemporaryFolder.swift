import Foundation

/// A folder for one test, which goes away with it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    // In memory where there is such a place: the tests of crashes make thousands of files.
    let memory = "/dev/shm"
    let root =
      FileManager.default.isWritableFile(atPath: memory)
      ? memory : FileManager.default.temporaryDirectory.path
    path = "\(root)/gen-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// The names of all files, folders and links in it and below.
  var contents: [String] {
    (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []).sorted()
  }
}

func bytes(of path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

func put(_ bytes: some Sequence<UInt8>, at path: String) throws {
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}
