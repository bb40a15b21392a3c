import Files
import Runs
import Training

/// A diffusion run, read to become a pipeline of diffusers.
public struct PipelineExport {
  /// The recipe of the run.
  public let recipe: DiffusionRecipe
  /// The step of the checkpoint.
  public let step: Int
  private let unet: UNet

  /// Reads a run as it was after `step` steps, or for nil at its newest checkpoint that verifies.
  /// - Throws: `FileError`, `RecipeError` when the run cannot be read, or is one that diffusers has no
  ///   pipeline for.
  public init(_ run: RunFolder, step: Int? = nil, weights: LearnedWeights = .average) throws {
    let document = try RecipeDocument(path: run.recipePath)
    guard document.kind == DiffusionRecipe.kind else {
      throw FileError(
        .badData, run.path,
        "is a run of \(document.kind), but a pipeline is made of a diffusion run")
    }
    recipe = try document.recipe()
    guard recipe.objective == .diffusion else {
      throw FileError(
        .badData, run.path,
        "is a flow, which tells a velocity along straight lines: no scheduler of DDPMPipeline samples "
          + "with that, so only runs with \"objective: diffusion\" can be exported")
    }
    guard recipe.lossKind == .denoising else {
      throw FileError(
        .badData, run.path,
        "is tuned to sample in a few steps, which no scheduler of DDPMPipeline does: export the run "
          + "that it was tuned from")
    }
    let checkpoint = try run.verifiedCheckpoint(step: step)
    unet = UNet(recipe.configuration)
    try Learner.read(checkpoint, weights, into: unet)
    self.step = checkpoint.step
  }

  /// Writes the pipeline's folder whole, or not at all.
  /// - Throws: `FileError` when something stands there already, or it cannot be written.
  public func write(
    to path: String, operations: any FileOperations = SystemFiles()
  ) throws {
    try operations.newFolder(Place(path)) { folder in
      for name in ["unet", "scheduler"] { try operations.createFolder(folder / name) }
      for (name, text) in texts {
        try operations.writeSynced(folder / name) { try $0.write(text) }
      }
      try operations.writeSynced(folder / "unet/\(PipelineFolder.Name.weights)") {
        // Without this, diffusers does not know whose tensors they are.
        try $0.writeSafetensors(StateDictionary(unet).arrays(), metadata: ["format": "pt"])
      }
      for name in ["unet", "scheduler"] { try operations.syncFolder(folder / name) }
    }
  }

  /// The release of diffusers whose files these are.
  private static let diffusersVersion = "0.42.1"

  /// The files of text, and what is in each.
  private var texts: [(name: String, text: String)] {
    let (pipeline, scheduler) = (PipelineFolder.Kind.ddpm, SchedulerFile.Class.ddpm)
    let unet = UNetFile.Class.unet
    func heading(_ name: String) -> [(name: String, value: any RecipeValue)] {
      [(PipelineFolder.classKey, name), ("_diffusers_version", Self.diffusersVersion)]
    }
    let parts: [(name: String, value: any RecipeValue)] = [
      ("scheduler", ["diffusers", scheduler.rawValue]), ("unet", ["diffusers", unet.rawValue]),
    ]
    let classes = recipe.nullClass.map { (UNetFile.nullClassKey, Int($0)) }
    return [
      (
        PipelineFolder.Name.index,
        ConfigurationFile.content(heading(pipeline.rawValue) + parts)
      ),
      (
        PipelineFolder.Name.unetConfiguration,
        ConfigurationFile.content(
          heading(unet.rawValue) + (classes.map { [$0] } ?? []), UNetFile.keys,
          of: UNetFile(recipe.configuration))
      ),
      (
        PipelineFolder.Name.scheduler,
        ConfigurationFile.content(
          heading(scheduler.rawValue), SchedulerFile.keys, of: SchedulerFile(recipe))
      ),
    ]
  }
}
