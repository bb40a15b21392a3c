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

  @Test(arguments: [(heads: 1, size: 8), (4, 32), (6, 66), (3, 130)])
  func aRowIsProjectedAsByTheOpsOneAfterTheOther(heads: Int, size: Int) {
    let channels = heads * size
    let weight = numbers(channels * 3 * channels, 1).map { $0 / 8 }
    let bias = numbers(3 * channels, 2)
    for (positions, hasBias) in [(true, true), (false, false)] {
      let results = everywhere {
        let caches = (0..<2).map { _ in
          KeyValueCache(batch: 1, capacity: 12, channels: channels)
        }
        var outputs: [[Float]] = [[], []]
        for place in 0..<12 {
          let x = numbers(channels, 3 + place)
          let rotary =
            positions
            ? RotaryPositions(
              batch: 1, length: 1, heads: heads, headSize: size, firstPosition: place,
              normEpsilon: 1e-5) : nil
          let fused = Values([channels]) { y in
            bias.withUnsafeBufferPointer { bias in
              weight.withUnsafeBufferPointer { weight in
                caches[0].attend(
                  x, projection: (weight.baseAddress!, hasBias ? bias.baseAddress : nil),
                  positions: rotary, heads: heads, into: y)
              }
            }
          }
          outputs[0] += fused.elements
          var qkv = Values([1, 1, 3 * channels]) {
            MatrixProduct(m: 1, n: 3 * channels, k: channels)(
              x, weight, into: $0, bias: hasBias ? bias : nil)
          }
          if let rotary {
            let made = qkv
            qkv = Values([1, 1, 3 * channels]) { rotary.forward(made.pointer, into: $0) }
          }
          outputs[1] += caches[1].attend(qkv: qkv, heads: heads).elements
        }
        #expect(outputs[0] == outputs[1])
        return outputs[0]
      }
      #expect(results.allSatisfy { $0.isFinite })
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
