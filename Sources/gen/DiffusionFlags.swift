import ArgumentParser
import Files
import Images
import Models
import Training

/// The flags of `gen sample` that only diffusion models have a use for.
struct DiffusionFlags: ParsableArguments {
  @OptionGroup var how: SamplerFlags

  @Option(
    name: .customLong("class"),
    help: ArgumentHelp("Draw this class: its number, its name, or none.", valueName: "class"))
  var label: String?

  @Option(help: ArgumentHelp("How far to guide to the class; 1 is as learned.", valueName: "x"))
  var guidance: Double?

  @Option(
    name: .customLong("init"), help: ArgumentHelp("Begin with a picture.", valueName: "file"),
    completion: .picture)
  var initial: String?

  @Option(
    help: ArgumentHelp(
      "How much of that picture to draw anew, 0 to 1; 0.6 by default, and 1 with a mask.",
      valueName: "x"))
  var strength: Double?

  @Option(
    help: ArgumentHelp(
      "Where to draw that picture anew: a picture that is white there.", valueName: "file"),
    completion: .picture)
  var mask: String?

  @Option(
    help: ArgumentHelp("Write the denoising as an animated PNG, too.", valueName: "file"))
  var trajectory: String?

  @Option(help: ArgumentHelp("Write the denoising as a film strip, too.", valueName: "file"))
  var strip: String?

  @Option(
    help: ArgumentHelp(
      "The weights' moving average, or those of the latest step.", valueName: "name"))
  var weights: LearnedWeights?

  @Option(help: ArgumentHelp("Pictures at a time; results do not depend on it.", valueName: "n"))
  var batch: Int?

  func validate() throws {
    if let batch, !(1...4096).contains(batch) {
      throw ValidationError("--batch is \(batch), but must be 1 to 4096")
    }
    if let strength, !(0...1).contains(strength) {
      throw ValidationError("--strength is \(strength), but must be 0 to 1")
    }
    if let guidance, !(0...100).contains(guidance) {
      throw ValidationError("--guidance is \(guidance), but must be 0 to 100")
    }
    for (flag, path) in [("--trajectory", trajectory), ("--strip", strip)] {
      if let path, ![.png, .apng].contains(OutputFormat(extensionOf: path)),
        !Output.isStream(path)
      {
        throw ValidationError("\(flag) writes a PNG: name a file that ends with .png, not \(path)")
      }
    }
    if initial == nil && mask != nil {
      throw ValidationError("--mask says what of a picture to draw anew: name it with --init")
    }
    if initial == nil && strength != nil {
      throw ValidationError(
        "--strength says how much of a picture to draw anew: name it with --init")
    }
  }

  /// Whether the moments of the denoising are shown.
  var showsDenoising: Bool { trajectory != nil || strip != nil }

  /// The first of the flags that were given; nil where there is none.
  var first: String? {
    let given: [(name: String, isGiven: Bool)] = [
      ("--class", label != nil), ("--guidance", guidance != nil), ("--init", initial != nil),
      ("--strength", strength != nil),
      ("--mask", mask != nil), ("--trajectory", trajectory != nil), ("--strip", strip != nil),
      ("--weights", weights != nil), ("--batch", batch != nil),
    ]
    return (how.given + given).first { $0.isGiven }?.name
  }

  /// Sets the sampler as the flags say.
  /// - Throws: `SamplingError`, `ImageError`.
  func apply(to diffusion: inout DiffusionSampler) throws {
    how.apply(to: &diffusion)
    if let guidance { diffusion.guidance = guidance }
    if let batch { diffusion.batch = batch }
    if let initial {
      let picture = try fitted(initial, to: diffusion.shape, "picture")
      let mask = try mask.map { try fitted($0, to: diffusion.shape, "mask") }
      diffusion.start = DiffusionSampler.Start(
        picture, strength: strength ?? (mask == nil ? 0.6 : 1), mask: mask)
    }
    try how.warn(of: diffusion)
    guard try diffusion.plan().count == 0 else { return }
    let nothing = "such a strength leaves none of the \(diffusion.options.steps) steps"
    if showsDenoising { throw UsageError("\(nothing), so that there is no denoising to show") }
    writeToStandardError("\(nothing): the picture stays as it is\n")
  }

  /// What a picture's file says of how it was drawn, apart from the sampler's name.
  func settings(of diffusion: DiffusionSampler, label: Int32?) -> [(key: String, value: String)] {
    var settings = [(key: "steps", value: "\(diffusion.options.steps)")]
    let options = diffusion.options
    settings.append(("spacing", options.usesKarrasSpacing ? "karras" : options.spacing.rawValue))
    if diffusion.options.kind == .ddim { settings.append(("eta", "\(diffusion.options.eta)")) }
    if diffusion.classCount > 0 { settings.append(("guidance", "\(diffusion.guidance)")) }
    if let label {
      let index = Int(label)
      let isNamed = diffusion.classNames.indices.contains(index)
      let number = index < diffusion.classCount ? "\(index)" : "none"
      settings.append(("class", isNamed ? "\(number) (\(diffusion.classNames[index]))" : number))
    }
    return settings
  }

  /// A picture brought to a model's size and channels; what is done to it is said.
  private func fitted(_ path: String, to shape: [Int], _ what: String) throws -> Image {
    var picture = try Image(contentsOf: path)
    let (side, channels) = (shape[0], shape[2])
    if picture.width != side || picture.height != side {
      writeToStandardError(
        """
        \(path): the \(what) of \(picture.width)x\(picture.height) is resized and cut to \
        \(side)x\(side)\n
        """)
      picture = picture.resizedCovering(side).centerCropped(width: side, height: side)
    }
    return picture.converted(toChannels: channels)
  }
}

extension LearnedWeights: ExpressibleByArgument {}
