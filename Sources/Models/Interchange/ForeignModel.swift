import Files
import Foundation
import Runs

/// What a model of another program in a folder is, by the file that describes it.
public enum ForeignModel: String, CaseIterable, Sendable {
  /// A pipeline of diffusers.
  case pipeline = "model_index.json"
  /// A GPT-2 of transformers.
  case gpt2 = "config.json"

  /// What the folder holds.
  /// - Throws: `FileError` when it is missing, or holds nothing of this, or a part of a pipeline alone;
  ///   `RecipeError` when its file is not JSON.
  public init(folder path: String) throws {
    func isThere(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: "\(path)/\(name)")
    }
    guard FileManager.default.fileExists(atPath: path) else {
      throw FileError(.missing, path, "there is no such folder")
    }
    let found = Self.allCases.first { isThere($0.rawValue) }
    if found != .pipeline {
      for name in [Self.gpt2.rawValue, "scheduler_config.json"] where isThere(name) {
        let file = try ConfigurationFile(path: "\(path)/\(name)")
        if let part = try file.root[PipelineFolder.classKey] {
          throw Self.lonePart(
            path, try part.text(), hasPipeline: isThere("../\(Self.pipeline.rawValue)"))
        }
      }
    }
    guard let found else {
      throw FileError(
        .missing, path,
        "has no \(Self.pipeline.rawValue), as a pipeline of diffusers has, and no "
          + "\(Self.gpt2.rawValue), as a GPT-2 of transformers has")
    }
    self = found
  }

  /// What to do with a UNet or a scheduler without the rest of its pipeline.
  private static func lonePart(_ path: String, _ name: String, hasPipeline: Bool) -> FileError {
    let start = "is a part of a pipeline of diffusers alone, its \(name): "
    if hasPipeline {
      return FileError(
        .badData, path, "\(start)import the folder above, which has \(pipeline.rawValue)")
    }
    let (unet, scheduler) = ("UNet2DModel", "DDPMScheduler")
    let other = name == unet ? "what noise it was trained on is in no file here" : "it has no UNet"
    return FileError(
      .badData, path,
      "\(start)\(other). In Python, DDPMPipeline(unet=\(unet).from_pretrained("
        + "\(name == unet ? path.json : "\"...\"")), scheduler=\(scheduler)(...)).save_pretrained("
        + "\"whole\") makes a whole one, with the scheduler that it was trained with")
  }
}
