import ArgumentParser
import Files
import Models
import Runs

/// `gen explain`: shows what a text model makes of a prompt, or whether images are copies.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract:
      "Writes a page that explains a model: its attention to a prompt, or the images nearest to its own.",
    discussion: """
      gen explain --prompt "To be, or not to b"
      gen explain transformer-001 --prompt "ROMEO:" -o romeo.html

      The page shows how surprising each token of the prompt was to the model,
      what else it might have been, and of a transformer the attention of each
      head over the prompt. It is one file, which any browser opens.

      gen explain --nearest                        is the newest run copying?
      gen explain gan-001 --nearest --json
      gen explain gan-photos-001 --nearest --pixels --neighbors 8

      The page shows generated images beside the nearest that the model has learned
      from, and how far they are, beside the same for held-out images, which it
      has never seen: images are copies where they are nearer than those.
      """)

  @Argument(
    help: ArgumentHelp(
      "A run's name or folder; by default the newest that the flags fit.", valueName: "run"),
    completion: .runs(of: kinds(making: .images, .text)))
  var name: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "File of the page, - for standard output; the run's name and -explained.html or -nearest.html "
        + "by default.",
      valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output: String?

  @Option(
    help: ArgumentHelp("The checkpoint at this step; the newest by default.", valueName: "n")
  )
  var step: Int?

  @Option(help: ArgumentHelp("The text that the model reads.", valueName: "text"))
  var prompt: String?

  @Option(
    help: ArgumentHelp(
      "Alternatives shown for each token; 6 by default.", valueName: "n"))
  var alternatives: Int?

  @Flag(help: "Compare generated images with the nearest training images.")
  var nearest = false

  @Option(
    help: ArgumentHelp(
      "With --nearest, how many images to sample; 200 by default.", valueName: "n")
  )
  var count: Int?

  @Option(
    help: ArgumentHelp(
      "With --nearest, training images shown for each; 5 by default.", valueName: "n"))
  var neighbors: Int?

  @Option(
    help: ArgumentHelp("With --nearest, the seed of the images; 0 by default.", valueName: "n"))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "With --nearest, the classifier in whose features images are compared; Fashion-MNIST has "
        + "a bundled one.",
      valueName: "run"))
  var classifier: String?

  @Flag(help: "With --nearest, compare pixels, as where there is no classifier.")
  var pixels = false

  @Flag(help: "With --nearest, print a line of JSON in place of the page.")
  var json = false

  @OptionGroup var page: PageFlags

  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    if let alternatives, !(1...100).contains(alternatives) {
      throw ValidationError("--alternatives is \(alternatives), but must be 1 to 100")
    }
    if let count, !(1...4096).contains(count) {
      throw ValidationError("--count is \(count), but must be 1 to 4096")
    }
    if let neighbors, !(1...20).contains(neighbors) {
      throw ValidationError("--neighbors is \(neighbors), but must be 1 to 20")
    }
    if prompt?.isEmpty == true {
      throw ValidationError("--prompt is empty: give the model a text to read")
    }
    guard nearest != (prompt != nil) else {
      throw ValidationError(
        "give --prompt TEXT for a text model, or --nearest for an image model"
          + (nearest ? ", and not both" : ""))
    }
    let given = [
      ("--count", count != nil), ("--neighbors", neighbors != nil), ("--pixels", pixels),
      ("--classifier", classifier != nil), ("--json", json), ("--seed", seed != nil),
    ]
    if let (flag, _) = given.first(where: { $0.1 }), !nearest {
      throw ValidationError("\(flag) goes with --nearest, and not with --prompt")
    }
    if alternatives != nil && nearest {
      throw ValidationError("--alternatives goes with --prompt, and not with --nearest")
    }
    if pixels && classifier != nil {
      throw ValidationError("--pixels compares without a classifier: leave --classifier out")
    }
    if json && (output != nil || page.open) {
      let flag = output != nil ? "--output" : "--open"
      throw ValidationError("--json prints a line in place of the page: leave \(flag) out")
    }
  }

  func run() throws {
    try compute.apply()
    try page.check(output)
    let kinds = kinds(making: nearest ? .images : .text)
    let run = try RunLookup.findOrPretrained(name, "explaining", kinds: kinds)
    if let prompt { try explain(prompt, to: run) } else { try explainNearest(run) }
  }

  private func explain(_ prompt: String, to run: RunFolder) throws {
    let text = try OpenedRun(run, step: step).text()
    let tokens: [Int32]
    do { tokens = try text.tokenizer.encode(prompt) } catch {
      throw UsageError("--prompt: \(error)")
    }
    let limit = TextExplanation.limit(of: text.model)
    guard tokens.count <= limit else {
      throw UsageError(
        "--prompt has \(tokens.count) tokens, but at most \(limit) of \(run.name) can be explained")
    }
    let destination = try Output(output ?? "\(run.name)-explained.html")
    let explanation = try TextExplanation(text, of: tokens, alternatives: alternatives ?? 6)
    try destination.writeAndTell(Array(explanation.page.utf8))
    try page.show(destination.name)
  }
}
