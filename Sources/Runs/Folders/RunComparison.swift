import Files

/// Whether two runs have come to the same end: the files of their newest checkpoints byte by byte, and
/// what they logged, but for what a clock has measured.
public struct RunComparison: Sendable {
  /// What both runs should have.
  public struct Item: Encodable, Sendable {
    /// A file's name.
    public let file: String
    /// The CRC-32C of the first run's; nil where it has none.
    public let first: String?
    /// The CRC-32C of the second run's; nil where it has none.
    public let second: String?
    /// Whether both have it, with the same bytes.
    public let same: Bool
  }

  /// The model, its average, the optimizer and so on, and last the metrics.
  public private(set) var items: [Item]

  /// Whether all is the same.
  public var isSame: Bool { items.allSatisfy(\.same) }

  /// Compares two runs.
  /// - Throws: `FileError` when one has no checkpoint that verifies, or cannot be read.
  public init(_ first: RunFolder, _ second: RunFolder) throws {
    let (a, b) = (try first.newestVerified(), try second.newestVerified())
    func file(_ name: String, of checkpoint: Checkpoint) throws -> InputFile? {
      checkpoint.fileNames.contains(name) ? try checkpoint.open(name) : nil
    }
    items = try Set(a.fileNames + b.fileNames).sorted().map { name in
      let (first, second) = (try file(name, of: a), try file(name, of: b))
      var isSame = false
      if a.step == b.step, let first, let second { isSame = try first.hasSameBytes(as: second) }
      return Item(
        file: name, first: try first?.digest().crc32c, second: try second?.digest().crc32c,
        same: isSame)
    }
    let logs = try [first, second].map { try MetricsLog.timelessLines(path: $0.metricsPath) }
    let checksums = logs.map { CRC32C(of: $0.utf8).hexadecimal }
    items.append(
      Item(
        file: lastComponent(of: first.metricsPath), first: checksums[0], second: checksums[1],
        same: logs[0] == logs[1]))
  }
}

extension MetricsLog {
  /// The lines of a log without what a clock has measured, names in order.
  /// - Throws: `FileError` when it is missing or cannot be read.
  static func timelessLines(path: String) throws(FileError) -> String {
    try records(path: path).map { record in
      let values = record.values.filter { !MetricsRecord.isTime($0.key) }
      return "\(record.step)"
        + values.sorted { $0.key < $1.key }.map { " \($0.key) \($0.value)" }.joined()
        + "\n"
    }.joined()
  }
}

extension MetricsRecord {
  /// Whether a measurement of that name comes from a clock, and so differs from run to run.
  public static func isTime(_ name: String) -> Bool {
    name == "time" || name.hasSuffix("seconds") || name.hasSuffix("per_second")
  }
}

extension InputFile {
  /// Whether another file has the same bytes.
  /// - Throws: `FileError` when reading fails.
  func hasSameBytes(as other: InputFile) throws(FileError) -> Bool {
    guard size == other.size else { return false }
    for offset in stride(from: 0, to: size, by: 1 << 20) {
      let count = min(1 << 20, size - offset)
      guard try read(at: offset, count: count) == other.read(at: offset, count: count) else {
        return false
      }
    }
    return true
  }
}
