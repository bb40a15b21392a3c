import Files

extension RunFolder {
  private static var changeMark: String { "# after step " }

  /// What was changed each time that the run went on, in order: "after step 500 steps was 1000, is
  /// 2000". The recipe's file keeps it in comments at its end, so that the two are never apart.
  /// - Throws: `FileError` when the recipe cannot be read.
  public func changes() throws(FileError) -> [String] {
    let bytes = try InputFile(place / Name.recipe).readAll(limit: RecipeNode.maximumSize)
    return lines(of: String(decoding: bytes, as: UTF8.self))
      .filter { $0.hasPrefix(Self.changeMark) }.map { String($0.dropFirst(2)) }
  }

  /// Writes the recipe with which the run goes on after `step` steps, and what has changed, a phrase
  /// such as "steps was 1000, is 2000" for each thing.
  /// - Throws: `FileError`; the file is as it was then.
  public func rewriteRecipe(_ yaml: String, after step: Int, changes: [String]) throws {
    let lines = try self.changes().map { "# \($0)\n" }
    let new = changes.map { "\(Self.changeMark)\(step) \($0)\n" }
    try writeRecipe(yaml + (lines + new).joined())
  }
}

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
