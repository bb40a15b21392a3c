import Datasets
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
    DataOptions.keys.map { $0.at(\.data) } + [
      RecipeKey(
        "pretrained", \.pretrained,
        "Pretrained model from whose weights to start with fewer than \(ImageDataset.few) color images; null for "
          + "new weights.")
    ] + modelKeys + objectiveKeys + [
      RecipeKey(
        "augment.probability", \.augmentProbability, .orNull(.in(0...1)),
        "Chance of each random change of geometry of which the UNet is told, so that samples show none; null for "
          + "\(Self.usualAugmentation) with fewer than \(ImageDataset.few) images, and 0 with more."
      ),
      RecipeKey("batch", \.batch, .in(1...65536), "Batch size of a micro-batch."),
      RecipeKey(
        "accumulate", \.accumulate, .in(1...1024),
        "Micro-batches per training step (gradient accumulation)."),
    ] + OptimizerOptions.keys.map { $0.at(\.optimizer) } + [
      RecipeKey(
        "ema.decay", \.emaDecay, .in(0...0.999_999), formerly: "average.decay",
        "Decay of the UNet's EMA, which is what images are sampled from."),
      RecipeKey(
        "sample.sampler", \.preview.sampler,
        "Sampler; null for dpm, and euler for a flow."),
      RecipeKey(
        "sample.variance", \.preview.variance, "Variance of ddpm's noise."),
      RecipeKey(
        "sample.spacing", \.preview.spacing,
        "Spacing of the time steps; null for trailing, which begins at the last."),
      RecipeKey(
        "sample.steps_offset", \.preview.stepsOffset, .in(0...100_000),
        "Added to the time steps of leading spacing."),
      RecipeKey(
        "sample.clip", \.preview.clip, .orNull(.above(0)),
        "Magnitude to which ddpm and ddim clip the predicted image; null for none."),
      RecipeKey("sample.steps", \.preview.steps, .in(1...10000), "Denoising steps."),
      RecipeKey(
        "sample.preview_steps", \.preview.previewSteps, .orNull(.in(1...10000)),
        "Denoising steps of a preview; null for sample.steps, or as many as leave previews 5 % of the time."
      ),
      RecipeKey(
        "sample.count", \.preview.count, .orNull(.in(1...1024)),
        "Images of a preview; null for 64, or as many as leave previews 5 % of the time."),
      RecipeKey(
        "sample.guidance", \.preview.guidance, .orNull(.in(0...100)),
        "Guidance scale; 1 for none, null for 1.5 where training drops class labels."),
      RecipeKey(
        "sample.guidance_interval", \.preview.guidanceInterval,
        .orNull(RecipeRule("[lowest, highest]") { $0.count == 2 && 0 <= $0[0] && $0[0] <= $0[1] }),
        "Noise levels (sigma) at which to guide; null for all."),
      RecipeKey(
        "sample.guide_step", \.loop.sparedStep, .orNull(.atLeast(1)),
        "Autoguidance: the step whose checkpoint is kept, and guided away from in place of the null "
          + "class; null for none."),
      RecipeKey(
        "sample.autoguide", \.autoguides,
        "Whether the checkpoint after a third of the steps becomes sample.guide_step, and \(Self.usualAutoguidance) the "
          + "guidance if there is none; null with fewer than \(ImageDataset.few) images without classes."
      ),
      RecipeKey(
        "evaluate.images", \.heldOutImages, .in(1...65536),
        "Validation images of an evaluation, each at ten noise levels."),
    ] + LoopOptions.evaluationKeys.map { $0.at(\.loop) }
      + LoopOptions.keys.map { $0.at(\.loop) })

  /// The UNet's keys, but for those that the data decides.
  private static let modelKeys: [RecipeKey<DiffusionRecipe>] =
    [
      RecipeKey(
        "model.sample_size", \.imageSize, .orNull(.in(1...4096)),
        "Image height and width in pixels; null takes the data's, at most \(usualSize).")
    ]
    + UNetConfiguration.keys
    .filter { key in
      !["sample_size", "in_channels", "out_channels", "num_class_embeds"].contains(key.path)
    }
    .map { $0.at(\.model, under: "model") } + [
      RecipeKey(
        "model.in_channels", \.imageChannels, .orNull(.among(1, 3, 4)),
        "Image channels; null takes the data's."),
      RecipeKey(
        "model.conditional", \.isConditional,
        "Whether the UNet is conditioned on the class; null where the data has classes."),
      RecipeKey(
        "model.num_class_embeds", \.classRows, .orNull(.in(1...1_000_000)),
        "Class embeddings; null for those of the data's classes, and one for the null class."),
    ]

  private static let objectiveKeys: [RecipeKey<DiffusionRecipe>] = [
    RecipeKey("objective", \.objective, "Training objective: diffusion, or rectified flow."),
    RecipeKey(
      "target", \.target, "What a diffusion's UNet predicts; a flow's always predicts the velocity."
    ),
    RecipeKey("schedule.kind", \.schedule.kind, "Noise schedule."),
    RecipeKey(
      "schedule.steps", \.schedule.steps, .in(1...100_000), "Noise levels (diffusion time steps)."),
    RecipeKey(
      "schedule.beta_start", \.schedule.betaStart, .in(1e-9...0.999),
      "Beta of the first time step, for all kinds but cosine."),
    RecipeKey(
      "schedule.beta_end", \.schedule.betaEnd, .in(1e-9...0.999),
      "Beta of the last time step, for all kinds but cosine."),
    RecipeKey(
      "schedule.zero_snr", \.schedule.hasZeroSNR,
      "Rescale betas to zero terminal SNR."),
    RecipeKey(
      "loss.min_snr_gamma", \.minSNRGamma, .orNull(.above(0)),
      "Gamma of min-SNR loss weights, such as 5; null for equal weights."
    ),
    RecipeKey(
      "loss.kind", \.lossKind,
      "What the UNet is trained for: denoising, or sampling in a few steps (consistency)."),
    RecipeKey(
      "loss.consistency_stages", \.consistencyStages, .in(1...30),
      "Stages over which consistency tuning brings its two noise levels together."),
    RecipeKey(
      "loss.consistency_segments", \.consistencySegments, .in(1...64),
      "Segments of time in a consistency tuning, each of which one step of ddim samples; with 1, the "
        + "sampler consistency does."),
    RecipeKey(
      "loss.consistency_teacher", \.hasTeacher,
      "Whether the run that consistency tuning starts from teaches it (consistency distillation)."),
    RecipeKey(
      "loss.teacher_guidance", \.teacherGuidance, .orNull(.in(1...100)),
      "Guidance scale of that teacher; null for 1.5 where training drops class labels."),
    RecipeKey("timesteps.distribution", \.times.kind, "Distribution of the training times."),
    RecipeKey(
      "timesteps.mean", \.times.mean, .in(-10...10), "Mean of log sigma, of log-normal times."),
    RecipeKey(
      "timesteps.deviation", \.times.deviation, .in(0.01...10),
      "Standard deviation of log sigma, of log-normal times."),
    RecipeKey(
      "class_dropout", \.classDropout, .in(0..<1),
      "Rate at which training drops class labels, for classifier-free guidance."),
  ]

  /// Makes sure that the settings go together.
  public func check() throws(RecipeProblem) {
    try loop.check()
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
    if lossKind == .consistency && objective == .flow {
      throw RecipeProblem("loss.kind", "consistency tunes diffusions, not flows")
    }
    if consistencySegments > 1 && lossKind != .consistency {
      throw RecipeProblem(
        "loss.consistency_segments",
        "\(consistencySegments), but is of a consistency tuning: set loss.kind to consistency")
    }
    guard consistencySegments <= schedule.steps else {
      throw RecipeProblem(
        "loss.consistency_segments",
        "\(consistencySegments), but schedule.steps has only \(schedule.steps) times")
    }
    if hasTeacher && lossKind != .consistency {
      throw RecipeProblem(
        "loss.consistency_teacher", "true, but it teaches consistency: set loss.kind to that")
    }
    if lossKind == .consistency && augmentProbability != 0 {
      throw RecipeProblem("augment.probability", "is of denoising: for consistency set it to 0")
    }
    if minSNRGamma != nil && lossKind == .consistency {
      throw RecipeProblem(
        "loss.min_snr_gamma", "weighs the errors of denoising: for consistency set it to null")
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
      try usualSampler.checkOffset(timesteps: schedule.steps)
    } catch {
      throw RecipeProblem("sample.steps_offset", error.description)
    }
    for (key, steps) in [
      ("sample.steps", preview.steps),
      ("sample.preview_steps", preview.previewSteps ?? preview.steps),
    ] {
      do throws(SamplingError) { _ = try plan(sampler(preview.sampler, steps: steps)) } catch {
        throw RecipeProblem(steps > schedule.steps ? key : "sample.sampler", error.description)
      }
    }
    try checkGuidance()
  }

  /// Makes sure that guidance has something to guide by.
  func checkGuidance() throws(RecipeProblem) {
    if let step = loop.sparedStep, autoguides == true {
      throw RecipeProblem(
        "sample.autoguide",
        "true, but sample.guide_step names step \(step): leave one of them out")
    }
    if let step = loop.sparedStep, step >= loop.steps {
      throw RecipeProblem(
        "sample.guide_step",
        "\(step), but the training has \(loop.steps) steps: name one before the last")
    }
    guard guidance.scale == 1 || isConditional != false && classDropout > 0 else {
      throw RecipeProblem(
        "sample.guidance",
        "\(guidance.scale), but guidance needs model.conditional and a class_dropout above 0")
    }
    guard let scale = teacherGuidance, scale != 1 else { return }
    guard hasTeacher else {
      throw RecipeProblem(
        "loss.teacher_guidance",
        "\(scale), but there is no teacher: set loss.consistency_teacher to true")
    }
    guard isConditional != false && classDropout > 0 else {
      throw RecipeProblem(
        "loss.teacher_guidance",
        "\(scale), but guidance needs model.conditional and a class_dropout above 0")
    }
  }
}
