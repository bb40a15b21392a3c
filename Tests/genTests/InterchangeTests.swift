import Files
import Foundation
import Runs
import Testing

/// `gen export` and `gen import`.
struct InterchangeTests {
  let gen = Program()

  private func train(_ name: String, _ settings: String...) throws {
    let sets = settings.flatMap { ["--set", $0] }
    let result = try gen.start(Program.smallDiffusion + ["--steps", "1", "--name", name] + sets)
      .wait()
    try #require(result.status == 0, "\(result.messages)")
  }

  @Test func thereAndBack() throws {
    try train("a", "model.conditional=true", "augment.probability=0")
    let exported = try gen("export", "--to", "diffusers", "a")
    #expect(exported.status == 0 && exported.output == "a-diffusers\n", "\(exported.messages)")
    #expect(exported.messages.contains("is for no class"))
    let imported = try gen("import", "a-diffusers", "--name", "b")
    #expect(imported.status == 0 && imported.output == "runs/b\n", "\(imported.messages)")
    let model = "checkpoints/step-000000/model.safetensors"
    #expect(
      try gen.bytes("runs/b/\(model)")
        == gen.bytes("runs/a/checkpoints/step-000001/ema.safetensors"))
    #expect(
      String(decoding: try gen.bytes("runs/b/command.txt"), as: UTF8.self)
        == "gen import a-diffusers --name b\n")

    #expect(try gen("export", "--to", "diffusers", "b", "-o", "again").status == 0)
    for file in [
      "model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.safetensors",
      "scheduler/scheduler_config.json",
    ] {
      #expect(try gen.bytes("again/\(file)") == gen.bytes("a-diffusers/\(file)"), "\(file)")
    }
    // A run that was imported is a run like any other.
    try train("c", "model.conditional=true")
    // diffusers is told nothing of augmentation, which sampling has none of.
    #expect(try gen("export", "--to", "diffusers", "c").status == 0)
    let tensors = try ["a", "c"].map { name in
      let weights = "\(name)-diffusers/unet/diffusion_pytorch_model.safetensors"
      return try SafetensorsFile(gen.folder(weights)).entries.map(\.name)
    }
    #expect(tensors[0] == tensors[1])
    let further = Program.smallDiffusion + ["--steps", "1", "--from", "b"]
    let trained = try gen.start(further + ["--name", "d", "--set", "model.conditional=true"]).wait()
    #expect(trained.status == 0, "\(trained.messages)")
    let trainedModel = "checkpoints/step-000001/model.safetensors"
    #expect(try gen.bytes("runs/c/\(trainedModel)") != gen.bytes("runs/d/\(trainedModel)"))
  }

  /// One number that is not finite refuses an import, and the use of a run.
  @Test func weightsThatAreNotFinite() throws {
    func spoil(_ path: String, _ name: String) throws {
      let file = try SafetensorsFile(gen.folder(path))
      let arrays = try file.entries.map { entry in
        let values = try file.values(entry.name)
        if entry.name == name { values.storage.base[1] = .nan }
        return NamedArray(entry.name, values)
      }
      try SystemFiles().atomicWrite(gen.folder(path)) {
        try $0.writeSafetensors(arrays, metadata: file.metadata)
      }
    }
    try train("a")
    #expect(try gen("export", "--to", "diffusers", "a", "-o", "pipeline").status == 0)
    let weights = "pipeline/unet/diffusion_pytorch_model.safetensors"
    try spoil(weights, "conv_in.weight")
    let refused = try gen("import", "pipeline", "--name", "b")
    #expect(refused.status == 65, "\(refused.messages)")
    #expect(refused.messages.contains("\(weights): tensor \"conv_in.weight\" has 1 of "))
    #expect(!FileManager.default.fileExists(atPath: gen.folder("runs/b")))

    // A run whose checkpoint verifies, with such weights.
    let run = try RunFolder(path: gen.folder("runs/a"))
    let model = try SafetensorsFile(run.verifiedCheckpoint().file("ema.safetensors"))
    let arrays = try model.entries.map { entry in
      let values = try model.values(entry.name)
      values.storage.base[0] = -.infinity
      return NamedArray(entry.name, values)
    }
    try run.checkpoints.write(
      step: 2, files: [.safetensors("ema.safetensors", arrays)], state: ["seed": 0])
    for words in [["sample", "a"], ["export", "--to", "diffusers", "a"]] {
      let result = try gen.start(words).wait()
      #expect(result.status == 65 && result.messages.contains("that are not finite"), "\(words)")
    }
    #expect(try gen("export", "--to", "pretrained", "a").status == 65)
  }

  @Test func whatCannotBeExported() throws {
    #expect(try gen("export", "a").status == 64)
    #expect(try gen("export", "--to", "onnx", "a").status == 64)
    #expect(try gen("export", "--to", "diffusers", "a").status == 66)
    #expect(try gen.start(Program.smallGAN + ["--steps", "1", "--name", "gan"]).wait().status == 0)
    let gan = try gen("export", "--to", "diffusers", "gan")
    #expect(gan.status == 65 && gan.messages.contains("is a run of gan"))
    try train("flow", "objective=flow", "loss.min_snr_gamma=null")
    let flow = try gen("export", "--to", "diffusers", "flow")
    #expect(flow.status == 65 && flow.messages.contains("velocity along straight lines"))
    try train("a")
    #expect(try gen("export", "--to", "diffusers", "a", "--step", "7").status == 66)
    try gen.write("", to: "there")
    let there = try gen("export", "--to", "diffusers", "a", "-o", "there")
    #expect(there.status == 73 && there.messages.contains("there: is there already"))
    #expect(try gen("export", "--to", "diffusers", "a", "-o", "no/such/place").status == 73)
  }

  @Test func whatCannotBeImported() throws {
    #expect(try gen("import").status == 64)
    let nowhere = try gen("import", "/nowhere")
    #expect(nowhere.status == 66 && nowhere.messages.contains("/nowhere: there is no such folder"))
    let none = try gen("import", ".")
    #expect(none.status == 66 && none.messages.contains("has no model_index.json, as a"))
    try train("a")
    #expect(try gen("export", "--to", "diffusers", "a").status == 0)
    let taken = try gen("import", "a-diffusers", "--name", "a")
    #expect(taken.status == 73 && taken.messages.contains("there is a run of that name already"))
    try gen.write("{\"_class_name\": ", to: "a-diffusers/unet/config.json")
    let damaged = try gen("import", "a-diffusers")
    #expect(damaged.status == 65 && damaged.messages.contains("a-diffusers/unet/config.json:"))
    // Nothing is left of what failed.
    #expect(!FileManager.default.fileExists(atPath: gen.folder("runs/a-diffusers")))
  }
}
