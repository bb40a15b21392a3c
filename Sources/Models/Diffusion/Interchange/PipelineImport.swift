import Autograd
import Foundation
import Runs

/// A pipeline of diffusers, read to become a run.
public struct PipelineImport {
  /// The recipe that a run of it has.
  public let recipe: DiffusionRecipe
  /// The UNet, with the pipeline's weights.
  public let unet: UNet
  /// What was passed over, a line for each.
  public let notes: [String]
  private let folderName: String

  /// Reads a pipeline's folder.
  ///
  /// The weights may be F32, F16 or BF16, in one file or in shards; attention may have its old names.
  /// - Throws: `FileError` when a file is missing or damaged, or a tensor is missing, of another shape
  ///   or too many; `RecipeError` that names the file, the key, and what would be right.
  public init(folder path: String) throws {
    let folder = try PipelineFolder(path: path)
    var notes: [String] = []
    let unetFile = try ConfigurationFile(path: folder.file(PipelineFolder.Name.unetConfiguration))
    let configuration = try UNetFile(unetFile, notes: &notes).configuration
    let schedulerFile = try ConfigurationFile(path: folder.file(PipelineFolder.Name.scheduler))
    let scheduler = try SchedulerFile(schedulerFile, notes: &notes)

    recipe = try Self.recipe(configuration, scheduler, unetFile)
    let weights = try StoredWeights(folder.weightFiles()) { StoredWeights.presentUNetName(of: $0) }
    try weights.require(
      parameters: configuration.leastParameters, by: "block_out_channels", of: unetFile)
    unet = UNet(configuration)
    unet.initialize(seed: 0)
    try weights.read(StateDictionary(unet))
    self.notes = notes
    folderName = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
  }

  private static func recipe(
    _ configuration: UNetConfiguration, _ scheduler: SchedulerFile, _ file: ConfigurationFile
  ) throws -> DiffusionRecipe {
    var recipe = DiffusionRecipe()
    recipe.model = configuration
    recipe.imageChannels = configuration.inChannels
    scheduler.apply(to: &recipe)
    if let rows = configuration.classCount {
      (recipe.isConditional, recipe.classRows) = (true, rows)
      let nullClass = try file.value(UNetFile.nullClassKey, as: Int.self)
      // Other tables have no row for no class, unless a file says so.
      if nullClass != rows - 1 { recipe.classDropout = 0 }
    }
    // Whatever a recipe cannot say is found by reading it as a run's will be.
    return try RecipeDocument(text: recipe.yaml, source: "the recipe made of \(file.path)")
      .recipe()
  }

  /// Makes a run of it, whose checkpoint after no steps holds the weights as those of the model and as
  /// their average.
  /// - Parameters:
  ///   - root: The folder of all runs.
  ///   - name: The run's name; nil for the folder's.
  ///   - command: The command's words, for the run's records.
  ///   - version: The program's version, for the same.
  /// - Throws: `FileError` when there is such a run, or it cannot be written.
  public func makeRun(
    in root: String = "runs", name: String? = nil, command: [String], version: String
  ) throws -> RunFolder {
    try ImportedRun(recipe: recipe.yaml, seed: recipe.loop.seed, folderName: folderName)
      .make(in: root, name: name, command: command, version: version, ParameterSlab.of(unet))
  }
}
