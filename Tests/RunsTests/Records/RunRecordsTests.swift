import Foundation
import Images
import TestSupport
import Testing

@testable import Files
@testable import Runs

struct RunRecordsTests {
  let folder: TemporaryFolder

  init() throws { folder = TemporaryFolder(inMemory: true) }

  private func makeRun(_ files: any FileOperations = SystemFiles()) throws -> RunFolder {
    let run = try RunFolder.create(
      in: folder("runs"), recipe: "counter", name: "r", operations: files)
    try run.writeRecipe("kind: counter\n")
    return run
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try bytes(of: path), as: UTF8.self)
  }

  @Test func theTableSaysWhatTheLogSays() throws {
    let run = try makeRun()
    let records = try RunRecords(run, after: 0) { Issue.record("\($0)") }
    #expect(try text(run.tablePath) == "step\n")
    try records.add(step: 1, [Measurement("loss", label: "loss", 0.5), Measurement("rate", 1e-5)])
    try records.add(step: 2, [Measurement("loss", .infinity), Measurement("a,\"b\"", -1)])
    try records.add(step: 3, [Measurement("rate", .nan)])
    let table = "step,loss,rate,\"a,\"\"b\"\"\"\n1,0.5,1e-05,\n2,inf,,-1.0\n3,,nan,\n"
    #expect(try text(run.tablePath) == table)
    #expect(try MetricsTable.content(ofLogAt: Place(run.metricsPath)).bytes == Array(table.utf8))

    // After a resume from step 1, a column that came later is gone with its row.
    let resumed = try RunRecords(run, after: 1) { Issue.record("\($0)") }
    #expect(try text(run.tablePath) == "step,loss,rate\n1,0.5,1e-05\n")
    try resumed.add(step: 2, [Measurement("loss", 0.25)])
    #expect(try text(run.tablePath) == "step,loss,rate\n1,0.5,1e-05\n2,0.25,\n")
  }

  @Test func timingsGoOnAfterAResume() throws {
    let run = try makeRun()
    let records = try RunRecords(run, after: 0) { Issue.record("\($0)") }
    try records.addTiming(step: 1, seconds: 2, itemsPerSecond: 8)
    try records.addTiming(step: 2, seconds: 3.5, itemsPerSecond: 16)
    // What was done after the checkpoint is done again, in a process of its own.
    let resumed = try RunRecords(run, after: 1) { Issue.record("\($0)") }
    try resumed.addTiming(step: 2, seconds: 1, itemsPerSecond: 32)
    #expect(
      try text("\(run.path)/timings.jsonl") == """
        {"step":1,"seconds":2.0,"items_per_second":8.0}
        {"step":2,"seconds":3.0,"items_per_second":32.0}

        """)
    #expect(try text(run.metricsPath) == "")
  }

  @Test func samplesOfLaterStepsGo() throws {
    let run = try makeRun()
    let records = try RunRecords(run, after: 0) { Issue.record("\($0)") }
    let image = Image(width: 1, height: 1, channels: 1, value: 7)
    for step in [0, 5, 10] { try records.add(step: step, image, text: []) }
    try records.add(step: 12, "text\n")
    #expect(run.samples.map(\.step) == [0, 5, 10, 12])
    _ = try RunRecords(run, after: 5) { Issue.record("\($0)") }
    #expect(run.samples.map(\.step) == [0, 5])
    let file = try #require(EventLog.files(in: Place(run.eventsPath)).first)
    let events = EventRecords.read(try bytes(of: "\(run.eventsPath)/\(file)")).records.map(\.event)
    #expect(events.map(\.step) == [0, 0, 0, 5])
    let png = try bytes(of: run.samplePath(step: 5, suffix: "png"))
    #expect(
      events[3].content
        == .value(tag: "samples", .image(width: 1, height: 1, channels: 1, png: png)))
  }

  @Test func aFullDiskEndsNothing() throws {
    let files = TornFiles()
    let run = try makeRun(files)
    var said: [String] = []
    let records = try RunRecords(run, after: 0) { said.append($0.description) }
    try records.add(step: 1, [Measurement("loss", 1)])
    #expect(said.isEmpty)
    files.fails.withLock { $0 = true }
    for step in 2...3 { try records.add(step: step, [Measurement("loss", Double(step))]) }
    try records.add(step: 3, "text")
    #expect(throws: FileError.self) { try records.sync() }
    // Each record that fails is named once.
    #expect(said.count == 3 && said.allSatisfy { $0.contains("the disk is full") }, "\(said)")
    files.fails.withLock { $0 = false }
    try records.add(step: 4, [Measurement("loss", 4)])
    try records.sync()
    #expect(said.count == 5, "\(said)")
    #expect(try MetricsLog.records(path: run.metricsPath).map(\.step) == [1, 2, 3, 4])
    #expect(try text(run.tablePath) == "step,loss\n1,1.0\n2,2.0\n3,3.0\n4,4.0\n")
  }
}
