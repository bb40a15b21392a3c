import ArgumentParser
import Files
import Models
import Reports
import Runs
import Training

/// `gen export`: writes a run's model for another program.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract:
      "Exports a run for diffusers or transformers, or as a pretrained model.",
    discussion: """
      gen export --to pretrained gan-001 --dtype bfloat16 -o ~/models/mine

      That is a run without what only training needs: the recipe, the averaged
      weights, rounded to half their size, and the page of gen report. With
      GEN_HOME=~/models, mine is a run's name everywhere.

      gen export --to diffusers diffusion-001
      gen export --to diffusers diffusion-001 --weights raw -o clothes

      In Python, DDPMPipeline.from_pretrained("clothes")().images[0] samples from
      it. A class-conditional UNet is opened by
      UNet2DModel.from_pretrained("clothes", subfolder="unet").

      gen export --to transformers transformer-nano-001 -o writer

      AutoModelForCausalLM.from_pretrained("writer") opens that, and
      AutoTokenizer its tokenizer. GPT-2 is what it becomes, so a run must have
      model.positions=learned, model.norm=layer, model.activation=gelu or
      gelu_tanh, and model.qk_norm=false.
      """)

  /// What a run can become.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case diffusers, transformers, pretrained
  }

  @Option(help: ArgumentHelp("What to write.", valueName: "what"))
  var to: Format

  @Argument(
    help: ArgumentHelp("A run's name or folder; the newest by default.", valueName: "run"),
    completion: .runs())
  var name: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The folder to make; by default the run's name and what it becomes.", valueName: "folder"),
    completion: .directory)
  var output: String?

  /// How weights can be stored.
  enum StoredType: String, CaseIterable, ExpressibleByArgument {
    case float32, bfloat16
  }

  @Option(
    help: ArgumentHelp(
      "Which weights: their moving average, or those of the last step.", valueName: "name"))
  var weights = LearnedWeights.average

  @Option(
    help: ArgumentHelp("How a pretrained model's weights are stored.", valueName: "type"))
  var dtype = StoredType.float32

  @Option(
    help: ArgumentHelp("The checkpoint at this step; the newest by default.", valueName: "n")
  )
  var step: Int?

  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    if let output, ["", "-"].contains(output) {
      throw ValidationError("--output is \"\(output)\", but must name a folder")
    }
    if to == .pretrained && weights == .latest {
      throw ValidationError("a pretrained model has the averaged weights: leave --weights raw out")
    }
    if to != .pretrained && dtype != .float32 {
      throw ValidationError(
        "--dtype is for pretrained models: what \(to.rawValue) opens has float32")
    }
  }

  func run() throws {
    try compute.apply()
    let run = try RunLookup.find(name)
    if name == nil { writeToStandardError("exporting \(run.name)\n") }
    let folder = output ?? "\(run.name)-\(to.rawValue)"
    switch to {
    case .diffusers: try writePipeline(run, folder)
    case .transformers:
      try GPT2Export(run, step: step, weights: weights).write(to: folder)
    case .pretrained: try writePretrained(run, folder)
    }
    print("\(folder)")
  }

  private func writePretrained(_ run: RunFolder, _ folder: String) throws {
    let report = try RunReport(run, forOthers: true)
    for problem in report.problems { writeToStandardError("gen: \(lines: problem)\n") }
    try run.writePretrained(
      to: folder, step: step, as: dtype == .bfloat16 ? .bf16 : .f32, report: report.page)
  }

  private func writePipeline(_ run: RunFolder, _ folder: String) throws {
    let export = try PipelineExport(run, step: step, weights: weights)
    try export.write(to: folder)
    if let rows = export.recipe.configuration.classCount {
      let none = export.recipe.nullClass.map { ", and \($0) is for no class" } ?? ""
      writeToStandardError(
        """
        the UNet is class-conditional: class_labels of 0 to \(rows - 1)\(none). DDPMPipeline passes \
        none; open it with UNet2DModel.from_pretrained(\"\(folder)\", subfolder=\"unet\")\n
        """)
    }
  }
}
