import Files
import Runs

/// What is in a checkpoint.
public struct CheckpointInspection: Inspection {
  let kind = "checkpoint"
  let path: String
  let step: Int
  let metric: Metric?
  /// Its files; all have been read, and are as they were written.
  let files: [File]

  struct File: Encodable, Sendable {
    let name: String
    let bytes: Int
  }

  /// Reads and verifies all of it.
  /// - Throws: `FileError` that names what is damaged.
  public init(path: String) throws {
    let checkpoint = try Checkpoint(path: path)
    try checkpoint.verify()
    self.path = path
    (step, metric) = (checkpoint.step, checkpoint.metric)
    files = try checkpoint.fileNames.map { name throws(FileError) in
      File(name: name, bytes: try checkpoint.open(name).size)
    }
  }

  /// Its step, measurement and files.
  public func text(_ style: TerminalStyle) -> String {
    var lines = ["\(oneLine(path)): after \(step) steps"]
    if let metric { lines.append("\(oneLine(metric.name)): \(metric.value)") }
    lines.append(
      table(
        [["FILE", "SIZE", ""]] + files.map { [$0.name, size($0.bytes), "sound"] }, numbers: [1]))
    return lines.joined(separator: "\n")
  }
}
