import ArgumentParser
import Files
import Models
import Training

/// The flags that say how a diffusion model samples.
struct SamplerFlags: ParsableArguments {
  @Option(help: ArgumentHelp("Denoising steps; 50 by default.", valueName: "n"))
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "Sampler; euler is for flows. By default ddim, of a flow euler.", valueName: "name"))
  var sampler: SamplerKind?

  @Option(help: ArgumentHelp("Noise that ddim adds, 0 to 1.", valueName: "x"))
  var eta: Double?

  @Option(
    help: ArgumentHelp(
      "Which time steps; by default the recipe's, or trailing, which begins at the last.",
      valueName: "name"))
  var spacing: TimestepSpacing?

  @Flag(help: "Karras's noise levels, for dpm and heun.")
  var karras = false

  @Option(help: ArgumentHelp("Guidance scale; 1 for none.", valueName: "x"))
  var guidance: Double?

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
    if let guidance, !(0...100).contains(guidance) {
      throw ValidationError("--guidance is \(guidance), but must be 0 to 100")
    }
    if karras, let spacing {
      throw ValidationError(
        "--karras has noise levels of its own in place of --spacing \(spacing.rawValue): leave one "
          + "of them out")
    }
  }

  /// The flags, and whether each was given.
  var given: [(name: String, isGiven: Bool)] {
    [
      ("--steps", steps != nil), ("--sampler", sampler != nil), ("--eta", eta != nil),
      ("--spacing", spacing != nil), ("--karras", karras), ("--guidance", guidance != nil),
      ("--weights", weights != nil), ("--batch", batch != nil),
    ]
  }

  /// The first of the flags that were given; nil where there is none.
  var first: String? { given.first { $0.isGiven }?.name }

  /// What they ask for.
  var request: DenoisingRequest {
    var request = DenoisingRequest()
    (request.steps, request.sampler, request.eta) = (steps, sampler, eta)
    (request.spacing, request.usesKarrasSpacing) = (spacing, karras)
    (request.guidance, request.batch) = (guidance, batch)
    return request
  }
}

extension ImageSampler {
  /// Makes sure that a flag for diffusion models is of use for this one.
  /// - Parameter flag: The first of those that are given, if any is.
  /// - Throws: `UsageError`.
  func check(_ flag: String?) throws {
    guard let flag, denoising == nil else { return }
    throw UsageError("\(flag) is for diffusion models, but \(run.name) is not one")
  }

  /// Says on standard error what there is to say of the images of a request.
  /// - Throws: `SamplingError` when what is asked for cannot be.
  func caution(of request: ImageRequest) throws {
    for caution in try cautions(for: request) { writeToStandardError("\(caution)\n") }
  }
}

extension SamplerKind: ExpressibleByArgument {}
extension TimestepSpacing: ExpressibleByArgument {}
extension LearnedWeights: ExpressibleByArgument {}
