import Generators
import Images
import Training

/// What is seen of pictures in the making: how far they are, on a terminal, and the frames of a film.
final class Record {
  /// Some moments of the denoising, each with all pictures so far.
  private var frames: [[Image]] = []
  private let moments: [Int]
  private let isKept: Bool
  private let progress = Progress()
  private var lastSaid = ContinuousClock.now

  /// How long it goes on in silence where there is no terminal.
  private static let silence = Duration.seconds(30)
  /// The most frames of a film.
  private static let mostFrames = 50
  /// The pictures of a strip's row.
  private static let stripColumns = 10

  /// A record of what a sampler draws; the frames are kept if so wished.
  init(of sampler: DiffusionSampler, isKept: Bool) {
    self.isKept = isKept
    let count = (try? sampler.plan().count) ?? 0
    let wanted = min(count, Self.mostFrames)
    // The last moment is the picture itself.
    moments = (0..<wanted).map { ($0 + 1) * count / wanted }
    if isKept { frames = moments.map { _ in [] } }
  }

  /// Takes up a moment.
  func add(_ place: DiffusionSampler.Place, _ state: DenoisingLoop.State) {
    let isDue = ContinuousClock.now - lastSaid >= Self.silence
    if progress.isLive || isDue {
      progress.show(
        step: place.done, of: place.total, [], items: 1, named: "steps", isDue: isDue)
      if isDue { lastSaid = .now }
    }
    guard isKept, let frame = moments.firstIndex(of: place.evaluation) else { return }
    frames[frame] += pictures(state.mixture)
  }

  /// Ends the live line.
  func end() { progress.endLine() }

  /// All pictures coming out of noise at once, in a grid.
  func animation(columns: Int, text: [(key: String, value: String)]) throws -> [UInt8] {
    let grids = frames.map { ImageGrid(columns: columns).picture(of: $0) }
    return try Image.animatedPNGData(grids, delay: 0.08, finalDelay: 2, text: text)
  }

  /// A row for each picture, from noise to what became of it.
  func strip() -> Image {
    let columns = min(Self.stripColumns, frames.count)
    let chosen = (0..<columns).map { frames[($0 + 1) * frames.count / columns - 1] }
    let rows = (chosen.first ?? []).indices.flatMap { picture in chosen.map { $0[picture] } }
    return ImageGrid(columns: columns).picture(of: rows)
  }
}
