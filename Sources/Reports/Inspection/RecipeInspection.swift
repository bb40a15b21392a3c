import Files
import Models
import Runs

/// What a recipe says.
public struct RecipeInspection: Inspection {
  let kind = "recipe"
  let path: String
  /// The kind of what it trains.
  public let recipe: String
  let summary: String
  /// How many steps there are to be.
  public let steps: Int
  /// The keys that differ from their defaults, and their values.
  public let changes: [Change]

  /// A key and its value.
  public struct Change: Encodable, Sendable {
    /// The key.
    public let key: String
    /// The value, in YAML.
    public let value: String
  }

  /// Reads a recipe.
  /// - Throws: `FileError`; `RecipeError` when it is none, or none that is known here.
  public init(path: String) throws {
    let document = try RecipeDocument(path: path)
    let kind = try recipeKind(of: document)
    func read<R: TrainableRecipe>(_: R.Type) throws -> (steps: Int, changes: [Change]) {
      let recipe = try document.recipe(as: R.self)
      return (
        recipe.loop.steps,
        R().changes(in: recipe).map { Change(key: $0.key, value: $0.now) }
      )
    }
    self.path = path
    (recipe, summary) = (kind.kind, kind.summary)
    (steps, changes) = try read(kind)
  }

  /// What it trains, and what is not as by default.
  public func text(_ style: TerminalStyle) -> String {
    let rows = changes.map { ["\($0.key):", $0.value] }
    return
      (["\(oneLine(path)): a recipe of the kind \(recipe): \(summary)"]
      + (rows.isEmpty ? ["all is as by default"] : ["not as by default:", table(rows)]))
      .joined(separator: "\n")
  }
}
