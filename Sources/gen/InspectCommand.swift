import ArgumentParser
import Generators
import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// `gen inspect`: opens what the program writes.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Says what is in a run, a checkpoint, a picture, or any file of them.",
    discussion: """
      gen inspect grid.png                 size, and the command to make it again
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

  func run() throws {
    // A run's name goes before a file of that name only where there is no such file.
    let path = access(what, F_OK) == 0 || isFile ? what : try Runs.find(what).path
    let inspection = try Inspections.open(path)
    print(json ? try jsonLine(inspection) : inspection.text(.standardOutput))
  }

  /// Whether it can only be meant as a file: then that is what is missing.
  private var isFile: Bool { what.contains("/") || what.contains(".") && !Runs.exists(what) }
}
