import Files
import Images

/// What a run keeps of its course: `metrics.jsonl`, the same as `metrics.csv`, how long it took, `timings.jsonl`,
/// TensorBoard's event files, and the samples.
///
/// A record that cannot be written does not end the training. It is said once, kept, and written as soon
/// as that works again; `sync` fails as long as the log of the metrics does not. A run that is lost does
/// end it, and so does the loss of the log of the metrics.
public final class RunRecords {
  private let run: RunFolder
  private let log: MetricsLog
  private let table: MetricsTable
  private let events: EventLog
  /// Apart from the metrics, which are the same each time that a training is done.
  private var timings: MetricsLog?
  /// How many seconds the training had taken before, by the last of the timings.
  private var secondsBefore = 0.0
  private let say: (Message) -> Void
  /// The records that cannot be written now.
  private var broken: Set<Part> = []

  private enum Part: String {
    case metrics = "metrics.jsonl"
    case table = "metrics.csv"
    case timings = "timings.jsonl"
    case events = "tensorboard"
    case samples = "samples"
  }

  /// The tag of the samples in TensorBoard.
  static let samplesTag = "samples"

  /// The records of a run that goes on after `step` steps, 0 for a new one: what they say of later steps
  /// is taken out.
  /// - Parameter say: Says something to who looks on.
  /// - Throws: `FileError` when the log of the metrics cannot be opened.
  public init(_ run: RunFolder, after step: Int, say: @escaping (Message) -> Void) throws {
    (self.run, self.say) = (run, say)
    let place = run.writable
    let logPlace = place / RunFolder.Name.metrics
    log = try MetricsLog(logPlace, after: step, operations: run.operations)
    table = MetricsTable(place / RunFolder.Name.table, log: logPlace, run.operations)
    events = EventLog(place / RunFolder.Name.events, after: step, run.operations)
    try attempt(.table) { try table.rebuild() }
    try attempt(.timings) {
      let place = place / RunFolder.Name.timings
      let timings = try MetricsLog(place, after: step, operations: run.operations)
      try MetricsLog.forEachRecord(place) { secondsBefore = $0.values["seconds"] ?? secondsBefore }
      self.timings = timings
    }
    try attempt(.events) {
      try events.open()
      if events.isNew { try writeOrigin() }
    }
    try attempt(.samples) { try run.removeSamples(after: step) }
  }

  /// Tells TensorBoard what is trained.
  private func writeOrigin() throws {
    for (tag, name) in [("recipe", RunFolder.Name.recipe), ("command", RunFolder.Name.command)] {
      let place = run.place / name
      guard place.kind() != nil else { continue }
      let text = String(decoding: try InputFile(place).readAll(limit: 1 << 20), as: UTF8.self)
      try events.append(step: 0, tag: "\(tag)/text_summary", .text(Self.verbatim(text)))
    }
  }

  /// Adds what was measured at a step.
  /// - Throws: `FileError`, lost.
  public func add(step: Int, _ measurements: [Measurement]) throws {
    let record = MetricsRecord(step: step, measurements.map { ($0.name, $0.value) })
    if try attempt(.metrics, { try log.append(record) }) {
      try attempt(.table) { try table.append(record) }
    } else {
      table.close()
    }
    try attempt(.events) {
      try events.append(step: step, measurements.map { ($0.name, .scalar(Float($0.value))) })
    }
  }

  /// Adds how long this process had trained at a step, and how many items a second it has learned from since the
  /// timing before.
  /// - Throws: `FileError`, lost.
  public func addTiming(step: Int, seconds: Double, itemsPerSecond: Double) throws {
    let rate = (key: "items_per_second", value: itemsPerSecond)
    try attempt(.timings) {
      try timings?.append(
        MetricsRecord(step: step, [(key: "seconds", value: secondsBefore + seconds), rate]))
    }
    try attempt(.events) {
      try events.append(step: step, [(rate.key, .scalar(Float(rate.value)))])
    }
  }

  /// Adds the image of the preview after `step` steps; `text` goes into its file.
  /// - Throws: `ImageError` when that is no text for a PNG; `FileError`, lost.
  public func add(step: Int, _ image: Image, text: [(key: String, value: String)]) throws {
    let png = try image.pngData(text: text)
    try attempt(.samples) { try run.writeSample(step: step, suffix: "png", png) }
    try attempt(.events) {
      try events.append(
        step: step, tag: Self.samplesTag,
        .image(width: image.width, height: image.height, channels: image.channels, png: png))
    }
  }

  /// Adds a text that was written after `step` steps.
  /// - Throws: `FileError`, lost.
  public func add(step: Int, _ text: String) throws {
    try attempt(.samples) {
      try run.writeSample(step: step, suffix: "txt", Array(text.utf8))
    }
    try attempt(.events) {
      try events.append(
        step: step, tag: "\(Self.samplesTag)/text_summary", .text(Self.verbatim(text)))
    }
  }

  /// Brings what was added to the disk, as before a checkpoint, so that nothing is missing after a resume.
  /// - Throws: `FileError` when the log of the metrics lacks something, or the run is lost.
  public func sync() throws {
    try log.sync()
    if !broken.contains(.timings) { try attempt(.timings) { try timings?.sync() } }
    // What could not be written is not there to be brought to the disk.
    if !broken.contains(.events) { try attempt(.events) { try events.sync() } }
  }

  /// Text that Markdown shows as it is.
  private static func verbatim(_ text: String) -> String {
    let all = lines(of: text) + (endsLine(text) ? [""] : [])
    return all.map { "    \($0)" }.joined(separator: "\n")
  }

  /// Does something that may fail, and says so the first time.
  /// - Returns: Whether it worked.
  /// - Throws: `FileError`, lost.
  @discardableResult
  private func attempt(_ part: Part, _ body: () throws -> Void) throws -> Bool {
    do {
      try body()
      if broken.remove(part) != nil { say("\(path(of: part)): can be written again") }
      return true
    } catch {
      try run.check()
      if part == .metrics, (error as? FileError)?.kind == .lost { throw error }
      if broken.insert(part).inserted { say("the training continues, but \(error)") }
      return false
    }
  }

  private func path(of part: Part) -> String { (run.place / part.rawValue).path }
}
