import Images
import Runs

/// How a diffusion model is asked to sample; what is nil is left to the model.
public struct DenoisingRequest {
  /// An image of any size, and what it is called.
  public struct Source {
    let name: String
    let image: Image

    /// An image, and what it is called in messages.
    public init(_ image: Image, name: String) { (self.image, self.name) = (image, name) }
  }

  /// How many steps.
  public var steps: Int?
  /// The sampler.
  public var sampler: SamplerKind?
  /// How much noise ddim adds.
  public var eta: Double?
  /// Which time steps.
  public var spacing: TimestepSpacing?
  /// Whether the noise levels are those of Karras et al.
  public var usesKarrasSpacing = false
  /// How far images are guided.
  public var guidance: Double?
  /// The sigmas at which they are.
  public var guidanceInterval: ClosedRange<Double>?
  /// What they are guided by, in place of the model without a class.
  public var guide: OpenedRun?
  /// An image to begin with.
  public var initial: Source?
  /// How much of it turns to noise, 0 to 1; by default 0.6, and 1 with a mask.
  public var strength: Double?
  /// White where to sample.
  public var mask: Source?
  /// How many images are sampled at a time.
  public var batch: Int?

  /// A request for what the model does by itself.
  public init() {}
}

extension DiffusionSampler {
  /// Its options.
  public var denoising: SamplerOptions? { options }

  /// The same, with the options, guidance and images of a request.
  /// - Throws: `SamplingError` when it cannot be guided by what is named.
  public func denoising(by request: DenoisingRequest) throws -> Self {
    var sampler = self
    // Eta is of one sampler alone, which it names so.
    let kind = request.sampler ?? (request.eta == nil ? nil : .ddim)
    if request.steps != nil || kind != nil {
      sampler.options = recipe.sampler(kind, steps: request.steps ?? options.steps)
    }
    if let eta = request.eta { sampler.options.eta = eta }
    if let spacing = request.spacing { sampler.options.spacing = spacing }
    if request.usesKarrasSpacing { sampler.options.usesKarrasSpacing = true }
    if let guidance = request.guidance { sampler.guidance.scale = guidance }
    if let interval = request.guidanceInterval { sampler.guidance.interval = interval }
    if let guide = request.guide {
      (sampler.weaker, sampler.guideName) = try unetToGuideBy(guide)
      if sampler.guidance.scale == 1 && request.guidance == nil {
        sampler.guidance.scale = DiffusionRecipe.usualGuidance
      }
    }
    if sampler.guidance.scale == 1, request.guide != nil || request.guidanceInterval != nil {
      throw SamplingError(
        "\(request.guide == nil ? "an interval of guidance" : "a model to guide by"), but a guidance scale "
          + "of 1 guides nowhere: name another, such as \(DiffusionRecipe.usualGuidance)")
    }
    if let batch = request.batch { sampler.batch = batch }
    if let initial = request.initial {
      sampler.start = Start(
        sampler.fitted(initial, "image"),
        strength: request.strength ?? (request.mask == nil ? 0.6 : 1),
        mask: request.mask.map { sampler.fitted($0, "mask") })
    }
    return sampler
  }

  /// The UNet of another run, to guide by.
  func unetToGuideBy(_ guide: OpenedRun) throws -> (unet: UNet, name: String) {
    let other = try DiffusionSampler(guide)
    let name = "\(other.run.name) at step \(other.step)"
    guard other.shape == shape,
      other.recipe.denoisingObjective.predicts(like: recipe.denoisingObjective)
    else {
      throw SamplingError(
        "guidance by \(name), but it makes other images or has learned with other noise than "
          + "\(run.name): train both with the same sample_size, objective, target and schedule")
    }
    guard other.classCount == 0 || other.recipe.classRows == recipe.classRows else {
      throw SamplingError(
        "guidance by \(name), but it has \(other.classCount) classes, and \(run.name) "
          + "\(classCount): train both on the same data")
    }
    return (other.unet, "\(other.run.name)@\(other.step)")
  }

  /// An image brought to the model's size and channels; what is done to it is noted.
  private mutating func fitted(_ source: DenoisingRequest.Source, _ what: String) -> Image {
    var image = source.image
    let (side, channels) = (shape[0], shape[2])
    if image.width != side || image.height != side {
      notes.append(
        "\(source.name): the \(what) of \(image.width)x\(image.height) is resized and cut to "
          + "\(side)x\(side)")
      image = image.resizedCovering(side).centerCropped(width: side, height: side)
    }
    return image.converted(toChannels: channels)
  }

  /// What was done to images to begin with; that sampling begins well below the last time; that there is
  /// nothing to do.
  public func cautions(for request: ImageRequest) throws -> [String] {
    let plan = try plan()
    if plan.count == 0 {
      let nothing = "such a strength leaves none of the \(options.steps) steps"
      guard request.recordedFrames == nil else {
        throw SamplingError("\(nothing), so that there is no denoising to show")
      }
      return notes + ["\(nothing): the image stays as it is"]
    }
    let notes = notes + (hintOnFewSteps.map { [$0] } ?? [])
    guard start == nil, plan.initialSignal > SamplingPlan.visibleSignal else { return notes }
    return notes + [
      "\(options.spacing.rawValue) spacing begins at time \(Int(plan.timesteps[0])), where the model "
        + "expects \(Int(100 * plan.initialSignal)) % of an image, and gets noise: more steps, or "
        + "--spacing trailing, make smoother images"
    ]
  }

  /// With fewer steps, a model that was not tuned for them makes rough images.
  private static let fewSteps = 5

  /// What would do better in so few steps; nil where they are enough.
  private var hintOnFewSteps: String? {
    let steps = options.steps == 1 ? "1 step is" : "\(options.steps) steps are"
    switch recipe.lossKind {
    case .denoising:
      guard start == nil, recipe.objective == .diffusion, options.steps < Self.fewSteps else {
        return nil
      }
      return
        "hint: \(steps) few for this model: gen train consistency --from \(run.name) tunes it for two"
    case .consistency:
      guard options.steps < recipe.consistencySegments else { return nil }
      return
        "hint: \(steps) fewer than the \(recipe.consistencySegments) that \(run.name) was tuned for"
    }
  }

  /// Images, rows from image to image, or a walk, and how they come out of noise.
  /// - Throws: `SamplingError` when what is asked for cannot be.
  public func generate(
    _ request: ImageRequest, observe: (SamplingProgress) -> Void
  ) throws -> GeneratedImages {
    let label = try request.label.map(classLabel)
    let request = laidOut(request)
    let (count, seed) = (request.countOrDefault, request.seed)
    var made = GeneratedImages(
      columns: request.columnsOrDefault, sampler: options.kind.rawValue,
      settings: settings(label: label))
    switch request.form {
    case .independent:
      var film = request.recordedFrames.map { DenoisingAnimation(of: self, mostFrames: $0) }
      if let film { try ImageRequest.check(animated: count, frames: film.frames.count) }
      made.images = try images(
        0..<count, seed: seed, classes: label.map { Array(repeating: $0, count: count) }
      ) { place, state in
        film?.add(place, state)
        observe(place)
      }
      made.frames = film?.frames ?? []
    case .interpolation:
      made.images = try interpolation(
        rows: count, columns: made.columns, seed: seed, label: label
      ) { place, _ in observe(place) }
    case .walk(let walk):
      try ImageRequest.check(animated: count, frames: walk.frames)
      made.frames = try self.walk(walk, count: count, seed: seed, label: label) { place, _ in
        observe(place)
      }
    }
    return made
  }

  /// The settings of the guidance, for provenance; none where there is none.
  public var guidanceSettings: [(key: String, value: String)] {
    guard classCount > 0 || weaker != nil else { return [] }
    var settings = [(key: "guidance", value: "\(guidance.scale)")]
    if guidance.scale != 1 {
      if guidance.interval != Guidance.allLevels {
        let (low, high) = (guidance.interval.lowerBound, guidance.interval.upperBound)
        settings.append(("guidance_interval", "\(low):\(high)"))
      }
      if let guideName { settings.append(("guide", guideName)) }
    }
    return settings
  }

  /// What an image's file says of how it was sampled, apart from the sampler's name.
  private func settings(label: Int32?) -> [(key: String, value: String)] {
    var settings = [
      (key: "steps", value: "\(options.steps)"), (key: "spacing", value: options.spacingName),
    ]
    if options.kind.noise == .byEta { settings.append(("eta", "\(options.eta)")) }
    settings += guidanceSettings
    if let label { settings.append(("class", description(of: label))) }
    return settings
  }
}
