import Foundation
import Testing

/// `gen eval` and the models that it finds.
struct EvaluationTests {
  let gen = Program()

  private func train(_ arguments: [String], steps: Int, name: String) throws {
    let result = try gen.start(arguments + ["--steps", "\(steps)", "--name", name]).wait()
    #expect(result.status == 0, "\(result.messages)")
  }

  private func object(_ line: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  private func number(_ key: String, in object: [String: Any]) -> Double {
    (object[key] as? NSNumber)?.doubleValue ?? .nan
  }

  @Test func aClassifiersAccuracyAndItsJudgment() throws {
    let settings = ["--set", "optimizer.learning_rate=0.01", "--set", "evaluate.every=null"]
    try train(Program.smallClassifier + settings, steps: 150, name: "judge")
    let told = try object(gen("eval", "judge", "--json").output)
    // A fifth is chance.
    #expect(number("accuracy", in: told) > 0.3 && number("images", in: told) == 1000)
    let table = try gen("eval")
    #expect(table.messages.contains("evaluating judge"))
    for word in ["judge at step 150", "held-out images of shapes", "triangle", "TAKEN FOR"] {
      #expect(table.output.contains(word), "\(table.output)")
    }

    try train(Program.smallGAN, steps: 2, name: "drawn")
    let judged = try gen("eval", "drawn", "--classifier", "judge", "--count", "60", "--json")
    #expect(judged.status == 0 && judged.output.split(separator: "\n").count == 1)
    let report = try object(judged.output)
    #expect(
      Set(report.keys) == [
        "class_histogram", "class_histogram_real", "classifier", "data", "features",
        "floor_samples", "frechet_distance", "frechet_distance_floor", "kernel_distance",
        "kernel_distance_floor", "precision", "precision_floor", "real_samples", "recall",
        "recall_floor", "run", "samples", "seed", "step", "frechet_distance_interval",
        "kernel_distance_interval", "precision_interval", "recall_interval",
        "operations_per_image",
      ])
    // Noise is far from real, and what is real is near.
    for key in ["frechet_distance", "kernel_distance"] {
      #expect(number(key, in: report) > 3 * abs(number(key + "_floor", in: report)))
    }
    #expect(number("recall", in: report) < number("recall_floor", in: report))
    for key in ["samples", "real_samples", "floor_samples"] {
      #expect(number(key, in: report) == 60)
    }
    for key in ["class_histogram", "class_histogram_real"] {
      let counts = try #require(report[key] as? [String: Int])
      #expect(counts.count == 5 && counts.values.reduce(0, +) == 60)
    }
    #expect(number("operations_per_image", in: report) > 1e5)
    #expect(judged.messages.contains("images a minute"))
    // The same again, and as a folder of images.
    #expect(
      try gen("eval", "drawn", "--classifier", "judge", "--count", "60", "--json", "--threads", "1")
        .output == judged.output)
    #expect(try gen("sample", "drawn", "--count", "60", "--each", "images").status == 0)
    let folder = try gen(
      "eval", "images", "--data", "shapes", "--classifier", "judge", "--json")
    for key in ["frechet_distance", "kernel_distance", "recall"] {
      #expect(number(key, in: try object(folder.output)) == number(key, in: report))
    }
  }

  /// A model that is told classes draws each in turn.
  @Test func whatADiffusionDraws() throws {
    let features = ["--set", "model.channels=[4, 16]"]
    try train(Program.smallClassifier + features, steps: 2, name: "judge")
    try train(Program.smallDiffusion, steps: 1, name: "denoiser")
    let judged = try gen("eval", "denoiser", "--classifier", "judge", "--count", "12", "--json")
    #expect(judged.status == 0, "\(judged.messages)")
    let report = try object(judged.output)
    #expect(number("samples", in: report) == 12 && number("step", in: report) == 1)
    #expect(judged.messages.contains("12 images are too few for their "), "\(judged.messages)")
    #expect((report["caution"] as? String)?.hasPrefix("12 images are too few") == true)
  }

  /// Images that there is no classifier for.
  @Test func whatAnUntrainedNetworkJudges() throws {
    try train(Program.smallGAN, steps: 2, name: "drawn")
    let shown = try gen("eval", "drawn", "--count", "200")
    #expect(shown.status == 0, "\(shown.messages)")
    #expect(shown.output.contains("in the 128 features of an untrained network"))
    #expect(shown.output.contains("billion operations."))
    #expect(!shown.output.contains("taken for"))
    let report = try object(gen("eval", "drawn", "--count", "200", "--json").output)
    #expect(report["classifier"] is NSNull && report["class_histogram"] == nil)
    // Noise is far from real, and what is real is near.
    #expect(
      number("kernel_distance", in: report) > 10 * abs(number("kernel_distance_floor", in: report)))
    #expect(
      number("frechet_distance", in: report) > 2 * number("frechet_distance_floor", in: report))
    #expect(number("recall", in: report) < number("recall_floor", in: report) - 0.2)
  }

  @Test func aPretrainedModelIsFoundByName() throws {
    try train(Program.smallClassifier, steps: 2, name: "judge")
    let judged = try gen("eval", "shapes", "--classifier", "judge", "--count", "40", "--json")
    let packed = try gen("export", "--to", "pretrained", "judge", "-o", "models/packed")
    #expect(packed.status == 0, "\(packed.messages)")
    #expect(try gen("export", "--to", "pretrained", "judge", "-o", "models/packed").status == 73)
    let checkpoint = gen.folder("models/packed/checkpoints/step-000002")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: checkpoint).sorted()
        == ["ema.safetensors", "state.json"])
    try FileManager.default.removeItem(atPath: gen.folder("runs"))
    let home = ["GEN_HOME": "models"]
    let again = try gen(
      "eval", "shapes", "--classifier", "packed", "--count", "40", "--json", environment: home)
    #expect(again.status == 0, "\(again.messages)")
    #expect(again.output == judged.output.replacing("\"judge\"", with: "\"packed\""))
    #expect(try gen("eval", "packed", environment: home).status == 0)
    #expect(try gen("eval", "packed").status == 66)
  }

  @Test func whatCannotBeJudged() throws {
    try train(Program.smallGAN, steps: 1, name: "gan")
    let standard = try gen("eval", "fashion-mnist", environment: ["GEN_HOME": "nowhere"])
    #expect(standard.status == 66 && standard.messages.contains("in none of nowhere"))
    let wrongKind = try gen("eval", "gan", "--classifier", "gan")
    #expect(wrongKind.status == 65 && wrongKind.messages.contains("must be classifier"))
    #expect(try gen("eval", "gan", "--count", "5").status == 64)
    #expect(try gen("eval", "nothing", "--step", "3").status == 64)
    #expect(try gen("eval", "nothing").status == 66)

    try train(Program.smallClassifier, steps: 1, name: "judge")
    #expect(try gen("eval", "judge", "--count", "20").status == 64)
    let drawing = try gen("sample", "judge")
    #expect(drawing.status == 65 && drawing.messages.contains("gen eval judge"))
    #expect(try gen("sample", "gan", "--count", "9", "--each", "few").status == 0)
    let judge = ["--data", "shapes", "--classifier", "judge"]
    let few = try gen.start(["eval", "few"] + judge).wait()
    #expect(few.status == 65 && few.messages.contains("9 images"))
    // Images without classes teach none.
    let unlabeled = try gen("train", "classifier", "--data", "few")
    #expect(unlabeled.status == 65 && unlabeled.messages.contains("data.source"))
    #expect(try gen("sample", "gan", "--count", "2", "-o", "few/grid.png").status == 0)
    let sizes = try gen.start(["eval", "few"] + judge).wait()
    #expect(sizes.status == 65 && sizes.messages.contains("different sizes"))
    let unsized = try gen("train", "classifier", "--data", "few")
    #expect(unsized.status == 65 && unsized.messages.contains("model.size: null, but few has"))
    try gen.write("no image", to: "few/text.png")
    let broken = try gen.start(["eval", "few"] + judge).wait()
    #expect(broken.status == 65 && broken.messages.contains("text.png"))
  }
}
