import Files
import Runs

/// The kinds of recipes whose runs draw pictures.
public let pictureKinds = [GANRecipe.kind, DiffusionRecipe.kind]

/// What draws from a run, whatever kind it is of: from its checkpoint after `step` steps, or for nil
/// from the newest that verifies.
/// - Throws: `FileError`, `RecipeError` when the run cannot be read, or is of a kind that draws no
///   pictures.
public func pictureSampler(of run: RunFolder, step: Int? = nil) throws -> any PictureSampler {
  let document = try RecipeDocument(path: run.recipePath)
  switch document.kind {
  case GANRecipe.kind: return try GANSampler(run, step: step)
  case DiffusionRecipe.kind: return try DiffusionSampler(run, step: step)
  case ClassifierRecipe.kind:
    throw FileError(
      .badData, run.path,
      "is a classifier, which draws nothing: gen eval \(run.name) says how good it is")
  case let kind where textKinds.contains(kind):
    throw FileError(.badData, run.path, "is a \(kind), which writes text and draws no pictures")
  default: throw document.unknownKind(among: pictureKinds)
  }
}
