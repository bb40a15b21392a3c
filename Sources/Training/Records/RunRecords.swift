import Images

/// What a run keeps of its course: `metrics.jsonl`, the same as `metrics.csv`, TensorBoard's event
/// files, and the samples.
///
/// A record that cannot be written does not end the training. It is said once, kept, and written as soon
/// as that works again; `sync` fails as long as the log of the metrics does not.
public final class RunRecords {
  private let run: RunFolder
  private let log: MetricsLog
  private let table: MetricsTable
  private let events: EventLog
  private let say: (String) -> Void
  /// The records that cannot be written now.
  private var broken: Set<String> = []

  /// The tag of the samples in TensorBoard.
  static let samplesTag = "samples"

  /// The records of a run that goes on after `step` steps, 0 for a new one: what they say of later steps
  /// is taken out.
  /// - Parameter say: Says something to who looks on.
  /// - Throws: `FileError` when the log of the metrics cannot be opened.
  public init(_ run: RunFolder, after step: Int, say: @escaping (String) -> Void) throws {
    (self.run, self.say) = (run, say)
    log = try MetricsLog(path: run.metricsPath, after: step, operations: run.operations)
    table = MetricsTable(path: run.tablePath, log: run.metricsPath, run.operations)
    events = EventLog(run.eventsPath, after: step, run.operations)
    attempt(run.tablePath) { try table.rebuild() }
    attempt(run.eventsPath) {
      try events.open()
      if events.isNew { try writeOrigin() }
    }
    attempt(run.samplesPath) { try run.removeSamples(after: step) }
  }

  /// Tells TensorBoard what is trained.
  private func writeOrigin() throws {
    for (tag, path) in [("recipe", run.recipePath), ("command", run.commandPath)] {
      guard fileKind(path) != nil else { continue }
      let text = String(decoding: try InputFile(path).readAll(limit: 1 << 20), as: UTF8.self)
      try events.append(step: 0, tag: "\(tag)/text_summary", .text(Self.verbatim(text)))
    }
  }

  /// Adds what was measured at a step.
  public func add(step: Int, _ measurements: [Measurement]) {
    let record = MetricsRecord(step: step, measurements.map { ($0.name, $0.value) })
    if attempt(run.metricsPath, { try log.append(record) }) {
      attempt(run.tablePath) { try table.append(record) }
    } else {
      table.close()
    }
    attempt(run.eventsPath) {
      try events.append(step: step, measurements.map { ($0.name, .scalar(Float($0.value))) })
    }
  }

  /// Adds a picture that was drawn after `step` steps; `text` goes into its file.
  /// - Throws: `ImageError` when that is no text for a PNG.
  public func add(step: Int, _ image: Image, text: [(key: String, value: String)]) throws {
    let png = try image.pngData(text: text)
    attempt(run.samplesPath) { try run.writeSample(step: step, suffix: "png", png) }
    attempt(run.eventsPath) {
      try events.append(
        step: step, tag: Self.samplesTag,
        .image(width: image.width, height: image.height, channels: image.channels, png: png))
    }
  }

  /// Adds a text that was written after `step` steps.
  public func add(step: Int, _ text: String) {
    attempt(run.samplesPath) {
      try run.writeSample(step: step, suffix: "txt", Array(text.utf8))
    }
    attempt(run.eventsPath) {
      try events.append(
        step: step, tag: "\(Self.samplesTag)/text_summary", .text(Self.verbatim(text)))
    }
  }

  /// Brings what was added to the disk, as before a checkpoint, so that nothing is missing after a resume.
  /// - Throws: `FileError` when the log of the metrics lacks something.
  public func sync() throws {
    try log.sync()
    attempt(run.eventsPath) { try events.sync() }
  }

  /// Text that Markdown shows as it is.
  private static func verbatim(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
      .joined(separator: "\n")
  }

  /// Does something that may fail, and says so the first time.
  /// - Returns: Whether it worked.
  @discardableResult
  private func attempt(_ record: String, _ body: () throws -> Void) -> Bool {
    do {
      try body()
      if broken.remove(record) != nil { say("\(record): can be written again") }
      return true
    } catch {
      if broken.insert(record).inserted { say("the training goes on, but \(error)") }
      return false
    }
  }
}
