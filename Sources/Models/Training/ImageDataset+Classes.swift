import Datasets
import Runs

extension ImageDataset {
  /// How many classes a model is told of; nil where it is told none.
  ///
  /// - Parameter conditional: what the recipe says of it; nil takes classes where there are some to tell
  ///   apart.
  /// - Throws: `RecipeProblem` when classes are wanted, but there are none.
  func classes(conditional: Bool?) throws(RecipeProblem) -> Int? {
    guard let conditional else { return classNames.count > 1 ? classNames.count : nil }
    guard conditional else { return nil }
    guard !classNames.isEmpty else {
      throw RecipeProblem(
        "model.conditional",
        "true, but \(name) has no classes: give a folder for each, or set it to null or false")
    }
    return classNames.count
  }
}
