import ArgumentParser
import Generators
import Training

/// `gen import`: makes a run of another program's model.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Makes a run of a diffusers pipeline, to draw from or to train further.",
    discussion: """
      gen import ddpm-cifar10-32                    makes runs/ddpm-cifar10-32
      gen import ~/models/cats --name cats
      gen train runs/cats/recipe.yaml --data ~/cats --from cats --steps 1000

      The folder has model_index.json, unet/ and scheduler/; its weights are
      .safetensors files. The last line trains what was imported further.
      """)

  @Argument(help: "A pipeline's folder, as save_pretrained writes it.")
  var folder: String

  @Option(help: ArgumentHelp("The run's name; the folder's by default.", valueName: "name"))
  var name: String?

  @OptionGroup var compute: ComputeOptions

  func run() throws {
    try compute.apply()
    let pipeline = try PipelineImport(folder: folder)
    for note in pipeline.notes { writeToStandardError("\(note)\n") }
    let run = try pipeline.makeRun(
      in: Runs.root, name: name, command: ["gen"] + CommandLine.arguments.dropFirst(),
      version: Gen.version)
    writeToStandardError(
      "\(pipeline.unet.parameterCount) parameters: gen sample \(run.name) draws from them\n")
    print(run.path)
  }
}
