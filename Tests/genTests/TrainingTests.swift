import Foundation
import Images
import Runs
import Testing
import Training

/// What `gen train` is asked for besides a recipe.
struct TrainingTests {
  let gen = Program()

  @Test func aDryRunTrainsNothing() throws {
    let result = try gen.start(Program.smallGAN + ["--dry-run"]).wait()
    #expect(result.status == 0, "\(result.messages)")
    for line in ["kind: gan", "  channels: 4", "  image_channels: 3", "# parameters: ", "# time: "]
    {
      #expect(result.output.contains(line), "\(line)")
    }
    #expect(!FileManager.default.fileExists(atPath: gen.folder("runs")))
  }

  @Test(arguments: Program.smallTrainings)
  func theResolvedRecipeTrainsTheSame(training: [String]) throws {
    let small = training + ["--steps", "2"]
    #expect(try gen.start(small + ["--name", "first"]).wait().status == 0)
    #expect(try gen("train", "runs/first/recipe.yaml", "--name", "second").status == 0)
    let model = "checkpoints/step-000002/model.safetensors"
    #expect(try gen.bytes("runs/first/\(model)") == gen.bytes("runs/second/\(model)"))
  }

  @Test(arguments: Program.smallTrainings)
  func aBudgetDecidesTheSteps(training: [String]) throws {
    let result = try gen.start(training + ["--budget", "1s", "--name", "short"]).wait()
    #expect(result.status == 0, "\(result.messages)")
    let recipe = String(decoding: try gen.bytes("runs/short/recipe.yaml"), as: UTF8.self)
    let steps = try #require(recipe.firstMatch(of: /\nsteps: (\d+)/).flatMap { Int($0.1) })
    #expect(steps > 1 && ![2000, 3000, 4000, 6000].contains(steps))
    #expect(result.messages.contains("step \(steps)/\(steps)"))
    let plan = try gen.start(training + ["--budget", "1s", "--dry-run"]).wait()
    #expect(plan.status == 0 && plan.messages.contains(" steps in 1s"), "\(plan.messages)")
    // Another seed in as many steps, and with the same course of the learning rate.
    let other = ["train", "runs/short/recipe.yaml", "--set", "budget.time=null", "--seed", "7"]
    #expect(try gen.start(other + ["--name", "other"]).wait().status == 0)
    let repeated = String(decoding: try gen.bytes("runs/other/recipe.yaml"), as: UTF8.self)
    #expect(repeated.contains("\nsteps: \(steps) ") && repeated.contains("\nseed: 7 "))
    let decisions = try #require(recipe.firstMatch(of: /decisions: .*/)).0
    #expect(repeated.contains(decisions))
  }

  @Test func aTrainingThatComesApartEndsInAReport() throws {
    let wild = ["--steps", "2000", "--name", "wild", "--set", "optimizer.learning_rate=1e6"]
    let result = try gen.start(Program.smallGAN + wild).wait()
    #expect(result.status == 1, "\(result.messages)")
    #expect(result.messages.contains("with the rate times 0.50, for the first time of 2"))
    #expect(result.messages.contains("with the rate times 0.25, for the second time of 2"))
    #expect(result.messages.contains("the training diverged: after step "))
    let report = String(decoding: try gen.bytes("runs/wild/fault.txt"), as: UTF8.self)
    #expect(report.contains("with half the rate") && report.contains("; given up"))
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

  /// What a run's weights ask for is taken from it, and without a recipe all of its recipe.
  @Test(arguments: Program.smallTrainings)
  func whatGoesWithWeightsNeedNotBeSaid(training: [String]) throws {
    let one = ["--steps", "1"]
    #expect(try gen.start(training + one + ["--name", "a"]).wait().status == 0)
    let again = ["train", "--from", "a", "--name", "b"]
    let result = try gen.start(again).wait()
    #expect(result.status == 0, "\(result.messages)")
    #expect(try gen.bytes("runs/a/recipe.yaml") == gen.bytes("runs/b/recipe.yaml"))
    let (kind, data) = (training[1], training[3])
    // A UNet of so many steps for an evaluation takes long.
    guard kind != "diffusion" else { return }
    let named = ["train", kind, "--data", data, "--from", "a", "--set", "batch=4", "--name", "c"]
    let other = try gen.start(named + one).wait()
    #expect(
      other.status == 0 && other.messages.contains("as a has it: model."), "\(other.messages)")
  }

  /// Features that know other classes are a beginning.
  @Test func aClassifierLearnsOtherClasses() throws {
    #expect(
      try gen.start(Program.smallClassifier + ["--steps", "1", "--name", "a"]).wait().status == 0)
    #expect(
      try gen.start(Program.smallGAN + ["--steps", "1", "--name", "source"]).wait().status == 0)
    for name in ["one", "two"] {
      #expect(
        try gen("sample", "source", "--count", "12", "--each", "photos/\(name)").status == 0)
    }
    let result = try gen.start(
      ["train", "--from", "a", "--data", "photos", "--name", "b"]
    ).wait()
    #expect(result.status == 0, "\(result.messages)")
    let head = "checkpoints/step-000001/ema.safetensors"
    let (a, b) = (
      try SafetensorsFile(gen.folder("runs/a/\(head)")),
      try SafetensorsFile(gen.folder("runs/b/\(head)"))
    )
    #expect(a["head.weight"]?.shape.last != 2 && b["head.weight"]?.shape == [8, 2])
  }

  @Test func aRunDoesNotStartFromWeightsThatAreNotFinite() throws {
    let one = Program.smallClassifier + ["--steps", "1"]
    #expect(try gen.start(one + ["--name", "a"]).wait().status == 0)
    let run = try RunFolder(path: gen.folder("runs/a"))
    let checkpoint = try run.verifiedCheckpoint()
    let model = try SafetensorsFile(checkpoint.file("model.safetensors"))
    let arrays = try model.entries.map { entry in
      let values = try model.values(entry.name)
      values.storage.base[0] = .nan
      return NamedArray(entry.name, values)
    }
    let files = ["model", "ema"].map {
      CheckpointStore.File.safetensors("\($0).safetensors", arrays)
    }
    try run.checkpoints.write(step: 2, files: files, state: TrainingState(seed: 0))
    let refused = try gen.start(one + ["--name", "b", "--from", "a"]).wait()
    #expect(refused.status == 65, "\(refused.messages)")
    #expect(refused.messages.contains("step-000002: has weights that are not finite"))
    #expect(!FileManager.default.fileExists(atPath: gen.folder("runs/b")))
  }

  @Test func aDiffusionIsEvaluatedAndItsBestCheckpointKept() throws {
    let small = Program.smallDiffusion + ["--steps", "2", "--set", "evaluate.every=1"]
    let result = try gen.start(small + ["--name", "a", "--set", "checkpoint.every=1"]).wait()
    #expect(result.status == 0 && result.messages.contains("validation "), "\(result.messages)")
    #expect(try gen("list").output.contains("validation_loss "))
    #expect(try gen.bytes("runs/a/best/ema.safetensors").count > 0)
    #expect(try gen.start(small + ["--name", "b", "--from", "a"]).wait().status == 0)
    let plan = try gen.start(small + ["--dry-run"]).wait()
    for line in ["  in_channels: 3", "  num_class_embeds: 6", "# parameters: "] {
      #expect(plan.output.contains(line), "\(line)")
    }
  }

  /// A folder without classes takes its size and channels, what is said of few images, and of what goes with the
  /// weights that it starts from.
  @Test func aFolderStartsFromOtherWeights() throws {
    let small = Program.smallDiffusion + ["--steps", "1"]
    #expect(try gen.start(small + ["--name", "a"]).wait().status == 0)
    #expect(try gen("sample", "a", "--count", "12", "--each", "photos").status == 0)
    let photos = gen.folder("photos")
    let first = try FileManager.default.contentsOfDirectory(atPath: photos)[0]
    try FileManager.default.copyItem(
      atPath: "\(photos)/\(first)", toPath: "\(photos)/twin.png")
    // Saved again, in larger sizes; one of them may be held out.
    let again = try Image(decoding: Array(gen.bytes("photos/\(first)")), name: first)
    for zoom in [4, 5] { try again.enlarged(by: zoom).write(to: "\(photos)/zoom\(zoom).png") }
    let plain = [
      "train", "diffusion", "--data", "photos", "--steps", "1", "--set", "batch=2", "--set",
      "evaluate.every=null", "--set", "sample.steps=1",
    ]
    let result = try gen.start(plain + ["--name", "b", "--from", "a"]).wait()
    #expect(result.status == 0, "\(result.messages)")
    for words in [
      "as a has it: model.down_block_types=[DownBlock2D, AttnDownBlock2D]",
      "images to learn from are few", "1 of these images is the same as others",
      "nearly the same as others",
    ] {
      #expect(result.messages.contains(words), "\(result.messages)")
    }
    let recipe = String(decoding: try gen.bytes("runs/b/recipe.yaml"), as: UTF8.self)
    for line in [
      "  sample_size: 8 ", "  block_out_channels: [8, 8] ", "  conditional: false ",
      "  probability: 0.12 ", "  in_channels: 3 ", "  dropout: 0.0 ",
    ] {
      #expect(recipe.contains(line), "\(recipe)")
    }
    #expect(try gen("sample", "b", "--count", "1", "-o", "b.png").status == 0)
    #expect(!result.messages.contains("mirrored"))
    let new = try gen.start(plain + ["--name", "c", "--set", "data.flip=true"]).wait()
    #expect(new.status == 0 && new.messages.contains("new weights: diffusion-emoji is in none of"))
    #expect(new.messages.contains("half of the images are mirrored: --set data.flip=false where"))
    let export = ["export", "--to", "pretrained", "a", "-o", "models/diffusion-emoji"]
    #expect(try gen.start(export).wait().status == 0)
    let home = ["GEN_HOME": gen.folder("models")]
    let taught = try gen.start(plain + ["--name", "d"], environment: home).wait()
    #expect(taught.messages.contains("starting from the weights of diffusion-emoji"))
    for (name, pretrained) in [("b", "null"), ("c", "null"), ("d", "diffusion-emoji")] {
      let recipe = String(decoding: try gen.bytes("runs/\(name)/recipe.yaml"), as: UTF8.self)
      #expect(recipe.contains("\npretrained: \(pretrained) "), "\(recipe)")
    }
    // What is asked for is honored, and does not fit.
    let wider = ["--from", "a", "--set", "model.block_out_channels=[8, 16]"]
    let refused = try gen.start(plain + wider).wait()
    #expect(refused.status == 65 && refused.messages.contains("has the shape"))
  }

  @Test func classesNeedLabelsAndEvaluationNeedsImages() throws {
    let drawn = Program.smallGAN + ["--steps", "1", "--name", "source"]
    #expect(try gen.start(drawn).wait().status == 0)
    #expect(try gen("sample", "source", "--count", "12", "--each", "photos").status == 0)
    var train = Program.smallDiffusion + ["--steps", "1"]
    train[3] = "photos"
    let refused = try gen.start(train + ["--set", "model.conditional=true"]).wait()
    #expect(refused.status == 65 && refused.messages.contains("model.conditional"))
    // So few images have none to spare, unless the recipe asks for none.
    #expect(try gen("sample", "source", "--count", "5", "--each", "few").status == 0)
    train[3] = "few"
    train += ["--set", "model.conditional=false"]
    let spare = try gen.start(train).wait()
    #expect(spare.status == 65 && spare.messages.contains("evaluate.every"))
    #expect(try gen.start(train + ["--set", "evaluate.every=null"]).wait().status == 0)
  }

  @Test func runsAreListedAndInspected() throws {
    #expect(
      try gen.start(Program.smallGAN + ["--steps", "1", "--log-every", "1"]).wait().status == 0)
    let list = try gen("list")
    #expect(list.output.contains("gan-001"))
    #expect(try gen("inspect", "gan-001").output.contains("loss_generator"))
    #expect(try gen("sample", "-o", "grid.png", "--seed", "7").status == 0)
    let image = try gen("inspect", "grid.png")
    for line in [
      "run: gan-001", "step: 1", "seed: 7",
      "command: gen sample gan-001 -o grid.png --seed 7 --step 1",
    ] {
      #expect(image.output.contains(line), "\(image.output)")
    }
  }
}
