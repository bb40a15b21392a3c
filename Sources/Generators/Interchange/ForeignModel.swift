import Foundation
import Training

/// What a model of another program in a folder is, by the file that describes it.
public enum ForeignModel: String, CaseIterable, Sendable {
  /// A pipeline of diffusers.
  case pipeline = "model_index.json"
  /// A GPT-2 of transformers.
  case gpt2 = "config.json"

  /// What the folder holds.
  /// - Throws: `FileError` when it is missing, or holds nothing of this.
  public init(folder path: String) throws(FileError) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw FileError(.missing, path, "there is no such folder")
    }
    let found = Self.allCases.first {
      FileManager.default.fileExists(atPath: "\(path)/\($0.rawValue)")
    }
    guard let found else {
      throw FileError(
        .missing, path,
        "has no \(Self.pipeline.rawValue), as a pipeline of diffusers has, and no "
          + "\(Self.gpt2.rawValue), as a GPT-2 of transformers has")
    }
    self = found
  }
}
