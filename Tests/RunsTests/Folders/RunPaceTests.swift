import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Runs

/// How fast a training has been lately, by what its run says.
struct RunPaceTests {
  let folder = TemporaryFolder(inMemory: true)

  @Test func thePaceIsThatOfTheLatestTimings() throws {
    let run = try RunFolder.create(in: folder("runs"), recipe: "gan")
    #expect(run.pace == nil)
    func write(_ lines: [String]) throws {
      let file = URL(fileURLWithPath: "\(run.path)/timings.jsonl")
      try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: file)
    }
    func line(_ step: Int, _ seconds: Double) -> String {
      "{\"step\":\(step),\"seconds\":\(seconds),\"items_per_second\":\(step)}"
    }
    try write([line(10, 5)])
    #expect(run.pace == RunFolder.Pace(step: 10, itemsPerSecond: 10, secondsPerStep: 0.5))
    try write((1...30).map { line($0 * 10, Double($0 < 11 ? 0 : $0 - 11) * 10) } + ["{\"st"])
    #expect(run.pace == RunFolder.Pace(step: 300, itemsPerSecond: 300, secondsPerStep: 1))
  }
}
