extension DiffusionRecipe {
  /// The sampler of images that are asked for without a word about it.
  public var usualSampler: SamplerOptions { sampler(preview.sampler, steps: preview.steps) }

  /// How a preview is drawn.
  struct Preview {
    var layout: PreviewLayout
    var sampler: SamplerOptions
    var plan: SamplingPlan
  }

  /// The preview after so many training steps. A UNet that has learned nothing shows a row, in few steps: more of
  /// its noise is not worth the wait.
  /// - Throws: `SamplingError` when the sampler does not go with the objective.
  func drawnPreview(after step: Int) throws(SamplingError) -> Preview {
    let usual = PreviewLayout(classes: classCount, count: preview.count)
    guard step == 0 else {
      return try drawnPreview(usual, steps: preview.previewSteps ?? preview.steps)
    }
    let row = PreviewLayout(classes: classCount, count: usual.columns)
    let most = preview.previewSteps ?? preview.steps
    // Some spacings do not go down that far.
    if let few = try? drawnPreview(row, steps: min(Self.fewSteps, most)) { return few }
    return try drawnPreview(row, steps: most)
  }

  private func drawnPreview(
    _ layout: PreviewLayout, steps: Int
  ) throws(SamplingError) -> Preview {
    let sampler = sampler(preview.sampler, steps: steps)
    return Preview(layout: layout, sampler: sampler, plan: try plan(sampler))
  }

  /// The fewest steps of a preview that is made cheap.
  private static let fewSteps = 5

  /// The most that previews may take of the training's time.
  static let mostPreviewing = 0.05

  /// How many images a preview has and in how many steps it draws them, where the recipe leaves that open: as many as
  /// together take at most a twentieth of the training's time, but a row in five steps at least.
  ///
  /// An image of a preview takes a forward pass for each call of the UNet, one of a training step three.
  mutating func settlePreviews() {
    let columns = PreviewLayout(classes: classCount).columns
    let most = PreviewLayout(classes: classCount).count
    let counts =
      preview.count.map { [$0] }
      ?? stride(from: most, through: columns, by: -columns).map { $0 }
    var steps = [preview.previewSteps ?? preview.steps]
    while preview.previewSteps == nil, let last = steps.last, last > Self.fewSteps {
      steps.append(max(Self.fewSteps, last / 2))
    }
    // Fewer images come first, then fewer steps.
    let ways =
      counts.map { ($0, steps[0]) } + steps.dropFirst().map { (counts[counts.count - 1], $0) }
    let previews = ways.compactMap { count, steps in
      try? drawnPreview(PreviewLayout(classes: classCount, count: count), steps: steps)
    }
    let number = Double((loop.steps + loop.sampleEvery - 1) / loop.sampleEvery)
    let allowed = Self.mostPreviewing * Double(loop.steps)
    let fitting = previews.first { number * trainingSteps(of: $0) <= allowed }
    guard let chosen = fitting ?? previews.last else { return }
    (preview.count, preview.previewSteps) = (chosen.layout.count, chosen.sampler.steps)
  }

  /// How many training steps take as long as a preview.
  private func trainingSteps(of preview: Preview) -> Double {
    Double(passes(of: preview)) / Double(3 * batch * accumulate)
  }

  /// How many images the UNet is given for a preview, each as often as it is asked.
  func passes(of preview: Preview) -> Int {
    preview.layout.count * preview.plan.modelCalls.count * passesPerCall
  }

  /// With guidance, the UNet is asked with a class and without.
  private var passesPerCall: Int { guidance.scale != 1 && classCount != nil ? 2 : 1 }

  /// Once or twice for each step, or oftener, as the sampler has it.
  public var passesPerImage: Int {
    ((try? plan(usualSampler))?.modelCalls.count ?? 1) * passesPerCall
  }

  /// A twentieth, where the recipe leaves open how large they are.
  public var mostPreviewing: Double? {
    preview.count == nil || preview.previewSteps == nil ? Self.mostPreviewing : nil
  }

  /// The sampler's name, and the flags by which `gen sample` makes the same grid.
  public func previewProvenance(after step: Int) -> (sampler: String, flags: [String]) {
    guard let drawn = try? drawnPreview(after: step) else { return (Self.kind, []) }
    let flags = [
      "--sampler", drawn.sampler.kind.rawValue, "--steps", "\(drawn.sampler.steps)",
      "--spacing", drawn.sampler.spacing.rawValue,
      "--count", "\(drawn.layout.count)", "--columns", "\(drawn.layout.columns)",
    ]
    // Previews are not guided by an earlier checkpoint, as samples are.
    let says = guidance.scale != 1 || loop.sparedStep != nil
    return (
      drawn.sampler.kind.rawValue, flags + (says ? ["--guidance", "\(guidance.scale)"] : [])
    )
  }
}
