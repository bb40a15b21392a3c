import Foundation
import Images
import Runs
import Testing

/// Bundled models: how they are made, and how they are found.
struct PretrainedTests {
  let gen = Program()
  private let home = ["GEN_HOME": "models"]

  private func train(_ arguments: [String], steps: Int = 1, name: String) throws {
    let result = try gen.start(arguments + ["--steps", "\(steps)", "--name", name]).wait()
    try #require(result.status == 0, "\(result.messages)")
  }

  private func export(_ run: String, _ flags: String..., to name: String) throws {
    let words = ["export", "--to", "pretrained", run, "-o", "models/\(name)"]
    let result = try gen.start(words + flags, environment: home).wait()
    try #require(result.status == 0, "\(result.messages)")
  }

  private func weights(_ model: String, step: Int) throws -> SafetensorsFile {
    let checkpoint = "models/\(model)/checkpoints/step-00000\(step)"
    return try SafetensorsFile(gen.folder("\(checkpoint)/ema.safetensors"))
  }

  /// Each weight is the float's upper half, rounded, and what is drawn is the same each time.
  @Test func weightsAreStoredInHalfTheirSize() throws {
    try train(Program.smallGAN, steps: 2, name: "drawn")
    try export("drawn", to: "whole")
    try export("drawn", "--dtype", "bfloat16", to: "small")
    let (whole, small) = (try weights("whole", step: 2), try weights("small", step: 2))
    #expect(whole.entries.map(\.name) == small.entries.map(\.name))
    #expect(small.entries.allSatisfy { $0.type == .bf16 })
    for entry in whole.entries {
      let pairs = zip(
        try whole.values(entry.name).elements, try small.values(entry.name).elements)
      #expect(
        pairs.allSatisfy { abs($0 - $1) <= abs($0) / 256 && $1.bitPattern & 0xffff == 0 },
        "\(entry.name)")
    }
    // As they were before, where nothing is rounded; and rounded once, where they are packed again.
    let run = "runs/drawn/checkpoints/step-000002/ema.safetensors"
    #expect(
      try gen.bytes(run) == gen.bytes("models/whole/checkpoints/step-000002/ema.safetensors"))
    try export("small", "--dtype", "bfloat16", to: "again")
    for file in ["checkpoints/step-000002/ema.safetensors", "report.html", "recipe.yaml"] {
      #expect(try gen.bytes("models/small/\(file)") == gen.bytes("models/again/\(file)"))
    }

    try FileManager.default.removeItem(atPath: gen.folder("runs"))
    for threads in ["1", "3"] {
      let flags = ["--count", "4", "-o", "by-\(threads).png", "--threads", threads]
      let result = try gen.start(["sample", "small"] + flags, environment: home).wait()
      #expect(result.status == 0, "\(result.messages)")
    }
    #expect(try image("by-1.png") == image("by-3.png"))
  }

  private func image(_ path: String) throws -> Image {
    try Image(contentsOf: gen.folder(path))
  }

  /// Without an average of its own, a run and its pretrained model are the same beginning.
  @Test func aTrainingStartsFromAPretrainedModel() throws {
    let whole = Program.smallTransformer + ["--set", "ema.decay=0"]
    try train(whole, name: "own")
    try export("own", to: "model")
    for source in ["own", "model"] {
      let arguments = whole + ["--from", source, "--steps", "2", "--name", "from-\(source)"]
      let result = try gen.start(arguments, environment: home).wait()
      #expect(result.status == 0, "\(result.messages)")
    }
    let model = "checkpoints/step-000002/model.safetensors"
    #expect(try gen.bytes("runs/from-own/\(model)") == gen.bytes("runs/from-model/\(model)"))

    try train(Program.smallGAN, name: "drawn")
    try export("drawn", to: "half")
    let refused = try gen.start(Program.smallGAN + ["--from", "half"], environment: home).wait()
    #expect(refused.status == 65 && refused.messages.contains("an averaged network alone"))
  }

  @Test func theReportComesAlong() throws {
    try train(Program.smallGAN, steps: 2, name: "drawn")
    try export("drawn", to: "packed")
    let page = String(decoding: try gen.bytes("models/packed/report.html"), as: UTF8.self)
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("gen train gan"))
    // Nothing of where it was made.
    #expect(!page.contains(gen.folder.path))
    // Those who get it cannot go on with the training.
    #expect(page.contains("gen eval drawn") && !page.contains("--resume"))
    #expect(try gen("report", "drawn", "-o", "-").output.contains("gen train --resume drawn"))
  }

  @Test func aFlagFindsTheModelThatItFits() throws {
    try gen.write(String(repeating: "To be, or not to be. ", count: 40), to: "book.txt")
    for (name, arguments) in [
      ("a-denoiser", Program.smallDiffusion), ("drawn", Program.smallGAN),
      ("judge", Program.smallClassifier), ("writer", Program.smallText("transformer")),
    ] {
      try train(arguments, name: name)
      try export(name, "--dtype", "bfloat16", to: name)
    }
    let runs = gen.folder("runs")
    try FileManager.default.moveItem(atPath: runs, toPath: gen.folder("put-away"))
    func sample(_ flags: String...) throws -> Program.Result {
      try gen.start(["sample"] + flags, environment: home).wait()
    }
    let drawn = try sample("--count", "2", "-o", "a.png")
    #expect(drawn.status == 0 && drawn.messages == "sampling from drawn, which is pretrained\n")
    let denoised = try sample("--steps", "2", "--count", "2", "-o", "b.png")
    #expect(denoised.messages.hasPrefix("sampling from a-denoiser, which is pretrained\n"))
    #expect(denoised.status == 0)
    let written = try sample("--prompt", "To", "--length", "9")
    #expect(written.status == 0 && written.output.hasPrefix("To"))
    #expect(written.messages.hasPrefix("sampling from writer, which is pretrained\n"))
    let explained = try gen("explain", "--prompt", "To be", environment: home)
    #expect(explained.messages == "explaining writer, which is pretrained\n")
    let list = try gen("list", environment: home)
    #expect(list.output.hasPrefix("PRETRAINED") && list.output.contains("\nwriter "))
    #expect(try gen("list", "--json", environment: home).output.split(separator: "\n").count == 4)
    // What is drawn can be drawn again, by the command that the image names.
    let record = try gen("inspect", "a.png").output
    #expect(record.contains("command: gen sample drawn --count 2"))

    // A run of one's own goes before it.
    try FileManager.default.createDirectory(atPath: runs, withIntermediateDirectories: true)
    try FileManager.default.moveItem(
      atPath: gen.folder("put-away/a-denoiser"), toPath: runs + "/mine")
    #expect(
      try sample("--steps", "2", "--count", "2", "-o", "b.png").messages
        .hasPrefix("sampling from mine\n"))
    // But not where the flags do not fit it.
    #expect(try sample("--prompt", "To", "--length", "9").messages.contains("pretrained"))
  }

  @Test func whatFitsNoModel() throws {
    try train(Program.smallClassifier, name: "judge")
    try export("judge", to: "packed")
    let denoised = try gen("sample", "--steps", "9", environment: home)
    #expect(denoised.status == 66)
    for part in [
      "no run of the kind diffusion yet, which --steps is for", "gen train diffusion",
      "the runs judge (classifier)", "the pretrained packed (classifier)",
    ] {
      #expect(denoised.messages.contains(part), "\(denoised.messages)")
    }
    let misspelt = try gen("sample", "pakced", environment: home)
    #expect(misspelt.status == 66 && misspelt.messages.contains("did you mean \"packed\"?"))
    let raw = ["export", "--to", "pretrained", "judge", "--weights", "raw"]
    #expect(try gen.start(raw).wait().status == 64)
    let foreign = try gen("export", "--to", "diffusers", "judge", "--dtype", "bfloat16")
    #expect(foreign.status == 64 && foreign.messages.contains("--dtype"))
  }
}
