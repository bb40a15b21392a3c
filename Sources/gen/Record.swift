import Models
import Training

/// What is seen of images in the making: how far they are, on a terminal, and a film.
final class Record {
  /// The film, if one is kept.
  private(set) var film: DenoisingAnimation?
  private let progress = Progress()
  private var lastSaid = ContinuousClock.now

  /// How long it goes on in silence where there is no terminal.
  private static let silence = Duration.seconds(30)

  /// A record of what a sampler draws; a film is kept if so wished, of so many frames at most.
  init(of sampler: DiffusionSampler, isKept: Bool, mostFrames: Int = 50) {
    if isKept { film = DenoisingAnimation(of: sampler, mostFrames: mostFrames) }
  }

  /// Takes up a moment.
  func add(_ place: DiffusionSampler.Place, _ state: DenoisingLoop.State) {
    let isDue = ContinuousClock.now - lastSaid >= Self.silence
    if progress.isLive || isDue {
      progress.show(
        step: place.done, of: place.total, [], items: 1, named: "steps", isDue: isDue)
      if isDue { lastSaid = .now }
    }
    film?.add(place, state)
  }

  /// Ends the live line.
  func end() { progress.endLine() }
}
