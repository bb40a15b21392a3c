import Foundation
import Testing

@testable import gen

/// A recipe is a file and a line: none has one of them alone.
@Test func everyRecipeHasItsFileAndItsLine() throws {
  let folder = Article.package.appendingPathComponent("recipes").standardized
  let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
  let named = files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
  #expect(named.sorted() == Recipes.names.sorted())
}
