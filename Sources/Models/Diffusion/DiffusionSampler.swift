import Compute
import Files
import Images
import Runs
import Training

/// Samples from a trained diffusion or flow: by default the moving average of its UNet.
public struct DiffusionSampler: ImageSampler {
  /// The run that it was trained in.
  public let run: RunFolder
  /// The step of the checkpoint.
  public let step: Int
  /// How it was trained.
  public let recipe: DiffusionRecipe
  /// What the classes are called.
  public let classNames: [String]
  /// How images are sampled.
  public var options: SamplerOptions
  /// How far they are guided.
  public var guidance: Guidance
  /// What they are guided by; nil for the UNet itself without a class.
  var weaker: UNet?
  /// The run and step of what they are guided by, as `gen sample --guide` takes it.
  var guideName: String?
  /// How many are sampled at a time.
  public var batch = 64
  /// An image to begin with, in place of noise alone.
  public var start: Start?
  /// What has been done to images to begin with.
  var notes: [String] = []
  let unet: UNet

  /// An image to begin with.
  public struct Start {
    let image: Values
    let strength: Double
    let mask: Values?

    /// An image of the model's size and channels.
    ///
    /// - Parameters:
    ///   - strength: of img2img: 0 leaves the image as it is, 1 nothing of it.
    ///   - mask: of inpainting: white where to sample, black where the image stays; nil for everywhere.
    public init(_ image: Image, strength: Double, mask: Image? = nil) {
      let shape = [image.height, image.width, image.channels]
      self.image = Values(shape, in: values(of: [image]).storage)
      self.strength = strength
      self.mask = mask.map { Values(shape, $0.pixels.map { Float($0) / 255 }) }
    }
  }

  /// The UNet as it was after `step` steps, or for nil at the run's newest checkpoint that verifies.
  /// - Throws: `FileError`, `RecipeError` when the run cannot be read.
  public init(_ run: RunFolder, step: Int? = nil, weights: LearnedWeights = .average) throws {
    try self.init(OpenedRun(run, step: step, weights: weights))
  }

  init(_ opened: OpenedRun) throws {
    recipe = try opened.recipe(as: DiffusionRecipe.self)
    let checkpoint = try opened.checkpoint()
    unet = UNet(recipe.configuration)
    try Learner.read(checkpoint, opened.weights, into: unet)
    run = opened.run
    self.step = checkpoint.step
    classNames = try run.classNames()
    options = recipe.usualSampler
    guidance = recipe.guidance
    guard let autoguidance = recipe.autoguidance(after: step) else { return }
    guidance.scale = autoguidance.scale
    // Where it is gone, other guidance can still be asked for.
    guard run.checkpoints.steps.contains(autoguidance.step) else { return }
    let guide = try OpenedRun(run, step: autoguidance.step, weights: opened.weights)
    (weaker, guideName) = try unetToGuideBy(guide)
  }

  /// The data that it has learned from.
  public var data: DataOptions { recipe.data }

  /// The same as a reference.
  public var learnedData: DataReference {
    DataReference(recipe.data.source, of: run, seed: recipe.loop.seed)
  }

  /// How many classes images can be asked for by; 0 where none can.
  public var classCount: Int { recipe.classCount ?? 0 }

  /// The row of the table of classes that stands for none.
  public var nullClass: Int32? { recipe.nullClass }

  /// The shape of an image [H, W, C].
  public var shape: [Int] {
    [recipe.model.sampleSize, recipe.model.sampleSize, recipe.configuration.outChannels]
  }

  /// The steps by which images are sampled.
  /// - Throws: `SamplingError` when what is asked for cannot be.
  public func plan() throws(SamplingError) -> SamplingPlan {
    if guidance.scale != 1, weaker == nil { try requireGuide() }
    guard start?.mask == nil || options.kind.takesMask else {
      throw SamplingError(
        "a mask, but the sampler \(options.kind.rawValue) takes none: name "
          + SamplerKind.names { $0.takesMask && $0.isForFlows == (recipe.objective == .flow) })
    }
    let plan = try recipe.plan(options, strength: start?.strength ?? 1)
    if start == nil { try plan.checkBeginning(options) }
    return plan
  }

  /// Makes sure that there is something to guide by.
  private func requireGuide() throws(SamplingError) {
    if let missing = recipe.autoguidance(after: step) {
      throw SamplingError(
        "\(run.name) is guided by its checkpoint of step \(missing.step), which is not there: name "
          + "another with --guide, or --guidance 1")
    }
    guard recipe.nullClass != nil else {
      throw SamplingError(
        "guidance of \(guidance.scale), but \(run.name) has not learned to sample without a class: train "
          + "with model.conditional and a class_dropout above 0")
    }
  }

  /// The images of those numbers; without classes, each in turn.
  /// - Throws: `SamplingError` when what is asked for cannot be.
  public func images(
    _ numbers: Range<Int>, seed: UInt64, classes: [Int32]? = nil
  ) throws -> [Image] {
    try images(numbers, seed: seed, classes: classes) { _, _ in }
  }

  /// The same; `observe` is called after each model call of each batch with the images that are in
  /// the making.
  /// - Throws: `SamplingError` when what is asked for cannot be.
  public func images(
    _ numbers: Range<Int>, seed: UInt64, classes: [Int32]? = nil,
    observe: (SamplingProgress, DenoisingLoop.State) -> Void
  ) throws -> [Image] {
    try draw(
      numbers, seed: seed, classes: classes,
      latents: { DenoisingLoop.latents($0, shape, seed: seed) }, observe: observe)
  }

  /// For each of `rows` pairs of noise, `columns` images on the way from one to the other along the
  /// sphere, of one class.
  /// - Throws: `SamplingError` when what is asked for cannot be.
  public func interpolation(
    rows: Int, columns: Int, seed: UInt64, label: Int32? = nil,
    observe: (SamplingProgress, DenoisingLoop.State) -> Void = { _, _ in }
  ) throws -> [Image] {
    try requireNoNoise()
    let size = shape.reduce(1, *)
    let classes = (0..<rows * columns).map { label ?? Int32($0 / columns % max(1, classCount)) }
    return try draw(
      0..<rows * columns, seed: seed, classes: classCount > 0 ? classes : nil,
      latents: { numbers in
        let elements = numbers.flatMap { number -> [Float] in
          let row = number / columns
          let ends = DenoisingLoop.latents(2 * row..<2 * row + 2, shape, seed: seed).elements
          return sphericalInterpolation(
            Array(ends[..<size]), Array(ends[size...]),
            Double(number % columns) / Double(max(1, columns - 1)))
        }
        return Values([numbers.count] + shape, elements)
      }, observe: observe)
  }

  /// The first `count` images of a seed on a walk through the noise that they begin with, frame by
  /// frame; each keeps its class.
  /// - Throws: `SamplingError` when what is asked for cannot be.
  public func walk(
    _ walk: LatentWalk, count: Int, seed: UInt64, label: Int32? = nil,
    observe: (SamplingProgress, DenoisingLoop.State) -> Void = { _, _ in }
  ) throws -> [[Image]] {
    try requireNoNoise()
    let numbers = 0..<walk.frames * count
    let drawn = try draw(
      numbers, seed: seed,
      classes: numbers.map { label ?? Int32($0 % count % max(1, classCount)) },
      latents: { numbers in
        let vectors = walk.vectors(numbers, of: count) { image, stop in
          DenoisingLoop.latents(image..<image + 1, shape, seed: seed, stop: stop).elements
        }
        return Values([numbers.count] + shape, vectors)
      }, observe: observe)
    return walk.frames(of: drawn, count: count)
  }

  /// Between images there is a way only where the noise to begin with is all that tells them apart.
  private func requireNoNoise() throws(SamplingError) {
    guard options.kind.noise != .always && options.eta == 0 else {
      throw SamplingError("a way between images, but noise is added to these: take ddim, eta 0")
    }
  }

  private func draw(
    _ numbers: Range<Int>, seed: UInt64, classes: [Int32]?, latents: (Range<Int>) -> Values,
    observe: (SamplingProgress, DenoisingLoop.State) -> Void
  ) throws -> [Image] {
    var loop = DenoisingLoop(try plan(), seed: seed)
    loop.initial = start?.image
    loop.mask = start?.mask
    let batches = stride(from: numbers.lowerBound, to: numbers.upperBound, by: batch)
    let total = batches.underestimatedCount * loop.plan.count
    var done = 0
    return batches.flatMap { first -> [Image] in
      let part = first..<min(first + batch, numbers.upperBound)
      let labels = part.map { number in
        classes?[number - numbers.lowerBound] ?? Int32(number % max(1, classCount))
      }
      let denoiser = recipe.denoiser(
        unet, classes: classCount > 0 ? labels : nil, guidance: guidance, weaker: weaker)
      let drawn = loop(
        part, from: latents(part),
        observe: { state in
          done += 1
          observe(SamplingProgress(done: done, total: total, modelCall: state.modelCall), state)
        }, denoise: denoiser.callAsFunction)
      return Models.images(drawn)
    }
  }
}
