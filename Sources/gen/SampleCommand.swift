import ArgumentParser
import Generators
import Images
import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// `gen sample`: draws from a run.
struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Draws pictures from a run.",
    discussion: """
      gen sample                                    a grid from the newest run
      gen sample gan-001 --count 64 --seed 7 -o grid.png
      gen sample gan-001 --count 100 --each out     single files
      gen sample gan-001 --interpolate              each row from one picture to another

      The pictures of a seed are always the same; a larger count adds to them.
      """)

  @Argument(help: ArgumentHelp("A run's name or folder; the newest by default.", valueName: "run"))
  var name: String?

  @Option(
    help: ArgumentHelp("How many pictures; with --interpolate how many rows.", valueName: "n"))
  var count: Int?

  @Option(
    help: ArgumentHelp("The checkpoint after so many steps; the newest by default.", valueName: "n")
  )
  var step: Int?

  @Option(help: ArgumentHelp("Seed of the pictures.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("File of the grid, - for standard output.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Write single files to this folder.", valueName: "folder"))
  var each: String?

  @Option(help: "png or jpeg; by default what the file's ending says.")
  var format: ImageFormat?

  @Option(help: ArgumentHelp("Quality of a JPEG, 1 to 100.", valueName: "n"))
  var quality = 90

  @Flag(help: "Draw rows of pictures between pairs of latent vectors.")
  var interpolate = false

  @Option(help: ArgumentHelp("Pictures to a row of the grid.", valueName: "n"))
  var columns: Int?

  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    if let count, !(1...65536).contains(count) {
      throw ValidationError("--count is \(count), but must be 1 to 65536")
    }
    if let columns, !(1...1024).contains(columns) {
      throw ValidationError("--columns is \(columns), but must be 1 to 1024")
    }
    guard (1...100).contains(quality) else {
      throw ValidationError("--quality is \(quality), but must be 1 to 100")
    }
    if each != nil && output != nil {
      throw ValidationError("--each writes single files and --output a grid: give one of them")
    }
  }

  func run() throws {
    try compute.apply()
    let run = try Runs.find(name)
    if name == nil { writeToStandardError("drawing from \(run.name)\n") }
    let sampler = try GANSampler(run, step: step)
    let columns = columns ?? max(8, Int(Double(count ?? 64).squareRoot().rounded(.up)))
    let pictures =
      interpolate
      ? sampler.interpolation(rows: count ?? 8, columns: columns, seed: seed)
      : try sampler.pictures(count: count ?? 64, seed: seed)
    if let each { return try write(pictures, to: each, sampler) }
    let grid = ImageGrid(columns: interpolate ? columns : min(columns, pictures.count))
      .picture(of: pictures)
    try write(
      grid, to: output ?? "\(run.name)-seed\(seed).\(format?.fileExtension ?? "png")", sampler)
  }

  private func write(_ pictures: [Image], to folder: String, _ sampler: GANSampler) throws {
    try SystemFiles().createFolders(folder)
    let digits = "\(pictures.count - 1)".count
    for (number, picture) in pictures.enumerated() {
      let name = String(repeating: "0", count: digits - "\(number)".count) + "\(number)"
      try write(picture, to: "\(folder)/\(name).\(format?.fileExtension ?? "png")", sampler)
    }
  }

  /// Writes a picture and prints where, or writes it to standard output.
  private func write(_ picture: Image, to path: String, _ sampler: GANSampler) throws {
    let isStandardOutput = path == "-"
    guard let format = format ?? (isStandardOutput ? .png : ImageFormat(extensionOf: path)) else {
      throw UsageError(
        "\(path) ends with neither .png nor .jpg: name such a file, or give --format")
    }
    let bytes =
      format == .png
      ? try picture.pngData(text: provenance(sampler)) : try picture.jpegData(quality: quality)
    try SystemFiles().atomicWrite(isStandardOutput ? "/dev/stdout" : path, bytes)
    guard !isStandardOutput else { return }
    print(path)
    let progress = Progress()
    if each == nil && progress.showsPictures {
      progress.say(TerminalPicture.text(of: picture, columns: progress.columns))
    }
  }

  /// What a picture's file says about itself.
  private func provenance(_ sampler: GANSampler) -> [(key: String, value: String)] {
    // The run and its step are named, so that the command still makes the picture when there are newer.
    var words = Array(CommandLine.arguments.dropFirst(2))
    if let index = name.flatMap({ words.firstIndex(of: $0) }) { words.remove(at: index) }
    if step == nil { words += ["--step", "\(sampler.step)"] }
    return Provenance(
      version: Gen.version, run: sampler.run.name, step: sampler.step, seed: seed,
      sampler: GANRecipe.kind, command: ["gen", "sample", name ?? sampler.run.name] + words
    ).text
  }
}

extension ImageFormat: ExpressibleByArgument {
  /// The format of that name.
  public init?(argument: String) {
    switch argument {
    case "png": self = .png
    case "jpeg", "jpg": self = .jpeg
    default: return nil
    }
  }

  /// What names of such files end with.
  var fileExtension: String { self == .png ? "png" : "jpg" }
}
