import ArgumentParser
import CLibrary
import Images
import Reports

/// `gen inspect`: opens what the program writes.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what is in a run, a checkpoint, an image, or any file of them.",
    discussion: """
      gen inspect grid.png                 size, and the command to make it again
      gen inspect grid.png --show          the image, too, in blocks
      gen inspect gan-001                  where, how far, and how its loss went
      gen inspect runs/gan-001/best        a checkpoint, which is verified
      gen inspect runs/gan-001/best/model.safetensors
      gen inspect runs/gan-001/metrics.csv --json

      Further: state.json, metrics.jsonl, TensorBoard's event files, tokenizer.json,
      recipe.yaml, environment.json, and texts.
      """)

  @Argument(
    help: "A file, a checkpoint's or a run's folder, or a run's name.", completion: .runs())
  var what: String

  @Flag(help: "Print a line of JSON.")
  var json = false

  @Flag(
    inversion: .prefixedNo,
    help: "Show the image in the terminal; by default where it has colors.")
  var show: Bool?

  func validate() throws {
    if json && show == true { throw ValidationError("--json prints a line: leave --show out") }
  }

  func run() throws {
    // A run's name goes before a file of that name only where there is no such file.
    let path = access(what, F_OK) == 0 || isFile ? what : try RunLookup.find(what).path
    let inspection = try Inspections.open(path)
    if json { return print(try jsonLine(inspection)) }
    let image = inspection as? ImageInspection
    if show == true && image == nil {
      throw UsageError("--show generates images, but \(path) is none")
    }
    let style = TerminalStyle.standardOutput
    let text = inspection.text(style)
    // The curves' colors are ours; all else in it is escaped already.
    print("\(raw: text)")
    guard let image, show ?? style.isColored else { return }
    // Unless it is asked for, nothing scrolls away for it; the prompt comes below.
    let spare = show == nil ? text.count(where: \.isNewline) + 2 : nil
    print(
      "\(raw: TerminalImage.forStandardOutput(image.image, spare: spare))", terminator: "")
  }

  /// Whether it can only be meant as a file: then that is what is missing.
  private var isFile: Bool { what.contains("/") || what.contains(".") && !RunLookup.exists(what) }
}
