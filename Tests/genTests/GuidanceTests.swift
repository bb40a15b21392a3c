import Foundation
import Images
import Testing

/// Diffusion runs that are guided by themselves, or tuned for few steps.
struct GuidanceTests {
  let gen = Program()

  private func draw(_ arguments: [String]) throws {
    let result = try gen.start(["sample"] + arguments).wait()
    #expect(result.status == 0, "\(arguments): \(result.messages)")
  }

  private func pixels(_ path: String) throws -> [UInt8] {
    try Image(contentsOf: gen.folder(path)).pixels
  }

  private func recipe(_ run: String) throws -> String {
    String(decoding: try gen.bytes("runs/\(run)/recipe.yaml"), as: UTF8.self)
  }

  /// A run keeps the checkpoint that its recipe guides by, and samples with it by default.
  @Test func theRecipeNamesTheGuide() throws {
    let run = Program.smallDiffusion + ["--steps", "5", "--name", "a"]
    let settings = [
      "sample.guide_step=2", "checkpoint.every=1", "evaluate.every=null", "class_dropout=0",
    ].flatMap { ["--set", $0] }
    let trained = try gen.start(run + settings).wait()
    #expect(trained.status == 0, "\(trained.messages)")
    try draw(["a", "--count", "2", "-o", "guided.png"])
    let shown = try gen("inspect", "guided.png").output
    #expect(shown.contains("guidance: 1.5") && shown.contains("guide: a@2"), "\(shown)")
    try draw(["a", "--count", "2", "--guide", "a@2", "-o", "named.png"])
    try draw(["a", "--count", "2", "--guidance", "1", "-o", "plain.png"])
    let guided = try pixels("guided.png")
    #expect(try pixels("named.png") == guided)
    #expect(try pixels("plain.png") != guided)
    #expect(try gen("export", "--to", "pretrained", "a", "-o", "models/a").status == 0)
    try draw(["models/a", "--count", "2", "-o", "exported.png"])
    #expect(try pixels("exported.png") == guided)

    try FileManager.default.removeItem(atPath: gen.folder("runs/a/checkpoints/step-000002"))
    let gone = try gen("sample", "a", "--count", "2", "-o", "gone.png")
    #expect(gone.status == 64 && gone.messages.contains("step 2, which is not there"))
    try draw(["a", "--count", "2", "--guidance", "1", "-o", "plain.png"])
    let late = try gen.start(run.dropLast() + ["b", "--set", "sample.guide_step=5"]).wait()
    #expect(late.status == 64 && late.messages.contains("sample.guide_step"), "\(late.messages)")
  }

  /// Few images without classes: a third of the steps is kept, and stays when the run goes on for longer.
  @Test func fewImagesAreGuidedByAThirdOfTheTraining() throws {
    let first = try gen.start(Program.smallDiffusion + ["--steps", "1", "--name", "a"]).wait()
    try #require(first.status == 0, "\(first.messages)")
    try draw(["a", "--count", "12", "--each", "photos"])
    let own = [
      "train", "diffusion", "--data", "photos", "--from", "a", "--set", "batch=2", "--set",
      "evaluate.every=null", "--set", "sample.steps=2",
    ]
    let trained = try gen.start(own + ["--steps", "7", "--name", "b"]).wait()
    #expect(trained.status == 0, "\(trained.messages)")
    func checkRecipe() throws {
      let recipe = try recipe("b")
      for line in ["  guide_step: 2 ", "  guidance: 2.0 ", "  autoguide: false "] {
        #expect(recipe.contains(line), "\(recipe)")
      }
    }
    try checkRecipe()
    #expect(try gen("train", "--resume", "b", "--steps", "9").status == 0)
    try checkRecipe()
    try draw(["b", "--count", "1", "-o", "b.png"])
    let shown = try gen("inspect", "b.png").output
    #expect(shown.contains("guidance: 2.0") && shown.contains("guide: b@2"), "\(shown)")

    let plain = own + ["--steps", "7", "--set", "sample.guidance=1", "--name", "c"]
    #expect(try gen.start(plain).wait().status == 0)
    #expect(try recipe("c").contains("  guide_step: null "))
    let both = ["--set", "sample.autoguide=true", "--set", "sample.guide_step=3"]
    let refused = try gen.start(own + ["--steps", "7"] + both).wait()
    #expect(refused.status == 64 && refused.messages.contains("sample.autoguide"))
  }

  @Test func consistencyGoesOnWithARun() throws {
    let run = Program.smallDiffusion + ["--steps", "1", "--name", "a"]
    try #require(try gen.start(run).wait().status == 0)
    let alone = try gen("train", "consistency")
    #expect(alone.status == 64 && alone.messages.contains("name the run by --from"))
    let tuning = ["train", "consistency", "--from", "a", "--steps", "2", "--name", "b"]
    let tuned = try gen.start(tuning).wait()
    #expect(tuned.status == 0, "\(tuned.messages)")
    let recipe = String(decoding: try gen.bytes("runs/b/recipe.yaml"), as: UTF8.self)
    #expect(recipe.contains("sample_size: 8 ") && recipe.contains("kind: consistency"))
    #expect(try gen("sample", "b", "--count", "2", "-o", "b.png").status == 0)
    let shown = try gen("inspect", "b.png").output
    #expect(shown.contains("sampler: ddim") && shown.contains("steps: 2"), "\(shown)")
    let export = try gen("export", "--to", "diffusers", "b", "-o", "pipeline")
    #expect(export.status == 65 && export.messages.contains("tuned"), "\(export.messages)")
    // Few steps are hinted at only where a run was not tuned for them.
    for (run, isHinted) in [("a", true), ("b", false)] {
      let few = try gen("sample", run, "--steps", "2", "--count", "2", "-o", "few.png")
      #expect(few.messages.contains("gen train consistency --from a") == isHinted)
    }
    let refused = try gen("sample", "a", "--sampler", "consistency")
    #expect(refused.status == 64 && refused.messages.contains("gen train consistency"))
  }
}
