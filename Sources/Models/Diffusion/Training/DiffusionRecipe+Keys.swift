import Runs
import Training

extension DiffusionRecipe {
  /// "diffusion".
  public static let kind = "diffusion"

  /// What its runs make.
  public static let output = ModelOutput.images

  /// The trained model of a run.
  /// - Throws: `FileError`, `RecipeError` when the recipe or the checkpoint cannot be read.
  public static func trained(_ run: OpenedRun) throws -> TrainedModel {
    .images(try DiffusionSampler(run))
  }
  /// What it trains.
  public static let summary =
    "A UNet that removes noise from images, and so generates them from noise."

  /// All keys.
  public static let schema = RecipeSchema<DiffusionRecipe>(
    DataOptions.keys.map { $0.at(\.data) } + modelKeys + objectiveKeys + [
      RecipeKey("batch", \.batch, .in(1...65536), "Batch size, of a micro-batch."),
      RecipeKey(
        "accumulate", \.accumulate, .in(1...1024),
        "Micro-batches per training step (gradient accumulation)."),
    ] + OptimizerOptions.keys.map { $0.at(\.optimizer) } + [
      RecipeKey(
        "ema.decay", \.emaDecay, .in(0...0.999_999), formerly: "average.decay",
        "Decay of the UNet's EMA, which is what images are sampled from."),
      RecipeKey(
        "sample.sampler", \.preview.sampler,
        "Sampler of previews; null for ddim, and euler for a flow."),
      RecipeKey(
        "sample.variance", \.preview.variance, "The variance of the noise that ddpm adds."),
      RecipeKey(
        "sample.spacing", \.preview.spacing,
        "Spacing of the time steps; null for trailing, which begins at the last."),
      RecipeKey(
        "sample.steps_offset", \.preview.stepsOffset, .in(0...100_000),
        "Added to the time steps of leading spacing."),
      RecipeKey(
        "sample.clip", \.preview.clip, .orNull(.above(0)),
        "Magnitude to which ddpm and ddim clip the predicted image; null for none."),
      RecipeKey("sample.steps", \.preview.steps, .in(1...10000), "Denoising steps of a preview."),
      RecipeKey(
        "sample.guidance", \.preview.guidance, .in(0...100),
        "Guidance scale of previews; 1 for none."),
      RecipeKey(
        "evaluate.images", \.heldOutImages, .in(1...65536),
        "Validation images of an evaluation, each at ten noise levels."),
    ] + LoopOptions.evaluationKeys.map { $0.at(\.loop) }
      + LoopOptions.keys.map { $0.at(\.loop) })

  /// The UNet's keys, but for those that the data decides.
  private static let modelKeys: [RecipeKey<DiffusionRecipe>] =
    UNetConfiguration.keys
    .filter { !["in_channels", "out_channels", "num_class_embeds"].contains($0.path) }
    .map { $0.at(\.model, under: "model") } + [
      RecipeKey(
        "model.in_channels", \.imageChannels, .orNull(.among(1, 3, 4)),
        "Channels of an image; null takes the data's."),
      RecipeKey(
        "model.conditional", \.isConditional, "Whether the UNet is told an image's class."),
      RecipeKey(
        "model.num_class_embeds", \.classRows, .orNull(.in(1...1_000_000)),
        "Rows of the table of classes; null takes the data's classes, and one for none."),
    ]

  private static let objectiveKeys: [RecipeKey<DiffusionRecipe>] = [
    RecipeKey("objective", \.objective, "How images and noise are mixed."),
    RecipeKey(
      "target", \.target, "What a diffusion's UNet tells; a flow's always tells its velocity."),
    RecipeKey("schedule.kind", \.schedule.kind, "How noise grows over the time steps."),
    RecipeKey(
      "schedule.steps", \.schedule.steps, .in(1...100_000), "Noise levels (diffusion time steps)."),
    RecipeKey(
      "schedule.beta_start", \.schedule.betaStart, .in(1e-9...0.999),
      "Variance of the first step's noise, for all kinds but cosine."),
    RecipeKey(
      "schedule.beta_end", \.schedule.betaEnd, .in(1e-9...0.999),
      "Variance of the last step's noise, for all kinds but cosine."),
    RecipeKey(
      "schedule.zero_snr", \.schedule.hasZeroSNR,
      "Rescale the noise so that nothing of the image is left at the last step."),
    RecipeKey(
      "loss.min_snr_gamma", \.minSNRGamma, .orNull(.above(0)),
      "Signal-to-noise ratio above which a time step counts less, such as 5; null for equal weights."
    ),
    RecipeKey(
      "class_dropout", \.classDropout, .in(0..<1),
      "Part of the labels that training drops, for classifier-free guidance."),
  ]

  /// Makes sure that the settings go together.
  public func check() throws(RecipeProblem) {
    try optimizer.check()
    do { try configuration.check() } catch {
      throw RecipeProblem("model.\(error.key)", error.message)
    }
    try checkSchedule()
    try checkPreview()
  }

  private func checkSchedule() throws(RecipeProblem) {
    guard schedule.betaStart <= schedule.betaEnd else {
      throw RecipeProblem(
        "schedule.beta_end", "\(schedule.betaEnd), but must not be below schedule.beta_start")
    }
    if schedule.hasZeroSNR && objective == .diffusion && target == .epsilon {
      throw RecipeProblem(
        "schedule.zero_snr",
        "true, but pure noise tells nothing of the image when the target is epsilon: set target to "
          + "velocity or sample")
    }
    if minSNRGamma != nil && objective == .flow {
      throw RecipeProblem("loss.min_snr_gamma", "weighs a diffusion's time steps, not a flow's")
    }
  }

  private func checkPreview() throws(RecipeProblem) {
    guard preview.stepsOffset == 0 || preview.spacing == .leading else {
      throw RecipeProblem(
        "sample.steps_offset", "\(preview.stepsOffset), but is of leading spacing")
    }
    do throws(SamplingError) {
      try previewSampler.checkOffset(timesteps: schedule.steps)
    } catch {
      throw RecipeProblem("sample.steps_offset", error.description)
    }
    do throws(SamplingError) { _ = try previewPlan() } catch {
      let key = preview.steps > schedule.steps ? "sample.steps" : "sample.sampler"
      throw RecipeProblem(key, error.description)
    }
    guard preview.guidance == 1 || isConditional && classDropout > 0 else {
      throw RecipeProblem(
        "sample.guidance",
        "\(preview.guidance), but guidance needs model.conditional and a class_dropout above 0")
    }
  }
}
