import Testing

@testable import Compute

/// Attention to a cache against attention to all positions at once.
@Suite struct KeyValueCacheTests {
  /// The outputs [batch, T, C] where the positions are read in pieces of those lengths.
  private func outputs(
    _ qkv: [Float], batch: Int, heads: Int, channels: Int, pieces: [Int], capacity: Int
  ) -> [Float] {
    let length = pieces.reduce(0, +)
    let cache = KeyValueCache(batch: batch, capacity: capacity, channels: channels)
    var y = [Float](repeating: .nan, count: batch * length * channels)
    for piece in pieces {
      let start = cache.count
      let part = (0..<batch).flatMap { sequence -> ArraySlice<Float> in
        let row = sequence * length + start
        return qkv[row * 3 * channels..<(row + piece) * 3 * channels]
      }
      let found = cache.attend(
        qkv: Values([batch, piece, 3 * channels], Array(part)), heads: heads
      ).elements
      for sequence in 0..<batch {
        let to = (sequence * length + start) * channels
        let from = sequence * piece * channels
        y.replaceSubrange(
          to..<to + piece * channels, with: found[from..<from + piece * channels])
      }
    }
    return y
  }

  @Test(arguments: [(1, 8), (2, 64), (3, 33), (1, 80)])
  func agreesWithTheWhole(heads: Int, size: Int) {
    let (batch, length, channels) = (2, 37, heads * size)
    let qkv = numbers(batch * length * 3 * channels, 3)
    let parts = (0..<3).map { part -> [Float] in
      (0..<batch * length).flatMap { row -> ArraySlice<Float> in
        let start: Int = (row * 3 + part) * channels
        return qkv[start..<start + channels]
      }
    }
    let attention = Attention(
      batch: batch, queries: length, keys: length, heads: heads, headSize: size, isCausal: true)
    let expected = NaiveAttention(attention, parts[0], parts[1], parts[2], dy: parts[0]).y
    for pieces in [[Int](repeating: 1, count: length), [20, 1, 15, 1], [37]] {
      let y = everywhere {
        outputs(
          qkv, batch: batch, heads: heads, channels: channels, pieces: pieces, capacity: 50)
      }
      #expect(distance(y, expected) < 2e-6, "in pieces of \(pieces)")
    }
  }

  @Test func aTextDoesNotDependOnTheOthers() {
    let (length, channels) = (9, 24)
    let qkv = numbers(3 * length * 3 * channels, 1)
    let size = length * 3 * channels
    let pieces = [4, 1, 1, 1, 1, 1]
    let together = outputs(
      qkv, batch: 3, heads: 2, channels: channels, pieces: pieces, capacity: 9)
    let alone = (0..<3).flatMap {
      outputs(
        Array(qkv[$0 * size..<($0 + 1) * size]), batch: 1, heads: 2, channels: channels,
        pieces: pieces, capacity: 12)
    }
    #expect(together == alone)
  }

  @Test func whatIsForgottenDoesNotMatter() {
    let channels = 16
    let qkv = numbers(2 * 8 * 3 * channels, 2)
    func rows(_ range: Range<Int>) -> Values {
      let part = [0, 8].flatMap { first -> ArraySlice<Float> in
        let start: Int = (first + range.lowerBound) * 3 * channels
        return qkv[start..<start + range.count * 3 * channels]
      }
      return Values([2, range.count, 3 * channels], part)
    }
    let (long, short) = (
      KeyValueCache(batch: 2, capacity: 6, channels: channels),
      KeyValueCache(batch: 2, capacity: 6, channels: channels)
    )
    _ = long.attend(qkv: rows(0..<6), heads: 2)
    long.removeAll()
    #expect(long.count == 0)
    for next in [3..<6, 6..<7, 7..<8] {
      let expected = short.attend(qkv: rows(next), heads: 2).elements
      #expect(long.attend(qkv: rows(next), heads: 2).elements == expected)
    }
  }
}
