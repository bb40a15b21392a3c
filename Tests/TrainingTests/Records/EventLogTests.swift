import Foundation
import Testing

@testable import Training

struct EventLogTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What Tests/Parity/tensorboard/make.py writes with TensorBoard's own code.
  private static let events: [LogEvent] = {
    let png = (0...255).map { UInt8($0) }
    let contents: [(Int, LogEvent.Content)] = [
      (0, .version("brain.Event:2")), (501, .start), (550, .value(tag: "loss", .scalar(0.7))),
      (550, .value(tag: "samples", .image(width: 300, height: 2, channels: 3, png: png))),
      (1 << 40, .value(tag: "samples/text_summary", .text("to be, é"))),
    ]
    return contents.map { LogEvent(time: 1_700_000_000.25, step: $0.0, $0.1) }
  }()

  @Test func theBytesAreTensorBoards() throws {
    let fixture = URL(fileURLWithPath: #filePath).appendingPathComponent(
      "../../../Parity/tensorboard/events"
    ).standardized.path
    let theirs = try bytes(of: fixture)
    #expect(Self.events.flatMap(EventRecords.framed) == theirs)
    let (records, isDamaged) = EventRecords.read(theirs)
    #expect(records.map(\.event) == Self.events && !isDamaged)
  }

  @Test func damageIsNoticed() throws {
    let whole = Self.events.flatMap(EventRecords.framed)
    let ends = EventRecords.read(whole).records.map(\.bytes.endIndex)
    for length in 0..<whole.count {
      let (records, isDamaged) = EventRecords.read(Array(whole.prefix(length)))
      #expect(records.count == ends.count { $0 <= length })
      #expect(isDamaged == (length > 0 && !ends.contains(length)))
    }
    for place in 0..<whole.count {
      var flipped = whole
      flipped[place] ^= 1 << UInt8(place % 8)
      let (records, isDamaged) = EventRecords.read(flipped)
      #expect(isDamaged && records.count == ends.count { $0 <= place })
    }
  }

  /// All values that a reader finds, file by file.
  private func told() throws -> [String] {
    try EventLog.files(in: Place(folder("t"))).flatMap { name in
      let (records, isDamaged) = EventRecords.read(try bytes(of: folder("t/\(name)")))
      #expect(!isDamaged && records.first?.event.content == .version("brain.Event:2"))
      return records.dropFirst().map { record in
        switch record.event.content {
        case .start: "start \(record.event.step)"
        case .value(let tag, .scalar(let number)): "\(tag) \(record.event.step) \(number)"
        default: "?"
        }
      }
    }
  }

  private func log(after step: Int, _ steps: [Int], _ files: any FileOperations = SystemFiles())
    throws
  {
    let log = EventLog(Place(folder("t")), after: step, files, now: { 5 })
    try log.open()
    for step in steps { try log.append(step: step, tag: "loss", .scalar(Float(step))) }
  }

  @Test func aResumeForgetsWhatCameLater() throws {
    try log(after: 0, [1, 2, 3, 4])
    let first = try #require(EventLog.files(in: Place(folder("t"))).first)
    #expect(first.hasPrefix("events.out.tfevents.0000000005."))
    // A kill has cut the last record.
    let cut = try bytes(of: folder("t/\(first)")).dropLast(3)
    try put(cut, at: folder("t/\(first)"))
    try log(after: 2, [3])
    // The clock stands still, but the second file comes after the first.
    #expect(try told() == ["loss 1 1.0", "loss 2 2.0", "start 3", "loss 3 3.0"])
    try log(after: 2, [3, 4])
    #expect(try told() == ["loss 1 1.0", "loss 2 2.0", "start 3", "loss 3 3.0", "loss 4 4.0"])
    #expect(try EventLog.files(in: Place(folder("t"))).count == 2)
    // Before the first checkpoint, all is done again.
    try log(after: 0, [1])
    #expect(try told() == ["loss 1 1.0"])
  }

  @Test func aTornWriteIsMadeGood() throws {
    let torn = TornFiles()
    let log = EventLog(Place(folder("t")), after: 0, torn)
    try log.open()
    try log.append(step: 1, tag: "loss", .scalar(1))
    torn.fails.withLock { $0 = true }
    for step in 2...3 {
      #expect(throws: FileError.self) { try log.append(step: step, tag: "loss", .scalar(2)) }
    }
    torn.fails.withLock { $0 = false }
    try log.append(step: 4, tag: "loss", .scalar(4))
    try log.sync()
    #expect(try told() == ["loss 1 1.0", "loss 2 2.0", "loss 3 2.0", "loss 4 4.0"])
  }
}
