import Foundation
import Testing

@testable import Files
@testable import Models

/// What is said about pipelines that are damaged, or of a kind that is not supported.
struct PipelineErrorTests {
  private let pipeline = TinyPipeline()

  /// What is said, after the folder's path.
  private func message() throws -> String {
    let error = try #require(throws: (any Error).self) {
      try PipelineImport(folder: pipeline.write())
    }
    return "\(error)".replacing("\(pipeline.path)/", with: "")
  }

  @Test(arguments: [
    ("\"UNetResDownBlock2D\"", "\"SkipDownBlock2D\"", "SkipDownBlock2D"),
    ("\"UpBlock2D\"]", "\"CrossAttnUpBlock2D\"]", "CrossAttnUpBlock2D"),
    (
      "\"layers_per_block\": 1", "\"layers_per_block\": \"1\"", "config.json:6: layers_per_block is"
    ),
    ("\"layers_per_block\": 1", "\"layers_per_blocks\": 1", "layers_per_blocks is not an argument"),
    ("\"norm_num_groups\": 2", "\"norm_num_groups\": 3", "norm_num_groups 3 groups do not divide"),
    ("\"sample_size\": 8", "\"sample_size\": null", "sample_size is null, but must be a whole"),
    ("\"sample_size\": 8", "\"in_channels\": 2, \"out_channels\": 2", "model.in_channels is 2"),
    ("\"sample_size\": 8", "\"out_channels\": 6", "out_channels is 6, but must be in_channels, 3"),
    ("\"sample_size\": 8", "\"time_embedding_type\": \"fourier\"", "\"fourier\", but must be posi"),
    ("\"sample_size\": 8", "\"class_embed_type\": \"timestep\"", "\"timestep\", but must be null"),
    ("\"sample_size\": 8", "\"act_fn\": \"mish\"", "act_fn is \"mish\", but must be silu or swish"),
    ("\"UNet2DModel\"", "\"UNet2DConditionModel\"", "but must be UNet2DModel"),
    ("\"sample_size\": 8", "", "is not JSON"),
  ])
  func configurations(old: String, new: String, expected: String) throws {
    pipeline.replace(old, with: new)
    let message = try message()
    #expect(message.contains(expected), "\(message)")
    #expect(message.contains("unet/config.json:"), "\(message)")
  }

  @Test(arguments: [
    ("\"DDPMScheduler\"", "\"ScoreSdeVeScheduler\"", "_class_name is \"ScoreSdeVeScheduler\", but"),
    (
      "50}", "50, \"thresholding\": true}", "thresholding is true, but must be true or false, false"
    ),
    ("50}", "50, \"trained_betas\": [0.1]}", "trained_betas is [0.1], but must be null"),
    (
      "50}", "50, \"variance_type\": \"learned\"}", "variance_type is \"learned\", but must be null"
    ),
    ("50}", "50, \"beta_schedule\": \"exp\"}", "beta_schedule"),
  ])
  func schedulers(old: String, new: String, expected: String) throws {
    pipeline.replace(old, with: new, in: "scheduler/scheduler_config.json")
    let message = try message()
    #expect(message.contains("scheduler/scheduler_config.json:1: "), "\(message)")
    #expect(message.contains(expected), "\(message)")
  }

  @Test func whatIsOffIsPassedOver() throws {
    pipeline.replace(
      "\"sample_size\"", with: "\"new_thing\": false, \"other\": null, \"sample_size\"")
    let notes = try PipelineImport(folder: pipeline.write()).notes
    #expect(notes == ["\(pipeline.path)/unet/config.json: passing over new_thing, other"])
  }

  @Test func tensors() throws {
    let name = "down_blocks.0.resnets.0.conv1.weight"
    let weights = "unet/diffusion_pytorch_model.safetensors"
    let tensor = try #require(pipeline.tensors[name])
    pipeline.rename(name, to: nil)
    #expect(try message() == "\(weights): has no tensor \"\(name)\"")
    pipeline.tensors[name] = ([3, 3, 4, 4], tensor.elements)
    #expect(
      try message() == "\(weights): tensor \"\(name)\" has the shape [3, 3, 4, 4], but the "
        + "configuration's is [4, 4, 3, 3]")
    pipeline.tensors[name] = tensor
    pipeline.tensors["extra"] = ([1], [0])
    #expect(
      try message()
        == "\(weights): has a tensor \"extra\", which the configuration's model has not")
  }

  @Test func folders() throws {
    pipeline.replace(
      "\"DDPMPipeline\"", with: "\"StableDiffusionPipeline\"", in: "model_index.json")
    #expect(try message().contains("is \"StableDiffusionPipeline\", but must be DDPMPipeline or"))
    pipeline.replace(
      "\"StableDiffusionPipeline\"", with: "\"DDIMPipeline\"", in: "model_index.json")
    try pipeline.write(weights: ["a.safetensors", "b.safetensors"])
    #expect(throws: FileError.self) { try PipelineImport(folder: pipeline.path) }
    for name in ["a", "b"] {
      try FileManager.default.removeItem(atPath: "\(pipeline.path)/unet/\(name).safetensors")
    }
    for name in ["", "diffusion_pytorch_model.bin"] {
      if !name.isEmpty { try SystemFiles().atomicWrite("\(pipeline.path)/unet/\(name)", "PK") }
      let error = try #require(throws: FileError.self) { try PipelineImport(folder: pipeline.path) }
      #expect(error.kind == (name.isEmpty ? .missing : .badData))
      #expect(error.message.contains(name.isEmpty ? "has no" : "is a pickle"))
    }
    let error = #expect(throws: FileError.self) { try PipelineImport(folder: "/nowhere") }
    #expect(error?.kind == .missing)
  }
}
