import Models
import Runs

/// The recipes that are bundled with the program, and how the command finds others.
enum Recipes {
  private static let embedded: [(name: String, bytes: [UInt8])] = [
    ("gan", PackageResources.gan_yaml), ("gan-photos", PackageResources.gan_photos_yaml),
    ("classifier", PackageResources.classifier_yaml),
    ("diffusion", PackageResources.diffusion_yaml),
    ("consistency", PackageResources.consistency_yaml),
    ("diffusion-large", PackageResources.diffusion_large_yaml),
    ("diffusion-photos", PackageResources.diffusion_photos_yaml),
    ("transformer", PackageResources.transformer_yaml),
    ("transformer-nano", PackageResources.transformer_nano_yaml),
    ("transformer-baby", PackageResources.transformer_baby_yaml),
    ("rnn", PackageResources.rnn_yaml),
  ]

  /// The names of the bundled ones.
  static var names: [String] { embedded.map(\.name) }

  /// The recipe of that name, or in that file.
  /// - Throws: `FileError`, `RecipeError`, `UsageError` when there is neither.
  static func document(_ what: String) throws -> RecipeDocument {
    if let (name, bytes) = embedded.first(where: { $0.name == what }) {
      return try RecipeDocument(
        text: String(decoding: bytes, as: UTF8.self), source: "\(name).yaml")
    }
    guard what.contains("/") || what.hasSuffix(".yaml") || what.hasSuffix(".yml") else {
      let meant = suggestion(for: what, among: names)
      let all = meant.isEmpty ? ": name \(names.joined(separator: ", ")), or a .yaml file" : meant
      throw UsageError("no recipe is called \(what)\(all)")
    }
    return try RecipeDocument(path: what)
  }

  /// What runs of a recipe are called: its name, or its file's without folder and ending.
  static func runName(_ what: String) -> String {
    let file = what.split(separator: "/").last.map(String.init) ?? what
    return file.split(separator: ".").first.map(String.init) ?? file
  }

  /// Whether a key may change when a run goes on: what alters neither the model, the optimizer's state
  /// nor the data, whose content is compared, wherever it is now.
  static func mayChange(_ key: String) -> Bool {
    key == "steps" || key == "data.source"
      || key != "optimizer.method"
        && ["budget.", "log.", "sample.", "evaluate.", "checkpoint.", "optimizer."].contains {
          key.hasPrefix($0)
        }
  }
}

extension TrainableRecipe {
  /// What to do with a run that has been trained, in a phrase.
  static func use(of run: String, step: Int? = nil) -> String {
    let checkpoint = step.map { " --step \($0)" } ?? ""
    return output == .classes
      ? "to evaluate it: gen eval \(run)\(checkpoint)"
      : "to sample from it: gen sample \(run)\(checkpoint)"
  }
}
