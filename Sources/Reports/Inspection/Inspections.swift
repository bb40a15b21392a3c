import Files
import Foundation
import Images
import Runs

/// Finds out what a file or a folder is, by its content before its name.
public enum Inspections {
  private static let known =
    "a run's or a checkpoint's folder, an image (PNG, JPEG), .safetensors, state.json, "
    + "metrics.jsonl, metrics.csv, an event file of TensorBoard, tokenizer.json, recipe.yaml, "
    + "environment.json, or a text"

  /// Opens what is at `path`.
  /// - Throws: `FileError`, `ImageError` or `RecipeError` when it cannot be read, is damaged, or is
  ///   nothing that the program writes.
  public static func open(_ path: String) throws -> any Inspection {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      return try open(folder: path)
    }
    let file = try InputFile(path)
    let start = try file.read(at: 0, count: min(file.size, 64))
    guard !start.isEmpty else {
      if path.hasSuffix(".jsonl") { return try MetricsInspection(path: path) }
      throw FileError(.badData, path, "is empty")
    }
    if ImageFormat(signatureOf: start) != nil || ImageFormat(extensionOf: path) != nil {
      return try ImageInspection(path: path)
    }
    if hasEnding(path, "safetensors") { return try TensorsInspection(path: path) }
    if path.contains("tfevents") { return try EventsInspection(path: path) }
    if hasEnding(path, "csv") || start.starts(with: Array("step,".utf8)) {
      return try MetricsInspection(path: path)
    }
    if hasEnding(path, "jsonl") || start.starts(with: Array("{\"step\":".utf8)) {
      return try MetricsInspection(path: path)
    }
    if start.first == UInt8(ascii: "{") || hasEnding(path, "json") { return try open(json: path) }
    if hasEnding(path, "yaml", "yml") { return try RecipeInspection(path: path) }
    if hasEnding(path, "txt", "html") { return try TextInspection(path: path) }
    throw FileError(.badData, path, "is nothing that gen writes; gen inspect opens \(known)")
  }

  private static func open(folder: String) throws -> any Inspection {
    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(name)") }
    if has("state.json") { return try CheckpointInspection(path: folder) }
    if has("recipe.yaml") { return RunInspection(try RunFolder(path: folder)) }
    throw FileError(
      .badData, folder,
      "is no run, which has a recipe.yaml, and no checkpoint, which has a state.json")
  }

  private static func open(json path: String) throws -> any Inspection {
    let name = path.split(separator: "/").last ?? ""
    if name == "state.json" {
      let folder = path.dropLast(name.count + 1)
      return try CheckpointInspection(path: folder.isEmpty ? "." : String(folder))
    }
    let content = try JSONNode(path: path)
    if try content["model"] != nil { return try TokenizerInspection(path: path) }
    if try content["instructionSet"] != nil { return try EnvironmentInspection(path: path) }
    throw FileError(
      .badData, path,
      "is JSON, but none that gen writes: no state.json, tokenizer.json or environment.json")
  }

  private static func hasEnding(_ path: String, _ endings: String...) -> Bool {
    endings.contains { path.lowercased().hasSuffix(".\($0)") }
  }
}
