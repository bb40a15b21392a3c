import TestSupport
import Testing

@testable import Files
@testable import Runs

struct MetricsLogTests {
  let folder: TemporaryFolder

  init() throws { folder = TemporaryFolder(inMemory: true) }

  /// Without its name on the disk, a log that was synced would be gone after a crash.
  @Test func theNameOfANewLogIsBroughtToTheDisk() throws {
    let files = ScriptedFiles()
    let log = try MetricsLog(Place(folder("metrics.jsonl")), after: 0, operations: files)
    try log.append(MetricsRecord(step: 1, [("loss", 1)]))
    try log.sync()
    let folders = files.operations.filter { if case .syncFolder = $0 { true } else { false } }
    #expect(folders.count == 1)
  }

  @Test func linesAndRecords() throws {
    let path = folder("metrics.jsonl")
    let log = try MetricsLog(Place(path), after: 0)
    try log.append(
      MetricsRecord(step: 1, ["loss": 0.1, "D(\"real\")": -.infinity] as KeyValuePairs))
    try log.append(MetricsRecord(step: 2, ["loss": .nan, "rate": 1e-5] as KeyValuePairs))
    try log.sync()
    let text = String(decoding: try bytes(of: path), as: UTF8.self)
    #expect(
      text == """
        {"step":1,"loss":0.1,"D(\\"real\\")":"-inf"}
        {"step":2,"loss":"nan","rate":1e-05}

        """)
    let records = try MetricsLog.records(path: path)
    #expect(records.map(\.step) == [1, 2])
    #expect(records[0].names == ["loss", "D(\"real\")"])
    #expect(records[0].values == ["loss": 0.1, "D(\"real\")": -.infinity])
    #expect(records[1].values["loss"]?.isNaN == true)
  }

  /// Patience, the best checkpoint and the curves of a run go on where a measurement has been renamed.
  @Test func formerNamesOfMeasurements() throws {
    let path = folder("metrics.jsonl")
    try put("{\"step\":1,\"loss_held_out\":2}\n{\"step\":2,\"validation_loss\":1}\n".utf8, at: path)
    let records = try MetricsLog.records(path: path)
    #expect(records.map { $0.values["validation_loss"] } == [2, 1])
    let table = try MetricsTable.content(ofLogAt: Place(path)).bytes
    #expect(String(decoding: table, as: UTF8.self) == "step,validation_loss\n1,2.0\n2,1.0\n")
    let text = #"{"name": "loss_held_out", "value": 2}"#
    let metric = try JSONNode(Array(text.utf8), path: "state.json").decoded(as: Metric.self)
    #expect(metric == Metric("validation_loss", 2))
  }

  @Test func aResumeForgetsWhatCameLater() throws {
    let path = folder("metrics.jsonl")
    let lines = (1...6).map { "{\"step\":\($0),\"loss\":\(1.0 / Double($0))}\n" }
    // A kill has cut the last line, and the fourth was logged twice.
    let torn = lines[0...3].joined() + lines[3] + lines[5].dropLast(4)
    try put(torn.utf8, at: path)
    let log = try MetricsLog(Place(path), after: 3)
    try log.append(MetricsRecord(step: 4, ["loss": 0.25]))
    #expect(try bytes(of: path) == Array(lines[0...3].joined().utf8))
    // A line that lacks only its end is whole.
    try put(lines[0...3].joined().utf8.dropLast(), at: path)
    _ = try MetricsLog(Place(path), after: 4)
    #expect(try bytes(of: path) == Array(lines[0...3].joined().utf8))
    // Nothing to forget, nothing rewritten.
    let files = ScriptedFiles()
    _ = try MetricsLog(Place(path), after: 4, operations: files)
    #expect(files.operations == [.openToAppend(path, file: 1)])
  }

  /// A log longer than what is read at a time, with lines across the seams, and some that are none.
  @Test func aLongLog() throws {
    let path = folder("metrics.jsonl")
    let lines = (1...60_000).map { step in
      step % 20_000 == 7 ? "no record\n" : "{\"step\":\(step),\"loss\":\(Double(step) / 7)}\n"
    }
    try put(lines.joined().utf8, at: path)
    let file = try InputFile(path)
    #expect(file.size > 1 << 20)
    var (read, places) = ([[UInt8]](), [Range<Int>]())
    try file.forEachLine(limit: 1 << 30) {
      read.append(Array($0))
      places.append($1)
    }
    #expect(read == lines.map { Array($0.utf8.dropLast()) })
    #expect(places.first?.lowerBound == 0 && places.last?.upperBound == file.size)
    #expect(zip(places, places.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })

    let kept = lines[..<50_000].filter { $0.hasPrefix("{") }
    _ = try MetricsLog(Place(path), after: 50_000)
    #expect(try bytes(of: path) == Array(kept.joined().utf8))
    #expect(try MetricsLog.records(path: path).count == kept.count)
  }
}
