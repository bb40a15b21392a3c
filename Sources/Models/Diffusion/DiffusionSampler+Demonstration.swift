import Images

extension DiffusionSampler {
  /// Images of each class in turn, and how they come out of noise.
  public func demonstration(count: Int, steps: Int, seed: UInt64) throws -> ImageDemonstration {
    var sampler = self
    let steps = min(steps, recipe.schedule.steps)
    sampler.options = recipe.sampler(steps: steps)
    let kind = sampler.options.kind.rawValue
    var film = DenoisingAnimation(of: sampler, count: ImageDemonstration.animated)
    let images = try sampler.images(0..<count, seed: seed) { film.add($0, $1) }
    let isLabeled = !classNames.isEmpty && classCount > 0
    let moving = Film(frames: film.frames, delay: 0.08, finalDelay: 2)
    return ImageDemonstration(
      images: images,
      labels: isLabeled
        ? images.indices.map { classNames[$0 % classCount % classNames.count] } : nil,
      settings: "\(kind), \(steps) steps", sampler: kind, flags: ["--steps", "\(steps)"],
      parameters: [("steps", "\(steps)")],
      animation: .init(
        name: "denoising", title: "Denoising",
        caption: "From noise to image, at ten of the \(try sampler.plan().count) model calls.",
        still: film.strip()
      ) { try moving.grid(columns: 2, text: $0) })
  }
}
