import Foundation
import Models
import Runs
import Testing

/// The page of all recipes' keys is the one that the code makes.
@Test func theRecipesPageIsUpToDate() throws {
  let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../recipes/README.md")
  let text = RecipeReference.markdown(for: recipeKinds.map { $0 as any Recipe.Type })
  if ProcessInfo.processInfo.environment["GEN_WRITE_PAGES"] != nil {
    try text.write(to: page, atomically: true, encoding: .utf8)
  }
  #expect(
    try String(contentsOf: page, encoding: .utf8) == text,
    "make it again: GEN_WRITE_PAGES=1 swift test --filter theRecipesPageIsUpToDate")
}
