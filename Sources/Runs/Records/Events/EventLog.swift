import CLibrary
import Files

/// The TensorBoard event files of a run: a folder with a file for each time that it was started.
final class EventLog {
  private let folder: Place
  private let operations: any FileOperations
  private let now: () -> Double
  private var file: GrowingFile?
  private let startStep: Int

  static let maximumSize = 4 << 30

  /// Whether nothing was logged before.
  private(set) var isNew = true

  /// The log of a run that goes on after `step` steps, 0 for a new one: what earlier files say of later
  /// steps is taken out of them. A start that readers know as one says the same, should that fail.
  init(
    _ folder: Place, after step: Int, _ operations: any FileOperations,
    now: @escaping () -> Double = { Double(Timestamp.now.milliseconds) / 1000 }
  ) {
    (self.folder, self.operations, self.now) = (folder, operations, now)
    // Before the first checkpoint, the training begins anew, with all of its records.
    startStep = step == 0 ? 0 : step + 1
  }

  /// Adds an event to the file of this start, which is made with the first.
  /// - Throws: `FileError`; the event is kept, and written with the next one that can be.
  func append(step: Int, tag: String, _ value: LogEvent.Value) throws {
    try append(step: step, [(tag, value)])
  }

  /// Adds several in one write.
  /// - Throws: `FileError`, as for one.
  func append(step: Int, _ values: [(tag: String, value: LogEvent.Value)]) throws {
    let time = now()
    let file = try file ?? started()
    self.file = file
    try file.append(
      values.flatMap { tag, value in
        EventRecords.framed(LogEvent(time: time, step: step, .value(tag: tag, value)))
      })
  }

  /// Brings the events to the disk.
  /// - Throws: `FileError`.
  func sync() throws { try file?.sync() }

  /// Forgets what earlier files say of steps that will be done again, and opens the file of this start.
  /// - Throws: `FileError`.
  func open() throws { file = try file ?? started() }

  private func started() throws -> GrowingFile {
    try operations.createFolders(folder)
    let earlier = try Self.files(in: folder)
    for name in earlier { try cut(folder / name) }
    let remaining = try Self.files(in: folder)
    isNew = remaining.isEmpty
    let time = now()
    // Readers take the files in the order of their names, whatever the clock says.
    let second = max(Int(time), (remaining.compactMap(Self.second).max() ?? 0) + 1)
    let name =
      "events.out.tfevents.\(padded(second, 10)).\(Self.hostName).\(getpid()).0"
    let file = try GrowingFile(folder / name, operations)
    var records = EventRecords.framed(
      LogEvent(time: time, step: 0, .version(LogEvent.fileVersion)))
    if !isNew { records += EventRecords.framed(LogEvent(time: time, step: startStep, .start)) }
    try file.append(records)
    return file
  }

  /// The machine's own name for itself.
  private static var hostName: String {
    var bytes = [CChar](repeating: 0, count: 256)
    guard gethostname(&bytes, bytes.count - 1) == 0, bytes[0] != 0 else { return "localhost" }
    return String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      .replacing("/", with: "-")
  }

  /// Takes what is later out of a file, and what a kill has torn; a file with nothing left goes.
  private func cut(_ place: Place) throws {
    let bytes = try InputFile(place).readAll(limit: Self.maximumSize)
    let (records, isDamaged) = EventRecords.read(bytes)
    let kept = records.filter { $0.event.step < startStep }
    let hasValues = kept.contains {
      switch $0.event.content {
      case .value, .values: true
      default: false
      }
    }
    guard hasValues else { return try operations.remove(place) }
    if isDamaged || kept.count < records.count {
      try operations.atomicWrite(place, kept.flatMap(\.bytes))
    }
  }

  /// The names of the event files in a folder, in the order in which they were started.
  static func files(in folder: Place) throws(FileError) -> [String] {
    try folder.contents().filter {
      $0.hasPrefix("events.out.tfevents.") && !$0.hasSuffix(".tmp")
    }
  }

  /// The second in which a file of that name was started; nil for a name with more than ten digits.
  private static func second(_ name: String) -> Int? {
    let parts = name.split(separator: ".")
    return parts.count > 3 && parts[3].count <= 10 ? Int(parts[3]) : nil
  }
}
