import ArgumentParser
import Files
import Models
import Runs

/// `gen import`: makes a run of another program's model.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract:
      "Imports a diffusers pipeline or a GPT-2 of transformers as a run.",
    discussion: """
      gen import ddpm-cifar10-32                    makes runs/ddpm-cifar10-32
      gen import ~/models/cats --name cats
      gen train runs/cats/recipe.yaml --data ~/cats --from cats --steps 1000
      gen import ~/models/gpt2
      gen sample gpt2 --prompt "Once upon a time"

      The folder has model_index.json, unet/ and scheduler/, or config.json of
      the model type gpt2 and a tokenizer; its weights are .safetensors files.
      A GPT-2's texts are cut into tokens as tokenizer_config.json says, and end
      before the tokens that generation_config.json, or config.json, names.
      The third line trains what was imported further.
      """)

  @Argument(help: "A model's folder, as save_pretrained writes it.", completion: .directory)
  var folder: String

  @Option(help: ArgumentHelp("The run's name; the folder's by default.", valueName: "name"))
  var name: String?

  @OptionGroup var compute: ComputeOptions

  func run() throws {
    try compute.apply()
    let command = ["gen"] + CommandLine.arguments.dropFirst()
    switch try ForeignModel(folder: folder) {
    case .pipeline:
      let pipeline = try PipelineImport(folder: folder)
      try report(pipeline.unet.parameterCount, pipeline.notes) {
        try pipeline.makeRun(in: RunLookup.root, name: name, command: command, version: Gen.version)
      }
    case .gpt2:
      let model = try GPT2Import(folder: folder)
      try report(model.model.parameterCount, model.notes) {
        try model.makeRun(in: RunLookup.root, name: name, command: command, version: Gen.version)
      }
    }
  }

  /// Makes the run, and says what it is.
  private func report(
    _ parameterCount: Int, _ notes: [String], make: () throws -> RunFolder
  ) throws {
    for note in notes { writeToStandardError("\(note)\n") }
    let run = try make()
    writeToStandardError(
      "\(parameterCount) parameters; to sample from them: gen sample \(run.name)\n")
    print("\(run.path)")
  }
}
