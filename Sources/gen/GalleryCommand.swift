import ArgumentParser
import Files
import Foundation
import Reports

/// `gen gallery`: a site of what all models generate, nightly.
struct GalleryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gallery",
    abstract: "Writes a nightly site of samples from all models.",
    discussion: """
      gen gallery                          all that there is, to gallery/
      gen gallery --out site --keep 30     as samples/nightly.sh does
      gen gallery --prompt "ROMEO:" --prompt "JULIET:"
      gen gallery --evaluate               evaluated on held-out data, too

      Each night has a page with grids, animations, texts, measurements, and what
      has changed since the night before. The site needs no network. Ends with 1 if
      a model that was shown before cannot be; the others are.
      """)

  @Option(help: ArgumentHelp("The site's folder.", valueName: "folder"))
  var out = "gallery"

  @Option(help: ArgumentHelp("The folder of the runs.", valueName: "folder"))
  var runs = RunLookup.root

  @Option(help: ArgumentHelp("How many nights are kept.", valueName: "n"))
  var keep = GalleryOptions().keep

  @Option(help: ArgumentHelp("The night, as 2026-11-21; today by default.", valueName: "date"))
  var date: GalleryDate?

  @Option(help: ArgumentHelp("Images to sample from each model.", valueName: "n"))
  var count = GalleryOptions().count

  @Option(help: ArgumentHelp("Seed of all images and texts.", valueName: "n"))
  var seed: UInt64 = GalleryOptions().seed

  @Option(help: ArgumentHelp("Denoising steps; by default each model's own.", valueName: "n"))
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "What texts begin with, in place of nothing and of what lines of the training text begin with; may "
        + "be given several times.", valueName: "text"))
  var prompt: [String] = []

  @Option(help: ArgumentHelp("Tokens to generate.", valueName: "n"))
  var length = GalleryOptions().length

  @Flag(
    help: """
      Judge the models by held-out data as gen eval does, by 500 images or the whole \
      text. Takes long.
      """)
  var evaluate = false

  @OptionGroup var page: PageFlags

  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    for (flag, value, range) in [
      ("keep", keep, 1...3650), ("count", count, 1...256), ("steps", steps ?? 1, 1...1000),
      ("length", length, 1...100_000),
    ] where !range.contains(value) {
      throw ValidationError(
        "--\(flag) is \(value), but must be \(range.lowerBound) to \(range.upperBound)")
    }
    if ["", "-"].contains(out) {
      throw ValidationError("--out is \"\(out)\", but must name a folder")
    }
    if prompt.count > 16 {
      throw ValidationError("there are \(prompt.count) of --prompt, but at most 16 make sense")
    }
  }

  func run() throws {
    try compute.apply()
    var options = GalleryOptions()
    if let date { options.date = date }
    (options.keep, options.count, options.seed, options.steps) = (keep, count, seed, steps)
    (options.length, options.evaluates) = (length, evaluate)
    if !prompt.isEmpty { options.prompts = prompt }
    let gallery = Gallery(path: out, options, version: Gen.version) { line in
      writeToStandardError("\(lines: line)\n")
    }
    let missed = try gallery.openNight(runs: runs).missed
    print("\(gallery.indexPath)")
    try page.show(gallery.indexPath)
    guard !missed.isEmpty else { return }
    let names = missed.map { "\($0.name) (\($0.lastShown?.description ?? ""))" }
    writeToStandardError(
      "gen: shown before, but not this night: \(names.joined(separator: ", "))\n")
    throw ExitCode(ExitStatus.failed.rawValue)
  }
}

extension GalleryDate: ExpressibleByArgument {
  /// The day of that name.
  public init?(argument: String) { self.init(argument) }
}
