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
    help: ArgumentHelp("The class to sample: its number, its name, or none.", valueName: "class"))
  var label: String?

  @Option(help: ArgumentHelp("Guidance scale; 1 for none.", valueName: "x"))
  var guidance: Double?

  @Option(
    name: .customLong("init"),
    help: ArgumentHelp("Start from this image (img2img).", valueName: "file"),
    completion: .image)
  var initial: String?

  @Option(
    help: ArgumentHelp(
      "Strength of img2img, 0 to 1: how much noise the image gets; 0.6 by default, 1 with a mask.",
      valueName: "x"))
  var strength: Double?

  @Option(
    help: ArgumentHelp(
      "Inpainting mask: an image that is white where to sample anew.", valueName: "file"),
    completion: .image)
  var mask: String?

  @Option(
    help: ArgumentHelp("Also write the denoising as an animated PNG.", valueName: "file"))
  var trajectory: String?

  @Option(help: ArgumentHelp("Also write the denoising as a film strip.", valueName: "file"))
  var strip: String?

  @Option(
    help: ArgumentHelp(
      "The weights' moving average, or those of the latest step.", valueName: "name"))
  var weights: LearnedWeights?

  @Option(help: ArgumentHelp("Images at a time; results do not depend on it.", valueName: "n"))
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
      throw ValidationError("--mask is for inpainting: name the image with --init")
    }
    if initial == nil && strength != nil {
      throw ValidationError("--strength is for img2img: name the image with --init")
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
      let image = try fitted(initial, to: diffusion.shape, "image")
      let mask = try mask.map { try fitted($0, to: diffusion.shape, "mask") }
      diffusion.start = DiffusionSampler.Start(
        image, strength: strength ?? (mask == nil ? 0.6 : 1), mask: mask)
    }
    try how.warn(of: diffusion)
    guard try diffusion.plan().count == 0 else { return }
    let nothing = "such a strength leaves none of the \(diffusion.options.steps) steps"
    if showsDenoising { throw UsageError("\(nothing), so that there is no denoising to show") }
    writeToStandardError("\(nothing): the image stays as it is\n")
  }

  /// What an image's file says of how it was drawn, apart from the sampler's name.
  func settings(of diffusion: DiffusionSampler, label: Int32?) -> [(key: String, value: String)] {
    var settings = [(key: "steps", value: "\(diffusion.options.steps)")]
    let options = diffusion.options
    settings.append(("spacing", options.usesKarrasSpacing ? "karras" : options.spacing.rawValue))
    if diffusion.options.kind.noise == .byEta {
      settings.append(("eta", "\(diffusion.options.eta)"))
    }
    if diffusion.classCount > 0 { settings.append(("guidance", "\(diffusion.guidance)")) }
    if let label {
      let index = Int(label)
      let isNamed = diffusion.classNames.indices.contains(index)
      let number = index < diffusion.classCount ? "\(index)" : "none"
      settings.append(("class", isNamed ? "\(number) (\(diffusion.classNames[index]))" : number))
    }
    return settings
  }

  /// An image brought to a model's size and channels; what is done to it is said.
  private func fitted(_ path: String, to shape: [Int], _ what: String) throws -> Image {
    var image = try Image(contentsOf: path)
    let (side, channels) = (shape[0], shape[2])
    if image.width != side || image.height != side {
      writeToStandardError(
        """
        \(path): the \(what) of \(image.width)x\(image.height) is resized and cut to \
        \(side)x\(side)\n
        """)
      image = image.resizedCovering(side).centerCropped(width: side, height: side)
    }
    return image.converted(toChannels: channels)
  }
}

extension LearnedWeights: ExpressibleByArgument {}
