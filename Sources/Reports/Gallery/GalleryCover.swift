import Images

/// A few images of each model that generates images, in one: by this a night is known among the others.
struct GalleryCover {
  /// The image.
  let image: Image

  /// The file in a night's folder.
  static let fileName = "cover.png"
  /// How many images there are at most, and to a row, and the side of each in pixels.
  private static let count = 16
  static let columns = 8
  static let side = 64

  /// How many rows it has of so many images.
  static func rows(of count: Int) -> Int { (min(count, Self.count) + columns - 1) / columns }

  /// The cover of those images, a list for each model; nil where there are none.
  init?(of models: [[Image]]) {
    let painters = models.filter { !$0.isEmpty }
    guard let most = painters.map(\.count).max() else { return nil }
    let inTurn = (0..<most).lazy.flatMap { round in
      painters.compactMap { round < $0.count ? $0[round] : nil }
    }
    let tiles = inTurn.prefix(Self.count).map { image in
      image.resizedCovering(Self.side).centerCropped(width: Self.side, height: Self.side)
        .converted(toChannels: 3)
    }
    image = ImageGrid(columns: Self.columns, padding: 0).image(of: Array(tiles))
  }
}
