import Images

/// Some moments of a denoising: images that come out of noise.
public struct DenoisingAnimation {
  /// Some moments, each with all images so far.
  public private(set) var frames: [[Image]]
  private let moments: [Int]
  private let most: Int

  /// Records what a sampler generates, of the first `count` images, in so many frames at most.
  public init(of sampler: DiffusionSampler, count: Int = .max, mostFrames: Int = 50) {
    let modelCalls = (try? sampler.plan().count) ?? 0
    let wanted = min(modelCalls, mostFrames)
    // The last moment is the image itself.
    moments = (0..<wanted).map { ($0 + 1) * modelCalls / wanted }
    frames = moments.map { _ in [] }
    most = count
  }

  /// Takes up a moment.
  public mutating func add(_ place: SamplingProgress, _ state: DenoisingLoop.State) {
    guard let frame = moments.firstIndex(of: place.modelCall), frames[frame].count < most else {
      return
    }
    frames[frame] += images(state.noisy).prefix(most - frames[frame].count)
  }
}

extension DiffusionSampler {
  /// Images of each class in turn, and how they come out of noise.
  public func demonstration(count: Int, steps: Int?, seed: UInt64) throws -> ImageDemonstration {
    var sampler = self
    if let steps { sampler.options = recipe.sampler(steps: min(steps, recipe.schedule.steps)) }
    let steps = sampler.options.steps
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
        still: moving.strip()
      ) { try moving.grid(columns: 2, text: $0) })
  }
}
