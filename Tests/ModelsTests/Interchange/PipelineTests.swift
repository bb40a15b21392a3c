import Autograd
import Compute
import Foundation
import Testing

@testable import Files
@testable import Models
@testable import Runs

struct PipelineTests {
  private let pipeline = TinyPipeline()
  private let root = FileManager.default.temporaryDirectory.path + "/gen-runs-" + UUID().uuidString

  private func run(_ imported: PipelineImport) throws -> RunFolder {
    try imported.makeRun(in: root, name: "tiny", command: ["gen", "import", "x"], version: "0")
  }

  @Test func absentKeysAndOldNames() throws {
    let imported = try PipelineImport(folder: pipeline.write())
    let recipe = imported.recipe
    #expect(recipe.configuration == TinyPipeline.configuration)
    #expect(recipe.schedule.kind == .cosine && recipe.schedule.steps == 50)
    #expect(recipe.target == .epsilon && recipe.objective == .diffusion)
    #expect(imported.notes.isEmpty)
  }

  @Test func thereAndBack() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    let run = try run(PipelineImport(folder: pipeline.write()))
    #expect(run.name == "tiny" && run.checkpoints.steps == [0])
    let again = "\(root)/again"
    try PipelineExport(run).write(to: again)
    let file = try SafetensorsFile("\(again)/unet/diffusion_pytorch_model.safetensors")
    #expect(file.metadata == ["format": "pt"])
    #expect(Set(file.entries.map(\.name)) == Set(pipeline.tensors.keys))
    for (name, tensor) in pipeline.tensors {
      #expect(file[name]?.shape == tensor.shape, "\(name)")
      #expect(try file.values(name).elements == tensor.elements, "\(name)")
    }
    let second = try PipelineImport(folder: again)
    #expect(second.recipe.yaml == (try PipelineImport(folder: pipeline.path)).recipe.yaml)
    #expect(second.notes.isEmpty)
    #expect(throws: FileError.self) { try PipelineExport(run).write(to: again) }
    // The mean of the weights is the same as they are before the first step.
    try PipelineExport(run, weights: .latest).write(to: "\(root)/raw")
    let weights = "unet/diffusion_pytorch_model.safetensors"
    #expect(
      FileManager.default.contentsEqual(
        atPath: "\(root)/raw/\(weights)", andPath: "\(again)/\(weights)"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: root).count == 3)
  }

  /// A weight of ours, by the place it has in PyTorch.
  @Test func layouts() throws {
    let unet = try PipelineImport(folder: pipeline.write()).unet
    let slab = ParameterSlab.of(unet)
    for (name, transposed) in [
      ("conv_in.weight", [2, 3, 1, 0]), ("time_embedding.linear_1.weight", [1, 0]),
      ("down_blocks.1.attentions.0.to_out.0.weight", [1, 0]), ("conv_out.bias", [0]),
    ] {
      let index = try #require(slab.entries.firstIndex { $0.path == name })
      let (ours, theirs) = (slab.view(at: index), try #require(pipeline.tensors[name]))
      #expect(ours.shape == transposed.map { theirs.shape[$0] })
      for (place, value) in ours.elements.enumerated() {
        var (rest, position) = (place, [Int](repeating: 0, count: ours.shape.count))
        for axis in ours.shape.indices.reversed() {
          position[transposed[axis]] = rest % ours.shape[axis]
          rest /= ours.shape[axis]
        }
        let offset = zip(position, theirs.shape).reduce(0) { $0 * $1.1 + $1.0 }
        #expect(value == theirs.elements[offset], "\(name) at \(place)")
      }
    }
  }

  @Test func namesOfOldAttention() throws {
    let expected = try PipelineImport(folder: pipeline.write()).unet
    for name in pipeline.tensors.keys {
      var old = name
      for (new, former) in [
        ("to_q", "query"), ("to_k", "key"), ("to_v", "value"), ("to_out.0", "proj_attn"),
      ] {
        old = old.replacing(".\(new).", with: ".\(former).")
      }
      if old != name { pipeline.rename(name, to: old) }
    }
    #expect(pipeline.tensors["mid_block.attentions.0.query.weight"] != nil)
    let unet = try PipelineImport(folder: pipeline.write()).unet
    let (a, b) = (ParameterSlab.of(unet), ParameterSlab.of(expected))
    #expect(a.entries.indices.allSatisfy { a.view(at: $0).elements == b.view(at: $0).elements })
  }

  @Test func classes() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    var configuration = TinyPipeline.configuration
    configuration.classCount = 4
    let pipeline = TinyPipeline(configuration)
    pipeline.replace("\"sample_size\"", with: "\"num_class_embeds\": 4, \"sample_size\"")
    let recipe = try PipelineImport(folder: pipeline.write()).recipe
    #expect(recipe.isConditional == true && recipe.classCount == 4 && recipe.nullClass == nil)
    // A row for no class is known where the file says so, as ours do.
    pipeline.replace("\"sample_size\"", with: "\"_no_class\": 3, \"sample_size\"")
    let imported = try PipelineImport(folder: pipeline.write())
    #expect(imported.recipe.classCount == 3 && imported.recipe.nullClass == 3)
    try PipelineExport(run(imported)).write(to: "\(root)/again")
    #expect(try PipelineImport(folder: "\(root)/again").recipe.nullClass == 3)
  }

  @Test func waysToDraw() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    let scheduler = "scheduler/scheduler_config.json"
    let settings =
      "\"variance_type\": \"fixed_large\", \"clip_sample_range\": 2.5, "
      + "\"timestep_spacing\": \"trailing\", \"beta_start\": 0.00085, \"prediction_type\": "
      + "\"v_prediction\", \"rescale_betas_zero_snr\": true, \"steps_offset\": 1, \"beta_schedule\""
    pipeline.replace("\"beta_schedule\"", with: settings, in: scheduler)
    let imported = try PipelineImport(folder: pipeline.write())
    #expect(imported.notes == ["\(pipeline.path)/\(scheduler): passing over steps_offset"])
    let options = imported.recipe.sampler(.ddpm, steps: 10)
    #expect(options.variance == .large && options.clipRange == 2.5 && options.spacing == .trailing)
    #expect(imported.recipe.target == .velocity && imported.recipe.schedule.hasZeroSNR)
    try PipelineExport(run(imported)).write(to: "\(root)/again")
    let again = try PipelineImport(folder: "\(root)/again")
    #expect(again.recipe.yaml == imported.recipe.yaml && again.notes.isEmpty)
    // DPM-Solver neither clips nor has such a variance.
    pipeline.texts[scheduler] = "{\"_class_name\": \"DPMSolverMultistepScheduler\"}"
    let plain = try PipelineImport(folder: pipeline.write()).recipe.sampler(.ddim, steps: 10)
    var expected = SamplerOptions(.ddim, steps: 10)
    expected.usesClippedModelOutput = true
    expected.spacing = .linspace
    #expect(plain == expected)
  }

  /// A pipeline keeps the times of its scheduler, said or not, there and back.
  @Test(arguments: [
    ("DDPM", "", TimestepSpacing.leading, 0), ("DDIM", ", \"steps_offset\": 1", .leading, 1),
    ("DDIM", ", \"timestep_spacing\": \"trailing\"", .trailing, 0),
    ("DDPM", ", \"timestep_spacing\": \"linspace\"", .linspace, 0),
    ("DPMSolverMultistep", "", .linspace, 0), ("HeunDiscrete", "", .linspace, 0),
    ("DPMSolverMultistep", ", \"timestep_spacing\": \"leading\"", .leading, 0),
  ])
  func timesAreKept(
    _ name: String, _ settings: String, _ spacing: TimestepSpacing, _ offset: Int
  ) throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    let scheduler = "scheduler/scheduler_config.json"
    pipeline.texts[scheduler] = "{\"_class_name\": \"\(name)Scheduler\"\(settings)}"
    let imported = try PipelineImport(folder: pipeline.write())
    #expect(imported.notes.isEmpty)
    try PipelineExport(run(imported)).write(to: "\(root)/again")
    let again = try PipelineImport(folder: "\(root)/again").recipe
    for recipe in [imported.recipe, again] {
      let options = recipe.sampler(.ddpm, steps: 10)
      #expect(options.spacing == spacing && options.stepsOffset == offset)
    }
    let text = try String(contentsOfFile: "\(root)/again/\(scheduler)", encoding: .utf8)
    #expect(text.contains("\"timestep_spacing\": \"\(spacing.rawValue)\""))
    #expect(text.contains("\"steps_offset\": \(offset)"))
  }

  /// A run of this program, whose images come by trailing spacing, tells that to diffusers.
  @Test(arguments: [TimestepSpacing?.none, .quadratic])
  func anExportBeginsAtTheLastTime(_ spacing: TimestepSpacing?) {
    var recipe = DiffusionRecipe()
    recipe.preview.spacing = spacing
    #expect(SchedulerFile(recipe).timestepSpacing == .trailing)
    #expect(SchedulerFile(recipe).stepsOffset == 0)
  }

  @Test func shards() throws {
    try pipeline.write(weights: (1...3).map { "model-0000\($0)-of-00003.safetensors" })
    #expect(try PipelineImport(folder: pipeline.path).unet.parameterCount > 0)
    try FileManager.default.removeItem(
      atPath: "\(pipeline.path)/unet/model-00002-of-00003.safetensors")
    #expect(throws: FileError.self) { try PipelineImport(folder: pipeline.path) }
  }

  /// For each pipeline's folder, reads `input.safetensors` (sample [N, C, H, W], timesteps [N] and
  /// perhaps classes [N]) and writes what the UNet makes of it to `output.safetensors`:
  ///
  /// `GEN_PIPELINES=FOLDER:FOLDER swift test --filter PipelineTests/outputs`
  @Test(.enabled(if: ProcessInfo.processInfo.environment["GEN_PIPELINES"] != nil))
  func outputs() throws {
    let folders = try #require(ProcessInfo.processInfo.environment["GEN_PIPELINES"])
    for folder in folders.split(separator: ":") {
      let unet = try PipelineImport(folder: String(folder)).unet
      let input = try SafetensorsFile("\(folder)/input.safetensors")
      let sample = try input.values("sample")
      let (count, channels) = (sample.shape[0], sample.shape[1])
      let pixels = sample.shape[2] * sample.shape[3]
      // Channels come last here.
      let images = (0..<sample.count).map { index in
        let (image, pixel, channel) = (
          index / (pixels * channels), index / channels % pixels, index % channels
        )
        return sample.pointer[(image * channels + channel) * pixels + pixel]
      }
      let output = unet(
        Tensor(constant: Values([count, sample.shape[2], sample.shape[3], channels], images)),
        timesteps: try input.values("timesteps").elements,
        classes: input["classes"] == nil
          ? nil : try input.values("classes").elements.map { Int32($0) }
      ).values
      let planes = (0..<output.count).map { index in
        let (image, channel, pixel) = (
          index / (pixels * channels), index / pixels % channels, index % pixels
        )
        return output.pointer[(image * pixels + pixel) * channels + channel]
      }
      try SystemFiles().atomicWrite("\(folder)/output.safetensors") {
        try $0.writeSafetensors([NamedArray("sample", sample.shape, planes)])
      }
    }
  }
}
