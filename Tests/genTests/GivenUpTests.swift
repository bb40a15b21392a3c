import Foundation
import Testing

/// What is told of a training that failed, since going back to a checkpoint did not help.
struct GivenUpTests {
  let gen = Program()

  private func json(_ arguments: String...) throws -> [String: Any] {
    let line = try gen.start(arguments).wait().output
    return try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  /// Images and texts are whole numbers, so that no file makes a batch that is not finite; a recipe can:
  /// the first time step of this one has no noise to speak of, and so weighs infinitely.
  @Test func aBatchThatIsNotFiniteEndsInAReport() throws {
    let odd = [
      "--steps", "40", "--name", "odd", "--set", "checkpoint.every=1", "--set", "target=sample",
      "--set", "schedule.kind=linear", "--set", "schedule.steps=20",
      "--set", "schedule.beta_start=1e-9", "--set", "loss.min_snr_gamma=1e300",
    ]
    let result = try gen.start(Program.smallDiffusion + odd).wait()
    #expect(result.status == 1, "\(result.messages)")
    for words in [
      "the loss is inf, which began with the data that weightedMeanSquaredError",
      "for the second time of 2", "the training diverged: after step ",
      "The report is runs/odd/fault.txt",
    ] {
      #expect(result.messages.contains(words), "\(result.messages)")
    }
    let faults = try FileManager.default.contentsOfDirectory(
      atPath: gen.folder("runs/odd/faults"))
    let batch = "runs/odd/faults/\(try #require(faults.first))/batch.safetensors"
    #expect(try gen("inspect", batch).output.contains(/not finite: \d+ elements of weights\./))

    let list = try gen("list")
    let reason = "the training diverged: after step "
    #expect(list.output.contains("\nodd failed: \(reason)"), "\(list.output)")
    #expect((try json("list", "--json")["given_up"] as? String)?.hasPrefix(reason) == true)
    let told = try gen("inspect", "odd").output
    #expect(told.contains(#/failed: +the training diverged: after step /#))
    let object = try json("inspect", "odd", "--json")
    #expect((object["given_up"] as? String)?.hasPrefix(reason) == true)
    #expect(try gen("report", "odd", "-o", "-").output.contains("<b>Failed:</b> \(reason)"))
  }

  @Test func aRunThatGoesOnIsGivenUpNoMore() throws {
    let wild = ["--steps", "2000", "--name", "wild", "--set", "optimizer.learning_rate=1e6"]
    let result = try gen.start(Program.smallGAN + wild).wait()
    #expect(result.status == 1, "\(result.messages)")
    #expect(try gen("list").output.contains("wild failed: "))
    let resumed = try gen(
      "train", "--resume", "wild", "--steps", "2", "--set", "optimizer.learning_rate=0.0002")
    #expect(resumed.status == 0, "\(resumed.messages)")
    #expect(resumed.messages.contains("resuming though it failed: the training diverged"))
    for arguments in [["list"], ["inspect", "wild"], ["report", "wild", "-o", "-"]] {
      let told = try gen.start(arguments).wait()
      #expect(told.status == 0 && !told.output.lowercased().contains("failed:"), "\(told.output)")
    }
    #expect(try json("list", "--json")["given_up"] is NSNull)
  }
}
