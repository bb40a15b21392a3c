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

  /// Whether there is a run of that name or path, or a pretrained model.
  static func exists(_ name: String) -> Bool { (try? find(name)) != nil }

  /// The run of that name or path, or the pretrained model of that name; for nil the run that was
  /// started last, of those kinds if any are given.
  /// - Throws: `FileError` when there is none.
  static func find(_ name: String?, kinds: [String]? = nil) throws -> RunFolder {
    guard let name else {
      let fitting = RunSummary.all(in: root).first { summary in
        kinds.map { $0.contains(summary.kind ?? "") } ?? true
      }
      guard let fitting else {
        let kind = kinds?.first ?? "gan"
        let what = kinds.map { "run of the kind \($0.joined(separator: " or "))" } ?? "run"
        throw FileError(.missing, root, "there is no \(what) yet: gen train \(kind) makes one")
      }
      return fitting.run
    }
    if name.contains("/") || access("\(root)/\(name)", F_OK) != 0 && access(name, F_OK) == 0 {
      return try RunFolder(path: name)
    }
    if access("\(root)/\(name)", F_OK) != 0, let model = Pretrained.find(name) { return model }
    return try RunFolder(path: "\(root)/\(name)")
  }
}
