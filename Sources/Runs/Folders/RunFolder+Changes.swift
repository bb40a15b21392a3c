import Files

extension RunFolder {
  private static var changeMark: String { "# after step " }

  /// What was changed each time that the run went on, in order: "after step 500 steps was 1000, is
  /// 2000". The recipe's file keeps it in comments at its end, so that the two are never apart.
  /// - Throws: `FileError` when the recipe cannot be read.
  public func changes() throws(FileError) -> [String] {
    let bytes = try InputFile(place / Name.recipe).readAll(limit: RecipeNode.maximumSize)
    return lines(of: String(decoding: bytes, as: UTF8.self))
      .filter { $0.hasPrefix(Self.changeMark) }.map { String($0.dropFirst(2)) }
  }

  /// Writes the recipe with which the run goes on after `step` steps, and what has changed, a phrase
  /// such as "steps was 1000, is 2000" for each thing.
  /// - Throws: `FileError`; the file is as it was then.
  public func rewriteRecipe(_ yaml: String, after step: Int, changes: [String]) throws {
    let lines = try self.changes().map { "# \($0)\n" }
    let new = changes.map { "\(Self.changeMark)\(step) \($0)\n" }
    try writeRecipe(yaml + (lines + new).joined())
  }
}
