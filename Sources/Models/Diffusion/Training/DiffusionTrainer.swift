import Autograd
import Compute
import Datasets
import Images
import Layers
import Runs
import Training

/// A denoising UNet in training on a data set.
public final class DiffusionTrainer: Trainer {
  /// The UNet, its optimizer and its average.
  public let diffusion: Diffusion
  private let recipe: DiffusionRecipe
  private let heldOutLoss: HeldOutLoss?
  private let batches: StepBatches
  /// What consistency tuning learns the way from, if it has a teacher: what the UNet was at the start.
  private var teacher: FrozenUNet?

  /// What a step learns from.
  public static let itemName = "images"

  /// A trainer with a new UNet, of a recipe that has been checked.
  public init(_ recipe: DiffusionRecipe, _ data: DiffusionRecipe.Data) {
    self.recipe = recipe
    diffusion = Diffusion(
      recipe.trainedConfiguration, objective: recipe.denoisingObjective,
      optimizer: recipe.optimizer,
      emaDecay: recipe.emaDecay, steps: recipe.loop.steps, seed: recipe.loop.seed)
    batches = StepBatches(
      BatchSampler(
        data.training, batchSize: recipe.batch, seed: recipe.loop.seed,
        augmentation: recipe.data.augmentation), perStep: recipe.accumulate)
    heldOutLoss = data.heldOut.map {
      HeldOutLoss(
        dataset: $0, count: min(recipe.heldOutImages, $0.count), batch: recipe.batch,
        isConditional: recipe.classCount != nil)
    }
  }

  /// The UNet alone.
  public var networks: [(prefix: String, network: any TrainedNetwork)] { [("", diffusion.learner)] }

  /// How many images a step takes.
  public var itemsPerStep: Int { recipe.batch * recipe.accumulate }

  /// Does one step on the next batch.
  /// - Throws: `NumericalFault`; `DatasetError` if an image cannot be read any more.
  public func step() throws -> [Measurement] {
    // A mode of its own begins with the same dropout as the one that the step has.
    let parts = try withMode(.training(seed: recipe.loop.seed, step: stepsDone)) {
      try batches(ofStep: stepsDone).enumerated().map { part, batch in
        noised(batch, from: part * recipe.batch)
      }
    }
    return try NumericalFault.keeping(
      parts.enumerated().flatMap { index, part in
        [
          NamedArray("noisy.\(index)", part.noisy), NamedArray("target.\(index)", part.target),
          NamedArray("timesteps.\(index)", [part.timesteps.count], part.timesteps),
        ] + (part.augmentation.map { [NamedArray("augmentation.\(index)", $0)] } ?? [])
          + (part.weights.map { [NamedArray("weights.\(index)", [$0.count], $0)] } ?? [])
      }
    ) {
      try diffusion.step(parts, mode: .training(seed: recipe.loop.seed, step: stepsDone))
        .measurements
    }
  }

  /// The loss; of consistency tuning none, as the same error weighs more from stage to stage.
  public func overallLoss(_ measurements: [Measurement]) -> Double? {
    recipe.lossKind == .consistency ? nil : measurements.first?.value
  }

  /// Images of a step with noise, the first of them being number `first` in that step; times, noise and
  /// the classes left out depend on the seed, that number and the step alone.
  private func noised(_ batch: Batch, from first: Int) -> DiffusionObjective.Batch {
    let (seed, images) = (recipe.loop.seed, first..<first + batch.indices.count)
    let noise = RandomStream(seed: seed, purpose: .noise)
      .normals(batch.images.shape, firstSample: first, step: stepsDone)
    let timesteps = diffusion.objective.timesteps(images, step: stepsDone, seed: seed)
    let classes = recipe.classCount != nil ? classes(batch.labels, images) : nil
    guard recipe.lossKind == .consistency else {
      let changed = recipe.augmentation?(batch.images, first: first, seed: seed, step: stepsDone)
      var noised = diffusion.objective.batch(
        changed?.images ?? batch.images, noise: noise, timesteps: timesteps, classes: classes)
      noised.augmentation = changed?.labels
      return noised
    }
    let tuning = ConsistencyTuning(
      objective: diffusion.objective, stages: recipe.consistencyStages,
      steps: diffusion.learner.optimizer.plan.steps(at: stepsDone + 1),
      segments: recipe.consistencySegments)
    let student = Denoiser(diffusion.learner.model, classes: classes)
    return tuning.batch(
      batch.images, noise: noise, timesteps: timesteps, classes: classes, step: stepsDone,
      teacher: teaching(of: classes), predict: { student($0, timesteps: $1) })
  }

  /// What the teacher tells of noisy samples of those classes at their times; nil where there is none. It drops
  /// nothing, and leaves to the student what the step is to drop.
  func teaching(of classes: [Int32]?) -> ((_ noisy: Values, _ timesteps: [Float]) -> Values)? {
    guard let teacher = teacherAtWork() else { return nil }
    let denoiser = recipe.denoiser(
      teacher.unet, classes: classes, guidance: Guidance(scale: recipe.teacherScale))
    return { noisy, timesteps in withMode(.evaluation) { denoiser(noisy, timesteps: timesteps) } }
  }

  /// The teacher, which is made before the first step; nil where there is none.
  private func teacherAtWork() -> FrozenUNet? {
    guard recipe.hasTeacher else { return nil }
    if let teacher { return teacher }
    precondition(stepsDone == 0, "a teacher that has learned what it teaches")
    let made = FrozenUNet(copying: diffusion.learner.average.parameters, recipe.configuration)
    // Of a copy that was given up nothing is kept.
    if !Abandonment.isGivenUp { teacher = made }
    return made
  }

  private func classes(_ labels: [Int32], _ images: Range<Int>) -> [Int32] {
    guard let nullClass = recipe.nullClass else { return labels }
    let stream = RandomStream(seed: recipe.loop.seed, purpose: .conditionDropout)
    return zip(labels, images).map { label, image in
      var sequence = stream.sequence(sample: image, step: stepsDone)
      return Double(sequence.uniform()) < recipe.classDropout ? nullClass : label
    }
  }

  /// The UNet, and its teacher if it has one.
  public func checkpointFiles() -> [CheckpointStore.File] {
    networkFiles()
      + (teacherAtWork().map { [.safetensors(FrozenUNet.file, $0.arrays.named(""))] } ?? [])
  }

  /// Takes up both.
  /// - Throws: `FileError` when a file is missing, damaged, or of a UNet of other sizes.
  public func restore(_ checkpoint: Checkpoint) throws {
    try restoreNetworks(checkpoint)
    guard recipe.hasTeacher else { return }
    let made = FrozenUNet(copying: diffusion.learner.average.parameters, recipe.configuration)
    try made.arrays.read(from: try checkpoint.tensors(FrozenUNet.file), prefix: "")
    teacher = made
  }

  /// The loss on held-out images at fixed noise levels, of the averaged UNet.
  /// - Throws: `DatasetError` if an image cannot be read any more.
  public func evaluate(_ tell: (_ done: Int, _ count: Int) -> Void) throws -> [Measurement] {
    guard let heldOutLoss else { return [] }
    return [
      Measurement("validation_loss", label: "validation", try heldOutLoss(diffusion, tell))
    ]
  }

  /// The held-out images at each of the noise levels.
  public var itemsPerEvaluation: Int { (heldOutLoss?.count ?? 0) * HeldOutLoss.levels }

  /// The preview's images, once for each call of the UNet.
  public func itemsPerPreview(after step: Int) -> Int {
    (try? recipe.drawnPreview(after: step)).map(recipe.passes) ?? 0
  }

  /// A grid of images by the averaged UNet, from the same noise each time; where there are classes,
  /// a column for each.
  public func preview(_ tell: (_ done: Int, _ count: Int) -> Void) -> Preview? {
    let drawing: DiffusionRecipe.Preview
    do { drawing = try recipe.drawnPreview(after: stepsDone) } catch {
      preconditionFailure("a recipe's preview: \(error)")
    }
    let size = recipe.model.sampleSize
    let numbers = 0..<drawing.layout.count
    let denoiser = recipe.denoiser(
      diffusion.learner.average.model, classes: drawing.layout.classes)
    let loop = DenoisingLoop(drawing.plan, seed: recipe.loop.seed)
    let latents = DenoisingLoop.latents(
      numbers, [size, size, recipe.configuration.outChannels], seed: recipe.loop.seed)
    let drawn = loop(
      numbers, from: latents,
      observe: { tell($0.modelCall, drawing.plan.modelCalls.count) },
      denoise: denoiser.callAsFunction)
    return .images(images(drawn), columns: drawing.layout.columns)
  }
}
