import Autograd
import Images
import Runs
import Training

/// A run that is made of another program's model.
struct ImportedRun {
  /// The text of its recipe.
  let recipe: String
  /// The recipe's seed.
  let seed: UInt64
  /// What the model's folder is called, and so the run, unless it is named.
  let folderName: String

  /// Makes the run, whose checkpoint after no steps holds the weights as those of the model and as
  /// their average.
  /// - Parameter others: further files of the checkpoint.
  /// - Throws: `FileError` when there is such a run, or it cannot be written.
  func make(
    in root: String, name: String?, command: [String], version: String, _ slab: ParameterSlab,
    others: [CheckpointStore.File] = []
  ) throws -> RunFolder {
    try RunFolder.create(in: root, recipe: folderName, name: name ?? folderName) { run in
      try run.writeRecipe(recipe)
      try run.writeCommand(command)
      var environment = RunEnvironment(version: version, dataHash: nil)
      // Whatever it will learn from is read as images are read now.
      environment.data.reading = ImageReading.current.rawValue
      try run.writeEnvironment(environment)
      let weights = SlabArrays(slab).named("")
      try run.checkpoints.write(
        step: 0,
        files: ["model", "ema"].map { .safetensors("\($0).safetensors", weights) } + others,
        state: ["seed": seed])
    }.released
  }
}
