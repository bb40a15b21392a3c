import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Runs

struct EventLogTests {
  let folder: TemporaryFolder

  init() throws { folder = TemporaryFolder(inMemory: true) }

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

  /// As TensorFlow 2 writes them: a number of any type, in its bytes or in a list.
  @Test func scalarsInTensors() throws {
    func event(_ type: Int, _ fill: @escaping (inout ProtobufWriter) -> Void) -> LogEvent? {
      var event = ProtobufWriter()
      event.integer(2, 9)
      event.message(5) { summary in
        summary.message(1) { value in
          value.text(1, "loss")
          value.message(8) { tensor in
            tensor.integer(1, type)
            fill(&tensor)
          }
          value.message(9) { $0.message(1) { $0.text(1, "scalars") } }
        }
      }
      return LogEvent(decoding: event.bytes[...])
    }
    func bytes<Number>(_ number: Number) -> [UInt8] { withUnsafeBytes(of: number, Array.init) }
    func scalar(_ value: Float) -> LogEvent.Content { .value(tag: "loss", .scalar(value)) }
    let negative = bytes(UInt64(bitPattern: -3))
    for (type, content, field, list, expected) in [
      (1, bytes(Float(0.75)), 5, bytes(Float(0.75)), Float(0.75)),
      (2, bytes(0.75), 6, bytes(0.75), 0.75), (19, bytes(UInt16(0x3a00)), 13, [0x80, 0x74], 0.75),
      (14, bytes(UInt16(0x3f40)), 13, [0xc0, 0x7e], 0.75), (3, bytes(Int32(-3)), 7, nil, -3),
      (9, negative, 10, [0xfd] + [UInt8](repeating: 0xff, count: 8) + [1], -3),
      (10, [1], 11, [1], 1), (23, bytes(UInt64(300)), 17, [0xac, 2], 300),
      (4, [255], 7, [0xff, 1], 255),
    ] as [(Int, [UInt8], Int, [UInt8]?, Float)] {
      #expect(event(type) { $0.data(4, content) }?.content == scalar(expected), "\(type)")
      #expect(
        event(type) {
          $0.message(2) { _ in }; $0.data(4, content)
        }?.content == scalar(expected))
      if let list {
        #expect(event(type) { $0.data(field, list) }?.content == scalar(expected), "\(type)")
      }
      #expect(event(type) { _ in }?.content == scalar(0))
    }
    #expect(event(1) { $0.float(5, 2.5) }?.content == scalar(2.5))
    #expect(event(3) { $0.integer(7, -3) }?.content == scalar(-3))
    // A list of numbers is none, and neither are bytes of another length.
    let vector = event(1) { tensor in
      tensor.message(2) { $0.message(2) { $0.integer(1, 1) } }
      tensor.float(5, 1)
    }
    #expect(vector?.content == .value(tag: "loss", .other))
    #expect(event(1) { $0.data(4, [1, 2]) }?.content == .value(tag: "loss", .other))
    let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 1]
    let image = event(7) { tensor in
      tensor.message(2) { $0.message(2) { $0.integer(1, 3) } }
      for text in [Array("20".utf8), Array("10".utf8), png] { tensor.data(8, text) }
    }
    #expect(
      image?.content
        == .value(tag: "loss", .image(width: 20, height: 10, channels: 0, png: png)))
  }

  @Test func severalValuesInAnEvent() throws {
    let values = ["a", "b", "a"].map { LogEvent.Tagged(tag: $0, value: .scalar(1)) }
    let events = [
      LogEvent(time: 1, step: 0, .version(LogEvent.fileVersion)),
      LogEvent(time: 2, step: 5, .values(values)),
    ]
    #expect(EventRecords.read(events.flatMap(EventRecords.framed)).records.map(\.event) == events)
    try put(events.flatMap(EventRecords.framed), at: folder("events"))
    let tags = try EventSummary(path: folder("events")).tags
    #expect(tags.map(\.name) == ["a", "b"] && tags.map(\.count) == [2, 1])
    #expect(tags.allSatisfy { $0.kind == "scalar" && $0.firstStep == 5 })
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
