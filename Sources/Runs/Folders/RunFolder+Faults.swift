import Files

extension RunFolder {
  /// The name of the report of a training that failed.
  package static var faultReportName: String { "fault.txt" }

  private var faultReport: Place { place / Self.faultReportName }

  /// Why the training failed, the first line of its report: "the training diverged: after step 12
  /// the loss is nan"; nil where it was not.
  public var failureReason: String? {
    guard faultReport.kind() == .file,
      let bytes = try? InputFile(faultReport).readAll(limit: 1 << 20)
    else { return nil }
    return String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)
  }

  /// Removes the report of a training that goes on after all.
  /// - Throws: `FileError`.
  public func removeFaultReport() throws(FileError) {
    if faultReport.kind() != nil { try operations.remove(writable / Self.faultReportName) }
  }

  /// Where what went wrong is kept.
  package var faults: CheckpointStore { CheckpointStore(place / "faults", operations: operations) }
}
