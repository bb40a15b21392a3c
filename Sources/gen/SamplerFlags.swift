import ArgumentParser
import Files
import Models
import Training

/// The flags that say how a diffusion model samples.
struct SamplerFlags: ParsableArguments {
  @Option(help: ArgumentHelp("Denoising steps; the recipe's by default.", valueName: "n"))
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "Sampler; euler is for flows. By default the recipe's: dpm, of a flow euler.",
      valueName: "name"))
  var sampler: SamplerKind?

  @Option(help: ArgumentHelp("Noise that ddim adds, 0 to 1; chooses ddim.", valueName: "x"))
  var eta: Double?

  @Option(
    help: ArgumentHelp(
      "Which time steps; by default the recipe's, or trailing, which begins at the last.",
      valueName: "name"))
  var spacing: TimestepSpacing?

  @Flag(help: "Karras's noise levels, for dpm and heun.")
  var karras = false

  @Option(
    help: ArgumentHelp("Guidance scale; 1 for none. The recipe's by default.", valueName: "x"))
  var guidance: Double?

  @Option(
    help: ArgumentHelp(
      "Guide at these noise levels (sigma) alone, such as 0.2:3.", valueName: "low:high"))
  var guidanceInterval: GuidanceInterval?

  @Option(
    help: ArgumentHelp(
      "Guide away from a weaker model, such as an earlier checkpoint of the same run.",
      valueName: "run[@step]"), completion: .runs(of: [DiffusionRecipe.kind]))
  var guide: String?

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
      ("--guidance-interval", guidanceInterval != nil), ("--guide", guide != nil),
      ("--weights", weights != nil), ("--batch", batch != nil),
    ]
  }

  /// The first of the flags that were given; nil where there is none.
  var first: String? { given.first { $0.isGiven }?.name }

  /// What they ask for.
  /// - Throws: `FileError`, `RecipeError` when the run to guide by cannot be read.
  func request() throws -> DenoisingRequest {
    var request = DenoisingRequest()
    (request.steps, request.sampler, request.eta) = (steps, sampler, eta)
    (request.spacing, request.usesKarrasSpacing) = (spacing, karras)
    (request.guidance, request.batch) = (guidance, batch)
    request.guidanceInterval = guidanceInterval?.sigmas
    request.guide = try guide.map(Self.opened)
    return request
  }
}

extension SamplerFlags {
  /// The run of a name, or for NAME@STEP its checkpoint at that step.
  private static func opened(_ guide: String) throws -> OpenedRun {
    if !RunLookup.exists(guide), let mark = guide.lastIndex(of: "@"),
      let step = Int(guide[guide.index(after: mark)...])
    {
      return try OpenedRun(RunLookup.find(String(guide[..<mark])), step: step)
    }
    return try OpenedRun(RunLookup.find(guide))
  }
}

/// Two sigmas with a colon between.
struct GuidanceInterval: ExpressibleByArgument {
  let sigmas: ClosedRange<Double>

  init?(argument: String) {
    let ends = argument.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    guard ends.count == 2, let low = ends[0], let high = ends[1], 0 <= low, low <= high else {
      return nil
    }
    sigmas = low...high
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
