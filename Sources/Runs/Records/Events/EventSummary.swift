import Files

/// What a TensorBoard event file tells, in short.
public struct EventSummary: Sendable {
  /// What is told under a tag.
  public struct Tag: Encodable, Sendable {
    /// The tag.
    public let name: String
    /// "scalar", "image", "text" or "other".
    public let kind: String
    /// How many there are.
    public fileprivate(set) var count: Int
    /// The step of the first.
    public let firstStep: Int
    /// The step of the last.
    public fileprivate(set) var lastStep: Int

    private enum CodingKeys: String, CodingKey {
      case name, kind, count
      case firstStep = "first_step"
      case lastStep = "last_step"
    }
  }

  /// The tags, in the order in which they first came.
  public private(set) var tags: [Tag] = []
  /// How many events there are, what is no value included.
  public let count: Int
  /// Whether it ends in a record that is cut or damaged.
  public let isDamaged: Bool
  /// When the first event was written, in seconds since 1970.
  public let firstTime: Double?
  /// When the last event was written.
  public let lastTime: Double?

  /// Reads a file.
  /// - Throws: `FileError` when it cannot be read, or is no event file.
  public init(path: String) throws(FileError) {
    let bytes = try InputFile(path).readAll(limit: EventLog.maximumSize)
    let (records, isDamaged) = EventRecords.read(bytes)
    guard case .version? = records.first?.event.content else {
      throw FileError(.badData, path, "is no event file of TensorBoard, or damaged at its start")
    }
    self.isDamaged = isDamaged
    count = records.count
    (firstTime, lastTime) = (records.first?.event.time, records.last?.event.time)
    var places: [String: Int] = [:]
    for event in records.lazy.map(\.event) {
      for (tag, value) in event.values {
        if let place = places[tag] {
          tags[place].count += 1
          tags[place].lastStep = event.step
        } else {
          places[tag] = tags.count
          tags.append(
            Tag(
              name: tag, kind: value.kind, count: 1, firstStep: event.step, lastStep: event.step))
        }
      }
    }
  }
}

extension LogEvent {
  /// What is told, by tags.
  fileprivate var values: [(tag: String, value: Value)] {
    switch content {
    case .value(let tag, let value): [(Measurement.currentName(of: tag), value)]
    case .values(let values): values.map { (Measurement.currentName(of: $0.tag), $0.value) }
    default: []
    }
  }
}

extension LogEvent.Value {
  fileprivate var kind: String {
    switch self {
    case .scalar: "scalar"
    case .image: "image"
    case .text: "text"
    case .other: "other"
    }
  }
}

extension RunFolder {
  /// The event files, in the order in which they were started.
  public var eventFiles: [String] {
    ((try? EventLog.files(in: place / Name.events)) ?? []).map { "\(eventsPath)/\($0)" }
  }

  /// How long the run has trained in seconds, as far as its event files tell; nil where there are none.
  public var trainingTime: Double? {
    let times = eventFiles.compactMap { path -> Double? in
      guard let summary = try? EventSummary(path: path), let first = summary.firstTime,
        let last = summary.lastTime
      else { return nil }
      return max(0, last - first)
    }
    return times.isEmpty ? nil : times.reduce(0, +)
  }
}
