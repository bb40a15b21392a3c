import Images

/// Some moments of a denoising: pictures that come out of noise.
public struct DenoisingFilm {
  /// Some moments, each with all pictures so far.
  public private(set) var frames: [[Image]]
  private let moments: [Int]
  private let most: Int

  /// The pictures of a strip's row.
  private static let stripColumns = 10

  /// A film of what a sampler draws, of the first `count` pictures, in so many frames at most.
  public init(of sampler: DiffusionSampler, count: Int = .max, mostFrames: Int = 50) {
    let evaluations = (try? sampler.plan().count) ?? 0
    let wanted = min(evaluations, mostFrames)
    // The last moment is the picture itself.
    moments = (0..<wanted).map { ($0 + 1) * evaluations / wanted }
    frames = moments.map { _ in [] }
    most = count
  }

  /// Takes up a moment.
  public mutating func add(_ place: DiffusionSampler.Place, _ state: DenoisingLoop.State) {
    guard let frame = moments.firstIndex(of: place.evaluation), frames[frame].count < most else {
      return
    }
    frames[frame] += pictures(state.mixture).prefix(most - frames[frame].count)
  }

  /// A row for each picture, from noise to what became of it.
  public func strip() -> Image {
    let columns = min(Self.stripColumns, frames.count)
    let chosen = (0..<columns).map { frames[($0 + 1) * frames.count / columns - 1] }
    let rows = (chosen.first ?? []).indices.flatMap { picture in chosen.map { $0[picture] } }
    return ImageGrid(columns: columns).picture(of: rows)
  }
}
