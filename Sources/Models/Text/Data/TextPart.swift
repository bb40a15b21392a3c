import Compute

/// What stands for all of a long text: pieces that are spread over it evenly.
///
/// The text is cut into equal stretches, and a piece begins at a random place of each. The places depend
/// on the lengths alone, and neither on a run's seed nor on its tokens or context, so that the figures of
/// all models of a text are of the same characters.
enum TextPart {
  /// The most pieces.
  static let mostPieces = 32
  /// The fewest characters that are worth a piece of their own: what is predicted first in each has
  /// little before it.
  static let shortestPiece = 4096

  /// The places of at most `most` of `count` characters, in the order of the text; all of them where
  /// there are no more, or for nil.
  static func pieces(of count: Int, most: Int?) -> [Range<Int>] {
    guard let most, most < count else { return [0..<count] }
    let pieces = min(mostPieces, max(1, most / shortestPiece))
    let length = most / pieces
    let stream = RandomStream(seed: 0, purpose: .evaluation)
    return (0..<pieces).map { piece in
      let stretch = piece * count / pieces..<(piece + 1) * count / pieces
      var random = stream.sequence(sample: piece)
      let start = stretch.lowerBound + random.integer(below: stretch.count - length + 1)
      return start..<start + length
    }
  }

  /// How many characters they have together.
  static func count(of count: Int, most: Int?) -> Int {
    pieces(of: count, most: most).reduce(0) { $0 + $1.count }
  }
}
