import Foundation
import Testing

/// What is said of trainings that go on.
struct StatusTests {
  let gen = Program()

  @Test func nothingTrains() throws {
    for words in [["status"], ["status", "--json"], ["status", "--runs", "."]] {
      let result = try gen.start(words).wait()
      #expect(result.status == 0 && result.output.isEmpty)
      #expect(result.messages.contains("nothing trains in ") == !words.contains("--json"))
    }
    #expect(try gen("status", "--runs", "nowhere").status == 66)
    #expect(try gen("status", "--runs=").status == 64)
    // A run that has ended, or was killed, does not train; its lock has a number all the same.
    #expect(try gen.start(Program.smallGAN + ["--steps", "1", "--quiet"]).wait().status == 0)
    #expect(try gen("status").messages == "nothing trains in runs\n")
  }

  @Test func whatTrainsAndHowFarItIs() throws {
    let name = "a \u{1B}[31mrun"
    let training = try gen.start(
      Program.smallGAN + [
        "--name", name, "--steps", "1000000", "--threads", "1", "--log-every", "1",
        "--runs", "others",
      ])
    let timings = gen.folder("others/\(name)/timings.jsonl")
    try training.wait(for: "timings") {
      (try? String(contentsOfFile: timings, encoding: .utf8))?.contains("\"step\":5,") ?? false
    }
    let table = try gen("status", "--runs", "others")
    #expect(table.status == 0 && table.messages.isEmpty)
    let lines = table.output.split(separator: "\n")
    #expect(lines.count == 2 && lines[0].contains("ITEMS/S") && !table.output.contains("\u{1B}"))
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines[1].contains(/gan +\d+\/1000000 +[\d,]+ +[\dhms]+ +\d+$/), "\(lines[1])")
    let json = try gen("status", "--json", "--runs", "others").output
    let value = try JSONSerialization.jsonObject(with: Data(json.utf8))
    let run = try #require(value as? [String: Any])
    #expect(
      Set(run.keys) == [
        "name", "path", "kind", "step", "steps", "items_per_second", "seconds_left", "process",
      ])
    #expect(run["process"] as? Int == Int(training.process.processIdentifier))
    #expect(run["name"] as? String == name && run["kind"] as? String == "gan")
    #expect(run["steps"] as? Int == 1_000_000 && run["step"] as? Int ?? 0 >= 5)
    #expect(run["items_per_second"] as? Double ?? 0 > 0)
    #expect(run["seconds_left"] as? Double ?? 0 > 0)
    kill(training.process.processIdentifier, SIGKILL)
    _ = try training.wait()
    #expect(try gen("status", "--runs", "others").messages.contains("nothing trains"))
  }
}
