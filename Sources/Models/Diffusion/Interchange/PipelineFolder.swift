import Files
import Foundation
import Runs

/// A folder in which diffusers keeps a pipeline.
///
/// ```
/// model_index.json   unet/config.json   unet/diffusion_pytorch_model.safetensors
/// scheduler/scheduler_config.json
/// ```
struct PipelineFolder {
  /// Where it is, without a slash at the end.
  let path: String

  /// The pipelines that consist of a UNet and a scheduler.
  enum Kind: String, RecipeChoice {
    /// Ho, Jain and Abbeel's.
    case ddpm = "DDPMPipeline"
    /// Song, Meng and Ermon's.
    case ddim = "DDIMPipeline"
  }

  /// What the folder's files are called, seen from it.
  enum Name {
    static let index = "model_index.json"
    static let unetConfiguration = "unet/config.json"
    static let scheduler = "scheduler/scheduler_config.json"
    static let weights = "diffusion_pytorch_model.safetensors"
  }

  /// The key of all files that says what they describe.
  static let classKey = "_class_name"

  /// The pipeline in that folder.
  /// - Throws: `FileError` when it is missing; `RecipeError` when it is of another kind.
  init(path: String) throws {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard FileManager.default.fileExists(atPath: path) else {
      throw FileError(.missing, path, "there is no such folder")
    }
    guard FileManager.default.fileExists(atPath: file(Name.index)) else {
      throw FileError(.missing, path, "holds no pipeline of diffusers: it has no \(Name.index)")
    }
    let index = try ConfigurationFile(path: file(Name.index))
    guard try index.value(Self.classKey, as: Kind.self) != nil else {
      throw index.error(Self.classKey, "is missing, but must be \(Kind.typeName)")
    }
  }

  /// Where a file is.
  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// The files of the UNet's weights: one, or shards of which each has a part.
  /// - Throws: `FileError` when there is none, or several that are no shards.
  func weightFiles() throws -> [String] {
    try StoredWeights.files(in: file("unet"), named: Name.weights, library: "diffusers")
  }
}
