import ArgumentParser
import Files
import Models

/// `gen sample`: generates images from a run, or lets it write.
struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Samples images or text from a model.",
    discussion: """
      gen sample                                    a grid from the newest run
      gen sample gan-fashion                        from a bundled model
      gen sample gan-001 --count 64 --seed 7 -o grid.png
      gen sample gan-001 --count 100 --each out     single files
      gen sample gan-001 --scale 4 --json           larger; for programs
      gen sample gan-001 --interpolate              rows from image to image
      gen sample gan-001 --interpolate -o walk.apng an animation of the way
      gen sample --count 8 -o noise.apng            how they come out of noise
      gen sample gan-001 --count 8 --show           a look, in the terminal
      gen sample --steps 50 --class 3 --guidance 2  from the newest diffusion run
      gen sample --init photo.png --strength 0.6    img2img
      gen sample --init photo.png --mask hole.png   inpainting where it is white

      gen sample --prompt "ROMEO:"                  from the newest text run
      gen sample --temperature 0.7 --top-p 0.9 --length 2000
      gen sample --prompt-file play.txt             or --prompt - from a pipe
      gen sample --count 5 --stop $'\\n\\n' -o five.txt
      gen sample --precision int8                   faster, nearly as good

      The images or texts of a seed are always the same; a larger count adds to
      them.
      """)

  @Argument(
    help: ArgumentHelp(
      "A run's or pretrained model's name, or a folder; by default the newest run that the flags fit, "
        + "and where there is none yet such a pretrained model.", valueName: "run"),
    completion: .runs(of: Models.kinds(making: .images, .text)))
  var name: String?

  @Option(
    help: ArgumentHelp(
      "How many images, 64 by default, or texts, 1; with --interpolate rows, 8; of a walk 16.",
      valueName: "n"))
  var count: Int?

  @Option(
    help: ArgumentHelp("The checkpoint at this step; the newest by default.", valueName: "n")
  )
  var step: Int?

  @Option(help: ArgumentHelp("Seed of the images or texts.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("Images to a row of the grid.", valueName: "n"))
  var columns: Int?

  @Flag(
    help: "Interpolate between pairs of latents, in rows; as .apng, a walk among them.")
  var interpolate = false

  @Option(
    name: .customLong("class"),
    help: ArgumentHelp(
      "The class to sample: its number or its name; of a diffusion model also none.",
      valueName: "class"))
  var label: String?

  @Flag(help: "Print the texts, or where the images are, as a line of JSON.")
  var json = false

  @OptionGroup(title: "Output") var output: OutputFlags

  @OptionGroup(title: "Animation") var animation: AnimationFlags

  @OptionGroup(title: "Diffusion") var diffusion: DiffusionFlags

  @OptionGroup(title: "Text") var text: TextFlags

  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    if let count, !(1...65536).contains(count) {
      throw ValidationError("--count is \(count), but must be 1 to 65536")
    }
    if let columns, !(1...1024).contains(columns) {
      throw ValidationError("--columns is \(columns), but must be 1 to 1024")
    }
    if interpolate && diffusion.showsDenoising {
      throw ValidationError("--interpolate shows no denoising: leave --trajectory and --strip out")
    }
    if let flag = animation.first, !output.isAnimated && diffusion.trajectory == nil {
      throw ValidationError(
        "\(flag) is for animations: name a file that ends with .apng, or give --format apng")
    }
    let hasColumns = interpolate && !output.isAnimated || diffusion.trajectory != nil
    if columns != nil && output.each != nil && !output.show && !hasColumns {
      throw ValidationError(
        "--columns is of a grid, and --each writes single files: give one of them")
    }
    if json, output.show || output.output.map(Output.isStandardOutput) == true {
      throw ValidationError(
        "--json prints on standard output, as \(output.show ? "--show" : "-o -") does")
    }
    if let scale = output.scale, let count, count * scale * scale > Self.mostEnlarged {
      throw ValidationError(
        "--scale is \(scale), but with \(count) images must be at most "
          + "\(Int(Double(Self.mostEnlarged / count).squareRoot()))")
    }
    if interpolate && diffusion.initial != nil {
      throw ValidationError("--interpolate goes from noise to noise: leave --init out")
    }
  }

  /// How many images there may be, each counted as often as its size is multiplied.
  private static let mostEnlarged = 1 << 20

  func run() throws {
    try compute.apply()
    if let textFlag = text.first, let imageFlag {
      throw UsageError(
        "\(textFlag) is for text and \(imageFlag) for images: give one of them")
    }
    let flag = text.first ?? imageFlag
    let run = try RunLookup.findOrPretrained(name, "sampling from", kinds: kinds, fitting: flag)
    let opened = try OpenedRun(run, step: step, weights: diffusion.how.weights ?? .average)
    if opened.kind.output == .text {
      try sampleText(from: opened.text().rounded(to: text.precision ?? .float32))
    } else {
      try sampleImages(from: opened)
    }
  }

  private static let textKinds = Models.kinds(making: .text)
  private static let imageKinds = Models.kinds(making: .images)

  /// The kinds of runs that the flags fit.
  private var kinds: [String] {
    if text.first != nil { return Self.textKinds }
    if diffusion.first != nil { return [DiffusionRecipe.kind] }
    return imageFlag == nil ? Self.imageKinds + Self.textKinds : Self.imageKinds
  }

  /// The first of the flags that only images have a use for; nil where there is none.
  var imageFlag: String? {
    diffusion.first ?? output.first ?? animation.first
      ?? (label != nil
        ? "--class" : columns != nil ? "--columns" : interpolate ? "--interpolate" : nil)
  }
}
