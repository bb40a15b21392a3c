import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How the command finds runs.
enum Runs {
  /// The folder of all runs.
  static let root = "runs"

  /// The run of that name or path; for nil the one that was started last.
  /// - Throws: `FileError` when there is none.
  static func find(_ name: String?) throws -> RunFolder {
    guard let name else {
      guard let newest = RunSummary.all(in: root).first else {
        throw FileError(.missing, root, "there is no run yet: gen train gan makes one")
      }
      return newest.run
    }
    if name.contains("/") || access("\(root)/\(name)", F_OK) != 0 && access(name, F_OK) == 0 {
      return try RunFolder(path: name)
    }
    return try RunFolder(path: "\(root)/\(name)")
  }
}
