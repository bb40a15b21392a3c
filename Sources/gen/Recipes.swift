import Files
import Models
import Runs

/// The recipes that are bundled with the program, and how the command finds others.
enum Recipes {
  /// A bundled one.
  struct Bundled {
    let name: String
    /// Other names that it is looked for by.
    let aliases: [String]
    /// The text as it is shipped.
    let text: String

    fileprivate init(_ name: String, _ bytes: [UInt8], aliases: [String] = []) {
      (self.name, self.aliases) = (name, aliases)
      text = String(decoding: bytes, as: UTF8.self)
    }

    /// The recipe.
    /// - Throws: `RecipeError`.
    func document() throws(RecipeError) -> RecipeDocument {
      try RecipeDocument(text: text, source: "\(name).yaml")
    }

    /// What its first lines say of it: paragraphs, of which one ends where a line does without a sign, as after a
    /// command.
    var remark: String {
      let lines = text.split(separator: "\n").prefix { $0.hasPrefix("#") }
        .map { String($0.dropFirst()).trimmed }
      return lines.reduce("") { remark, line in
        let goesOn = remark.last?.isPunctuation ?? true || line.first?.isUppercase != true
        return remark + (remark.isEmpty ? "" : goesOn ? " " : "\n") + line
      }
    }
  }

  /// The bundled ones.
  static let all = [
    Bundled("gan", PackageResources.gan_yaml, aliases: ["dcgan"]),
    Bundled("gan-photos", PackageResources.gan_photos_yaml),
    Bundled("classifier", PackageResources.classifier_yaml, aliases: ["cnn"]),
    Bundled("diffusion", PackageResources.diffusion_yaml, aliases: ["ddpm", "unet"]),
    Bundled("consistency", PackageResources.consistency_yaml),
    Bundled("diffusion-large", PackageResources.diffusion_large_yaml),
    Bundled("diffusion-photos", PackageResources.diffusion_photos_yaml),
    Bundled("transformer", PackageResources.transformer_yaml, aliases: ["gpt"]),
    Bundled("transformer-nano", PackageResources.transformer_nano_yaml, aliases: ["nanogpt"]),
    Bundled("transformer-baby", PackageResources.transformer_baby_yaml),
    Bundled("rnn", PackageResources.rnn_yaml, aliases: ["lstm", "char-rnn"]),
  ]

  /// What is no recipe, but a setting of one.
  private static let settings = ["gru": "rnn --set model.cell=gru"]

  /// The names of the bundled ones.
  static var names: [String] { all.map(\.name) }

  /// The same with their aliases.
  static var allNames: [String] { all.flatMap { [$0.name] + $0.aliases } }

  /// The bundled one of that name or alias.
  static func bundled(_ name: String) -> Bundled? {
    all.first { $0.name == name || $0.aliases.contains(name) }
  }

  /// The recipe of that name, or in that file.
  /// - Throws: `FileError`, `RecipeError`, `UsageError` when there is neither.
  static func document(_ what: String) throws -> RecipeDocument {
    if let recipe = bundled(what) { return try recipe.document() }
    guard what.contains("/") || what.hasSuffix(".yaml") || what.hasSuffix(".yml") else {
      throw unknown(what, or: ", or a .yaml file")
    }
    return try RecipeDocument(path: what)
  }

  /// What to say where no recipe has that name.
  static func unknown(_ what: String, or others: String = "") -> UsageError {
    let meant =
      settings[what].map { "; did you mean \"\($0)\"?" } ?? suggestion(for: what, among: allNames)
    let all = meant.isEmpty ? ": name \(names.joined(separator: ", "))\(others)" : meant
    return UsageError("no recipe is called \(what)\(all)")
  }

  /// What runs of a recipe are called: its name, or its file's without folder and ending.
  static func runName(_ what: String) -> String {
    if let recipe = bundled(what) { return recipe.name }
    let file = what.split(separator: "/").last.map(String.init) ?? what
    return file.split(separator: ".").first.map(String.init) ?? file
  }

  /// Whether a key may change when a run goes on: what alters neither the model, the optimizer's state
  /// nor the data, whose content is compared, wherever it is now.
  static func mayChange(_ key: String) -> Bool {
    ["steps", "data.source", "precision"].contains(key)
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
