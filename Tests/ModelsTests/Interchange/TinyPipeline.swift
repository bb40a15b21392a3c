import Foundation

@testable import Files
@testable import Models
@testable import Runs

/// A pipeline's folder made by hand, as small as can be, with files to damage.
final class TinyPipeline {
  let path = FileManager.default.temporaryDirectory.path + "/gen-pipeline-" + UUID().uuidString

  /// The files of text by name.
  var texts = [
    "model_index.json": """
    {"_class_name": "DDPMPipeline", "_diffusers_version": "0.3.0",
     "scheduler": ["diffusers", "DDPMScheduler"], "unet": ["diffusers", "UNet2DModel"]}
    """,
    "unet/config.json": """
    {
      "_class_name": "UNet2DModel",
      "attention_head_dim": null,
      "block_out_channels": [4, 8],
      "down_block_types": ["UNetResDownBlock2D", "UNetResAttnDownBlock2D"],
      "layers_per_block": 1,
      "norm_num_groups": 2,
      "sample_size": 8,
      "up_block_types": ["AttnUpBlock2D", "UpBlock2D"]
    }
    """,
    "scheduler/scheduler_config.json": """
    {"_class_name": "DDPMScheduler", "beta_schedule": "squaredcos_cap_v2", "num_train_timesteps": 50}
    """,
  ]

  /// The tensors by name.
  var tensors: [String: (shape: [Int], elements: [Float])] = [:]

  /// The configuration that its file says.
  static let configuration: UNetConfiguration = {
    var configuration = UNetConfiguration()
    configuration.attentionHeadDim = nil
    configuration.blockOutChannels = [4, 8]
    configuration.downBlocks = [.plain, .attention]
    configuration.layersPerBlock = 1
    configuration.normNumGroups = 2
    configuration.sampleSize = 8
    configuration.upBlocks = [.attention, .plain]
    return configuration
  }()

  /// A pipeline whose tensors count on from one to the next.
  init(_ configuration: UNetConfiguration = TinyPipeline.configuration) {
    let unet = UNet(configuration)
    unet.initialize(seed: 0)
    var next: Float = 0
    for parameter in StateDictionary(unet).parameters {
      let elements = (0..<parameter.shape.reduce(1, *)).map { next + Float($0) }
      tensors[parameter.name] = (parameter.shape, elements)
      next += Float(elements.count)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Replaces a piece of a text.
  func replace(_ old: String, with new: String, in file: String = "unet/config.json") {
    texts[file] = texts[file]?.replacing(old, with: new)
  }

  /// Gives a tensor another name, or with nil leaves it out.
  func rename(_ name: String, to new: String?) {
    let tensor = tensors.removeValue(forKey: name)
    if let new { tensors[new] = tensor }
  }

  /// Writes the folder anew; the weights in as many files as named.
  @discardableResult
  func write(weights names: [String] = ["diffusion_pytorch_model.safetensors"]) throws -> String {
    let files = SystemFiles()
    try? files.removeTree(Place(path))
    for folder in ["unet", "scheduler"] { try files.createFolders("\(path)/\(folder)") }
    for (name, text) in texts { try files.atomicWrite("\(path)/\(name)", text) }
    let sorted = tensors.sorted { $0.key < $1.key }.enumerated()
    for (index, name) in names.enumerated() {
      let arrays = sorted.filter { $0.offset % names.count == index }.map {
        NamedArray($0.element.key, $0.element.value.shape, $0.element.value.elements)
      }
      try files.atomicWrite("\(path)/unet/\(name)") { try $0.writeSafetensors(arrays) }
    }
    return path
  }
}
