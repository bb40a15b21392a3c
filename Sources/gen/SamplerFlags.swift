import ArgumentParser
import Files
import Models

/// The flags that say by which steps a diffusion model samples.
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

  func validate() throws {
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
      ("--spacing", spacing != nil), ("--karras", karras),
    ]
  }

  /// The first of the flags that were given; nil where there is none.
  var first: String? { given.first { $0.isGiven }?.name }

  /// Sets the sampler as the flags say.
  func apply(to diffusion: inout DiffusionSampler) {
    if steps != nil || sampler != nil {
      diffusion.options = diffusion.recipe.sampler(
        sampler, steps: steps ?? diffusion.options.steps)
    }
    if let eta { diffusion.options.eta = eta }
    if let spacing { diffusion.options.spacing = spacing }
    if karras { diffusion.options.usesKarrasSpacing = true }
  }

  /// Says on standard error where sampling begins well below the last time.
  /// - Throws: `SamplingError` when what is asked for cannot be.
  func warn(of diffusion: DiffusionSampler) throws {
    let plan = try diffusion.plan()
    guard diffusion.start == nil, plan.initialSignal > SamplingPlan.visibleSignal else { return }
    writeToStandardError(
      """
      \(diffusion.options.spacing.rawValue) spacing begins at time \(Int(plan.timesteps[0])), where \
      the model expects \(Int(100 * plan.initialSignal)) % of an image, and gets noise: more steps, \
      or --spacing trailing, make smoother images\n
      """)
  }
}

extension SamplerKind: ExpressibleByArgument {}
extension TimestepSpacing: ExpressibleByArgument {}
