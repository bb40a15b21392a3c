import ArgumentParser
import Generators
import Images
import Training

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
      gen sample --steps 50 --class 3 --guidance 2  from the newest diffusion run
      gen sample --init photo.png --strength 0.6    a picture drawn anew in part
      gen sample --init photo.png --mask hole.png   only where the mask is white
      gen sample --count 8 --trajectory noise.png   how the pictures come out of noise

      The pictures of a seed are always the same; a larger count adds to them.
      """)

  @Argument(
    help: ArgumentHelp(
      "A run's name or folder; by default the newest that the flags fit.", valueName: "run"))
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

  @Option(help: ArgumentHelp("Pictures to a row of the grid.", valueName: "n"))
  var columns: Int?

  @Flag(help: "Draw rows of pictures between pairs of latent vectors.")
  var interpolate = false

  @OptionGroup(title: "Output") var output: OutputFlags

  @OptionGroup(title: "Diffusion") var diffusion: DiffusionFlags

  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    if let count, !(1...65536).contains(count) {
      throw ValidationError("--count is \(count), but must be 1 to 65536")
    }
    if let columns, !(1...1024).contains(columns) {
      throw ValidationError("--columns is \(columns), but must be 1 to 1024")
    }
    if [output.output, diffusion.trajectory, diffusion.strip].count(where: { $0 == "-" }) > 1 {
      throw ValidationError("standard output takes one file: give - to one flag only")
    }
    if interpolate && diffusion.showsDenoising {
      throw ValidationError("--interpolate shows no denoising: leave --trajectory and --strip out")
    }
    if interpolate && diffusion.initial != nil {
      throw ValidationError("--interpolate goes from noise to noise: leave --init out")
    }
  }

  func run() throws {
    try compute.apply()
    let run = try Runs.find(name, kinds: diffusion.first == nil ? pictureKinds : ["diffusion"])
    if name == nil { writeToStandardError("drawing from \(run.name)\n") }
    switch try pictureSampler(of: run, step: step) {
    case let sampler as GANSampler: try draw(from: sampler)
    case let sampler as DiffusionSampler: try draw(from: sampler)
    case let sampler:
      try write(
        sampler.pictures(count: count ?? 64, seed: seed), columns: gridColumns, sampler,
        provenance(sampler, kind: ""))
    }
  }

  private var gridColumns: Int {
    columns ?? max(8, Int(Double(count ?? 64).squareRoot().rounded(.up)))
  }

  private func draw(from sampler: GANSampler) throws {
    if let flag = diffusion.first {
      throw UsageError("\(flag) is for diffusion models, but \(sampler.run.name) is a GAN")
    }
    let pictures =
      interpolate
      ? sampler.interpolation(rows: count ?? 8, columns: gridColumns, seed: seed)
      : try sampler.pictures(count: count ?? 64, seed: seed)
    try write(
      pictures, columns: gridColumns, sampler, provenance(sampler, kind: GANRecipe.kind))
  }

  private func draw(from sampler: DiffusionSampler) throws {
    var sampler = sampler
    if let weights = diffusion.weights {
      sampler = try DiffusionSampler(sampler.run, step: sampler.step, weights: weights)
    }
    try diffusion.apply(to: &sampler)
    let label = try diffusion.label.map(sampler.classLabel)
    let record = Record(of: sampler, isKept: diffusion.showsDenoising)
    let text = provenance(
      sampler, kind: sampler.options.kind.rawValue,
      settings: diffusion.settings(of: sampler, label: label))
    if interpolate {
      let pictures = try sampler.interpolation(
        rows: count ?? 8, columns: gridColumns, seed: seed, label: label, observe: record.add)
      record.end()
      return try write(pictures, columns: gridColumns, sampler, text)
    }
    // Where each class is drawn in turn, the grid has a column for each.
    let isByClass = label == nil && sampler.classCount > 0 && count == nil
    let count = count ?? (isByClass ? sampler.recipe.previewCount : 64)
    let columns = columns ?? (isByClass ? sampler.recipe.previewColumns : gridColumns)
    let pictures = try sampler.pictures(
      0..<count, seed: seed, classes: label.map { Array(repeating: $0, count: count) },
      observe: record.add)
    record.end()
    try write(pictures, columns: columns, sampler, text)
    if let path = diffusion.trajectory {
      try output.write(record.animation(columns: min(columns, count), text: text), to: path)
    }
    if let path = diffusion.strip {
      try output.write(try record.strip().pngData(text: text), to: path)
    }
  }

  private func write(
    _ pictures: [Image], columns: Int, _ sampler: any PictureSampler,
    _ text: [(key: String, value: String)]
  ) throws {
    try output.write(
      pictures, columns: min(columns, pictures.count), name: "\(sampler.run.name)-seed\(seed)",
      text: text)
  }

  /// What a picture's file says about itself.
  private func provenance(
    _ sampler: any PictureSampler, kind: String, settings: [(key: String, value: String)] = []
  ) -> [(key: String, value: String)] {
    // The run and its step are named, so that the command still makes the picture when there are newer.
    var words = Array(CommandLine.arguments.dropFirst(2))
    if name == nil { words.insert(sampler.run.name, at: 0) }
    if step == nil { words += ["--step", "\(sampler.step)"] }
    return Provenance(
      version: Gen.version, run: sampler.run.name, step: sampler.step, seed: seed, sampler: kind,
      settings: settings, command: ["gen", "sample"] + words
    ).text
  }
}
