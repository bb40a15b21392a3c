import ArgumentParser
import Generators
import Training

/// `gen explain`: shows what a text model makes of a prompt.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Writes a page with what a text model makes of a prompt.",
    discussion: """
      gen explain --prompt "To be, or not to b"
      gen explain transformer-001 --prompt "ROMEO:" -o romeo.html

      The page shows how surprising each token of the prompt was to the model,
      what else it might have been, and of a transformer the attention of each
      head over the prompt. It is one file, which any browser opens.
      """)

  @Argument(
    help: ArgumentHelp(
      "A text run's name or folder; the newest text run by default.", valueName: "run"),
    completion: .runs(of: textKinds))
  var name: String?

  @Option(help: ArgumentHelp("The text that the model reads.", valueName: "text"))
  var prompt: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "File of the page, - for standard output; the run's name and -explained.html by default.",
      valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output: String?

  @Option(help: ArgumentHelp("How many alternatives are told of each token.", valueName: "n"))
  var alternatives = 6

  @Option(
    help: ArgumentHelp("The checkpoint after so many steps; the newest by default.", valueName: "n")
  )
  var step: Int?

  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    guard (1...100).contains(alternatives) else {
      throw ValidationError("--alternatives is \(alternatives), but must be 1 to 100")
    }
    if prompt.isEmpty { throw ValidationError("--prompt is empty: give the model a text to read") }
  }

  func run() throws {
    try compute.apply()
    let run = try Runs.findOrPretrained(name, kinds: textKinds) { _ in "explaining" }
    let text = try TrainedText(run, step: step)
    let tokens: [Int32]
    do { tokens = try text.tokenizer.encode(prompt) } catch {
      throw UsageError("--prompt: \(error)")
    }
    let limit = TextExplanation.limit(of: text.model)
    guard tokens.count <= limit else {
      throw UsageError(
        "--prompt has \(tokens.count) tokens, but at most \(limit) of \(run.name) can be explained")
    }
    let explanation = try TextExplanation(text, of: tokens, alternatives: alternatives)
    let path = output ?? "\(run.name)-explained.html"
    try SystemFiles().atomicWrite(path == "-" ? "/dev/stdout" : path, explanation.page)
    if path != "-" { print(path) }
  }
}
