import Foundation
import Testing

/// `gen explain`, and text runs in other programs' folders.
struct ExplainTests {
  let gen = Program()

  /// Trains something small on a text, for a step.
  private func train(_ kind: String, _ name: String, _ settings: String...) throws {
    try gen.write(
      String(repeating: "To be, or not to be: <b>that</b> is it.\n", count: 9), to: "b.txt")
    let sets = settings.flatMap { ["--set", $0] }
    let arguments = ["train", kind, "--data", "b.txt", "--steps", "1", "--name", name, "--set"]
    let result = try gen.start(arguments + ["batch=2"] + sets).wait()
    try #require(result.status == 0, "\(result.messages)")
  }

  private func trainTransformer(_ name: String = "t") throws {
    try train("transformer", name, "model.context=16", "model.layers=2", "model.width=16")
  }

  @Test func pages() throws {
    try trainTransformer()
    let told = try gen("explain", "--prompt", "be <b>\nit")
    #expect(told.status == 0 && told.output == "t-explained.html\n", "\(told.messages)")
    #expect(told.messages == "explaining t\n")
    let page = String(decoding: try gen.bytes("t-explained.html"), as: UTF8.self)
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
    #expect(page.contains("data-name=\"Layer 2, head 4\"") && page.contains("&lt;"))
    let written = try gen("explain", "t", "--prompt", "be <b>\nit", "-o", "-", "--step", "1")
    #expect(written.output == page && written.messages.isEmpty)

    try train("rnn", "r", "model.hidden=8", "model.layers=1", "model.context=8")
    let recurrent = try gen("explain", "--prompt", "To be", "-o", "r.html", "--alternatives", "2")
    #expect(recurrent.status == 0 && recurrent.output == "r.html\n", "\(recurrent.messages)")
    let other = String(decoding: try gen.bytes("r.html"), as: UTF8.self)
    #expect(other.contains("step-5") && !other.contains("data-map") && !other.contains("<script"))
    let exported = try gen("export", "--to", "transformers", "r")
    #expect(
      exported.status == 65 && exported.messages.contains("a recurrent network carries a state"))
  }

  @Test func errors() throws {
    #expect(try gen("explain").status == 64)
    #expect(try gen("explain", "--prompt", "a").status == 66)
    #expect(try gen("explain", "t", "--prompt", "a").status == 66)
    #expect(try gen("explain", "t", "--prompt", "a", "--alternatives", "0").status == 64)
    let empty = try gen("explain", "t", "--prompt", "")
    #expect(empty.status == 64 && empty.messages.contains("--prompt is empty"))
    try trainTransformer()
    let unknown = try gen("explain", "t", "--prompt", "be Q")
    #expect(unknown.status == 64)
    #expect(
      unknown.messages
        == "gen: --prompt: character 4 is \"Q\", U+0051, which the model has never seen\n")
    let long = try gen("explain", "t", "--prompt", "To be, or not to be")
    #expect(long.status == 64)
    #expect(long.messages.contains("--prompt has 19 tokens, but at most 16 of t can be explained"))
    let nowhere = try gen("explain", "t", "--prompt", "be", "-o", "no/such/place.html")
    #expect(nowhere.status == 73)
    #expect(try gen("explain", "t", "--prompt", "be", "--step", "7").status == 66)
    let gan = try gen.start(Program.smallGAN + ["--steps", "1", "--name", "g"]).wait()
    #expect(gan.status == 0)
    let wrong = try gen("explain", "g", "--prompt", "be")
    #expect(wrong.status == 65 && wrong.messages.contains("gan"))
  }

  /// After a hundred passes over few images, a training says whether it copies them.
  @Test func aTrainingOnFewImagesIsComparedWithThem() throws {
    let first = try gen.start(Program.smallDiffusion + ["--steps", "1", "--name", "d"]).wait()
    try #require(first.status == 0, "\(first.messages)")
    #expect(try gen("sample", "d", "--count", "50", "--each", "images").status == 0)
    let training =
      Program.smallDiffusion + [
        "--data", "images", "--from", "d", "--set", "batch=32", "--set", "accumulate=1", "--set",
        "sample.steps=1", "--set", "evaluate.every=1000", "--steps", "140", "--name", "e",
      ]
    let words = "comparing 100 generated images with those learned from\n"
    let early = try gen.start(training).wait()
    #expect(early.status == 0 && !early.messages.contains(words), "\(early.messages)")
    let late = try gen("train", "--resume", "e", "--steps", "141")
    #expect(late.status == 0 && late.messages.contains(words), "\(late.messages)")
    let found = try gen("explain", "e", "--nearest", "--count", "100").messages
      .split(separator: "\n").first { $0.contains("opying: ") }
    #expect(late.messages.contains(try #require(found)), "\(late.messages)")
  }

  @Test func nearestImages() throws {
    let trained = try gen.start(Program.smallGAN + ["--steps", "1", "--name", "g"]).wait()
    try #require(trained.status == 0, "\(trained.messages)")
    // What the one has drawn is what the other learns from, and draws from another seed.
    #expect(try gen("sample", "g", "--count", "300", "--each", "images").status == 0)
    let training = Program.smallGAN + ["--steps", "1", "--name", "h", "--data", "images"]
    try #require(try gen.start(training).wait().status == 0)
    let told = try gen(
      "explain", "--nearest", "--count", "12", "--neighbors", "3", "--seed", "3")
    #expect(told.status == 0 && told.output == "h-nearest.html\n", "\(told.messages)")
    #expect(told.messages.contains("explaining h\n"))
    // Of a model that has learned for one step, images are noise.
    #expect(
      told.messages.contains("Still far from the training images: 100 % of 12 generated images"))
    let page = String(decoding: try gen.bytes("h-nearest.html"), as: UTF8.self)
    #expect(page.hasPrefix("<!DOCTYPE html>") && !page.contains("<script"))
    // Twelve drawn and eight held-out images, each with three neighbors.
    #expect(page.ranges(of: "<img ").count == 80 && page.contains("in pixels."))
    let line = try gen(
      "explain", "h", "--nearest", "--count", "12", "--seed", "3", "--json", "--threads", "1"
    ).output
    let found = try #require(
      JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(found["copying"] as? Bool == false && found["held_out_images"] as? Int == 22)
    #expect((found["nearest"] as? [[Any]])?.map(\.count) == Array(repeating: 5, count: 12))
    #expect(found["samples_needed"] as? Int == 3)
    let few = try gen("explain", "h", "--nearest", "--count", "2")
    #expect(few.messages.contains("Too few images to tell whether the model copies: "))
    #expect(few.messages.contains(": at least 3 are needed."), "\(few.messages)")
    let pageOfFew = String(decoding: try gen.bytes("h-nearest.html"), as: UTF8.self)
    #expect(pageOfFew.contains("Too few images to tell") && !pageOfFew.contains("No sign of"))
    let tellsNothing = try gen("explain", "h", "--nearest", "--count", "2", "--json").output
    #expect(
      tellsNothing.contains("\"copying\":null") && tellsNothing.contains("\"samples_needed\":3"))

    for (arguments, message) in [
      ([], "--nearest for an image model"), (["--prompt", "a", "--nearest"], "not both"),
      (["--prompt", "a", "--count", "2"], "--count goes with --nearest"),
      (["--nearest", "--neighbors", "0"], "must be 1 to 20"),
      (["--nearest", "--json", "-o", "a.html"], "leave --output out"),
      (["--nearest", "--pixels", "--classifier", "c"], "leave --classifier out"),
      (["--nearest", "--alternatives", "2"], "--alternatives goes with --prompt"),
    ] {
      let refused = try gen.start(["explain", "g"] + arguments).wait()
      #expect(refused.status == 64 && refused.messages.contains(message), "\(refused.messages)")
    }
    #expect(try gen("explain", "g", "--nearest", "--classifier", "g").status == 65)
    try trainTransformer()
    let wrong = try gen("explain", "t", "--nearest")
    #expect(wrong.status == 65 && wrong.messages.contains("which generates text, not images"))
  }

  @Test func transformersAndBack() throws {
    try trainTransformer()
    let refused = try gen("export", "--to", "transformers", "t")
    #expect(refused.status == 65)
    for key in ["model.positions is rotary", "model.norm is rms", "model.qk_norm is true"] {
      #expect(refused.messages.contains(key), "\(refused.messages)")
    }
    try train(
      "transformer", "g", "model.context=16", "model.layers=2", "model.width=16",
      "model.positions=learned", "model.norm=layer", "model.activation=gelu", "model.qk_norm=false",
      "model.bias=true")
    let exported = try gen("export", "--to", "transformers", "g")
    #expect(exported.status == 0 && exported.output == "g-transformers\n", "\(exported.messages)")
    let imported = try gen("import", "g-transformers", "--name", "h")
    #expect(imported.status == 0 && imported.output == "runs/h\n", "\(imported.messages)")
    #expect(imported.messages.contains("to sample from them: gen sample h"))
    for (file, step) in [("ema.safetensors", "1"), ("tokenizer.json", "1")] {
      #expect(
        try gen.bytes("runs/h/checkpoints/step-000000/\(file)")
          == gen.bytes("runs/g/checkpoints/step-00000\(step)/\(file)"), "\(file)")
    }
    #expect(try gen("export", "--to", "transformers", "h", "-o", "again").status == 0)
    for file in ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"] {
      #expect(try gen.bytes("again/\(file)") == gen.bytes("g-transformers/\(file)"), "\(file)")
    }
    // It is a run like any other: it can be trained further, and be carried elsewhere.
    let further = try gen(
      "train", "runs/h/recipe.yaml", "--data", "b.txt", "--from", "h", "--steps", "1", "--name",
      "i",
      "--set", "batch=2")
    #expect(further.status == 0, "\(further.messages)")
    #expect(try gen("export", "--to", "pretrained", "h", "-o", "p").status == 0)
    #expect(try gen("explain", "./p", "--prompt", "be", "-o", "p.html").status == 0)
  }
}
