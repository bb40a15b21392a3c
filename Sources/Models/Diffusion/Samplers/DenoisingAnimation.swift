import Images

/// Some moments of a denoising: images that come out of noise.
public struct DenoisingAnimation {
  /// Some moments, each with all images so far.
  public private(set) var frames: [[Image]]
  private let moments: [Int]
  private let most: Int

  /// The images of a strip's row.
  private static let stripColumns = 10

  /// A film of what a sampler draws, of the first `count` images, in so many frames at most.
  public init(of sampler: DiffusionSampler, count: Int = .max, mostFrames: Int = 50) {
    let modelCalls = (try? sampler.plan().count) ?? 0
    let wanted = min(modelCalls, mostFrames)
    // The last moment is the image itself.
    moments = (0..<wanted).map { ($0 + 1) * modelCalls / wanted }
    frames = moments.map { _ in [] }
    most = count
  }

  /// Takes up a moment.
  public mutating func add(_ place: DiffusionSampler.Place, _ state: DenoisingLoop.State) {
    guard let frame = moments.firstIndex(of: place.modelCall), frames[frame].count < most else {
      return
    }
    frames[frame] += images(state.noisy).prefix(most - frames[frame].count)
  }

  /// A row for each image, from noise to what became of it.
  public func strip() -> Image {
    let columns = min(Self.stripColumns, frames.count)
    let chosen = (0..<columns).map { frames[($0 + 1) * frames.count / columns - 1] }
    let rows = (chosen.first ?? []).indices.flatMap { image in chosen.map { $0[image] } }
    return ImageGrid(columns: columns).image(of: rows)
  }
}
