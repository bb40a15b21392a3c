import Foundation
import Testing

/// What `gen train` is asked for besides a recipe.
@Suite(.timeLimit(.minutes(5))) struct TrainingTests {
  let gen = Program()

  @Test func aDryRunTrainsNothing() throws {
    let result = try gen.start(Program.smallGAN + ["--dry-run"]).wait()
    #expect(result.status == 0, "\(result.messages)")
    for line in ["kind: gan", "  channels: 4", "  image_channels: 3", "# parameters: ", "# time: "]
    {
      #expect(result.output.contains(line), "\(line)")
    }
    #expect(!FileManager.default.fileExists(atPath: gen.folder.file("runs")))
  }

  @Test func theResolvedRecipeTrainsTheSame() throws {
    let small = Program.smallGAN + ["--steps", "2"]
    #expect(try gen.start(small + ["--name", "first"]).wait().status == 0)
    #expect(try gen("train", "runs/first/recipe.yaml", "--name", "second").status == 0)
    let model = "checkpoints/step-000002/model.safetensors"
    #expect(try gen.bytes("runs/first/\(model)") == gen.bytes("runs/second/\(model)"))
  }

  @Test func aBudgetDecidesTheSteps() throws {
    let result = try gen.start(Program.smallGAN + ["--budget", "1s", "--name", "short"]).wait()
    #expect(result.status == 0, "\(result.messages)")
    let recipe = String(decoding: try gen.bytes("runs/short/recipe.yaml"), as: UTF8.self)
    let steps = try #require(recipe.firstMatch(of: /steps: (\d+)/).flatMap { Int($0.1) })
    #expect(steps > 1 && steps != 2000)
    #expect(result.messages.contains("step \(steps)/\(steps)"))
  }

  @Test func aRunStartsFromAnothersWeights() throws {
    let one = Program.smallGAN + ["--steps", "1"]
    #expect(try gen.start(one + ["--name", "a"]).wait().status == 0)
    #expect(try gen.start(one + ["--name", "b", "--from", "a"]).wait().status == 0)
    // The same step from other weights.
    let model = "checkpoints/step-000001/model.safetensors"
    #expect(try gen.bytes("runs/a/\(model)") != gen.bytes("runs/b/\(model)"))
    let wider = Program.smallGAN + ["--set", "model.channels=8", "--from", "a"]
    let refused = try gen.start(wider).wait()
    #expect(refused.status == 65 && refused.messages.contains("has the shape"))
  }

  @Test func runsAreListedAndInspected() throws {
    #expect(
      try gen.start(Program.smallGAN + ["--steps", "1", "--log-every", "1"]).wait().status == 0)
    let list = try gen("list")
    #expect(list.output.contains("gan-001"))
    #expect(try gen("inspect", "gan-001").output.contains("loss_generator"))
    #expect(try gen("sample", "-o", "grid.png", "--seed", "7").status == 0)
    let picture = try gen("inspect", "grid.png")
    for line in [
      "run: gan-001", "step: 1", "seed: 7",
      "command: gen sample gan-001 -o grid.png --seed 7 --step 1",
    ] {
      #expect(picture.output.contains(line), "\(picture.output)")
    }
  }
}
