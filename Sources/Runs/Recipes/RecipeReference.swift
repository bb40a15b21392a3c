/// The reference of all recipes' keys, which is generated from their schemas.
public enum RecipeReference {
  /// A page of Markdown: for each kind, a table of its keys with meaning, range and default.
  public static func markdown(for kinds: [any Recipe.Type]) -> String {
    let head = """
      # Recipes

      A recipe is a YAML file. Its `kind` says what it trains; every other key has a default. Unknown
      keys, values out of range, anchors and aliases are errors. `--set model.channels=64` changes a
      key for one run. This page is generated from the program's own tables.

      """
    return head + kinds.map { section($0) }.joined()
  }

  private static func section<R: Recipe>(_ kind: R.Type) -> String {
    var text = """

      ## \(R.kind)

      \(R.summary)

      | key | value | default | meaning |
      |---|---|---|---|

      """
    let recipe = R()
    for key in R.schema.keys {
      let cells = ["`\(key.path)`", key.allowed, "`\(key.yaml(recipe))`", key.meaning]
      text += "| \(cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")) |\n"
    }
    return text
  }
}
