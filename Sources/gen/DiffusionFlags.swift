import ArgumentParser
import Files
import Images
import Models

/// The flags of `gen sample` that only diffusion models have a use for.
struct DiffusionFlags: ParsableArguments {
  @OptionGroup var how: SamplerFlags

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

  func validate() throws {
    if let strength, !(0...1).contains(strength) {
      throw ValidationError("--strength is \(strength), but must be 0 to 1")
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
      ("--init", initial != nil), ("--strength", strength != nil), ("--mask", mask != nil),
      ("--trajectory", trajectory != nil), ("--strip", strip != nil),
    ]
    return (how.given + given).first { $0.isGiven }?.name
  }

  /// What they ask for.
  /// - Throws: `ImageError`, `FileError` when an image cannot be read.
  func request() throws -> DenoisingRequest {
    var request = try how.request()
    request.strength = strength
    request.initial = try initial.map { .init(try Image(contentsOf: $0), name: $0) }
    request.mask = try mask.map { .init(try Image(contentsOf: $0), name: $0) }
    return request
  }
}
