import Foundation
import Testing

/// `gen list` and `gen inspect`: what they say of runs and of each file in them, sound, damaged or strange.
struct InspectTests {
  let gen = Program()

  private func train(_ training: [String], _ name: String) throws {
    let few = ["--steps", "4", "--log-every", "1", "--name", name, "--set", "checkpoint.every=2"]
    let result = try gen.start(training + few).wait()
    try #require(result.status == 0, "\(result.messages)")
  }

  private func object(_ line: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  @Test func everyFileOfARun() throws {
    try train(Program.smallTransformer + ["--set", "evaluate.every=2"], "t")
    let checkpoint = "runs/t/checkpoints/step-000004"
    let events = try #require(
      FileManager.default.contentsOfDirectory(atPath: gen.folder("runs/t/tensorboard")).first)
    for (path, kind, words) in [
      ("t", "run", ["recipe:", "transformer", "gradient_norm", "validation_loss", "└──"]),
      (checkpoint, "checkpoint", ["after 4 steps", "validation_loss: ", "optimizer.safetensors"]),
      ("runs/t/best", "checkpoint", ["after 4 steps"]),
      ("\(checkpoint)/state.json", "checkpoint", ["tokenizer.json", "sound"]),
      ("\(checkpoint)/ema.safetensors", "tensors", ["F32", "sound: its checksum", "STD"]),
      ("\(checkpoint)/tokenizer.json", "tokenizer", ["characters", "\u{2423}"]),
      ("runs/t/metrics.jsonl", "metrics", ["4 records, steps 1 to 4", "learning_rate"]),
      ("runs/t/metrics.csv", "metrics", ["4 records, steps 1 to 4", "validation_loss"]),
      ("runs/t/tensorboard/\(events)", "events", ["samples/text_summary", "scalar", "command"]),
      ("runs/t/recipe.yaml", "recipe", ["model.width:", "16"]),
      ("runs/t/environment.json", "environment", ["processor:", "data:"]),
      ("runs/t/command.txt", "text", ["1 line,", "gen train transformer"]),
      ("runs/t/samples/step-000004.txt", "text", ["characters"]),
    ] {
      let told = try gen("inspect", path)
      #expect(told.status == 0 && told.messages.isEmpty, "\(path): \(told.messages)")
      for word in words { #expect(told.output.contains(word), "\(path): \(told.output)") }
      let widest = told.output.split(separator: "\n").map(\.count).max() ?? 0
      // A path or a commit may be long; tables and curves fit.
      if ["run", "tensors", "metrics"].contains(kind) { #expect(widest <= 100, "\(told.output)") }
      #expect(!told.output.contains("\u{1b}"))
      let json = try object(gen("inspect", path, "--json").output)
      #expect(json["kind"] as? String == kind && json["path"] != nil)
    }
    // The table and the log say the same.
    let log = try object(gen("inspect", "runs/t/metrics.jsonl", "--json").output)
    let table = try object(gen("inspect", "runs/t/metrics.csv", "--json").output)
    #expect(
      NSArray(object: log["measurements"] ?? "") == NSArray(object: table["measurements"] ?? ""))
  }

  @Test func images() throws {
    try train(Program.smallDiffusion, "d")
    let drawn = try gen(
      "sample", "d", "--steps", "4", "--count", "2", "-o", "a.png", "--trajectory", "film.png")
    #expect(drawn.status == 0, "\(drawn.messages)")
    #expect(try gen("inspect", "film.png").output.contains("4 frames"))
    let image = try object(gen("inspect", "a.png", "--json").output)
    #expect(image["frames"] as? Int == 1)
    #expect((image["provenance"] as? [String: String])?["run"] == "d")
  }

  @Test func lists() throws {
    #expect(try gen("list").status == 0)
    try train(Program.smallGAN, "short")
    try train(Program.smallClassifier, "a-name-that-is-so-long-that-it-does-not-fit-into-a-line")
    try gen.write("kind: [", to: "runs/broken/recipe.yaml")
    let list = try gen("list")
    #expect(list.status == 0)
    let lines = list.output.split(separator: "\n")
    #expect(lines.count == 4 && lines.allSatisfy { $0.count <= 80 }, "\(list.output)")
    // Numbers end below each other.
    #expect(Set(lines.map(\.count)).count == 1, "\(list.output)")
    #expect(lines.contains { $0.hasPrefix("broken ") && $0.contains(" ? ") })
    let runs = try gen("list", "--json").output.split(separator: "\n").map {
      try object(String($0))
    }
    #expect(runs.count == 3)
    let run = try #require(runs.first { $0["name"] as? String == "short" })
    #expect(run["kind"] as? String == "gan" && run["step"] as? Int == 4)
    #expect((run["bytes"] as? Int ?? 0) > 10_000)
  }

  @Test func whatIsDamagedOrStrange() throws {
    try train(Program.smallGAN, "g")
    let model = gen.folder("runs/g/checkpoints/step-000004/model.safetensors")
    let file = try #require(FileHandle(forUpdatingAtPath: model))
    try file.seek(toOffset: 5000)
    try file.write(contentsOf: Data([0x55, 0xaa]))
    try file.close()
    for path in [model, "runs/g/checkpoints/step-000004"] {
      let damaged = try gen("inspect", path)
      #expect(damaged.status == 65 && damaged.messages.contains("model.safetensors: is damaged"))
    }
    // The run itself is still told of, with what cannot be shown.
    try gen.write("{\"step\":", to: "runs/g/metrics.jsonl")
    try gen.write("no environment", to: "runs/g/environment.json")
    let run = try gen("inspect", "g")
    #expect(run.status == 0 && run.output.contains("not shown: runs/g/environment.json"))
    #expect(run.output.contains("not shown: runs/g/metrics.jsonl"))

    for (content, name) in [
      ("", "empty.safetensors"), ("\u{0}\u{1}", "what.bin"), ("{\"a\": 1}", "a.json"),
      ("step,loss\n1", "a.csv"), ("step,loss\n1,x\n", "b.csv"), ("loss\n", "c.csv"),
      ("words", "events.out.tfevents.1.a.2.0"), ("kind: nothing\n", "a.yaml"), ("{", "b.json"),
      ("not an image", "a.png"),
    ] {
      try gen.write(content, to: name)
      let told = try gen("inspect", name)
      #expect(told.status == 65 && told.messages.contains(name), "\(name): \(told.messages)")
    }
    #expect(try gen("inspect", "what.bin").messages.contains("gen inspect opens"))
    #expect(try gen("inspect", "c.csv").messages.contains("step,loss"))
    #expect(try gen("inspect", "nowhere.png").status == 66)
    #expect(try gen("inspect", "nowhere").messages.contains("there is no such run"))
    try FileManager.default.createDirectory(
      atPath: gen.folder("folder"), withIntermediateDirectories: false)
    #expect(try gen("inspect", "folder").status == 65)
  }
}
