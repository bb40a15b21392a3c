import Testing

@testable import Compute

/// Attention at the sizes of real models, around those of tiles, and with rows that lie apart.
@Suite struct AttentionTests {
  /// The output, and the gradients of q, k and v where the output's gradient is the queries'.
  private func run(
    _ attention: Attention, _ inputs: [[Float]], stride: Int? = nil
  ) -> (y: [Float], gradients: [Float]) {
    let channels = attention.heads * attention.headSize
    let stride = stride ?? channels
    func input(_ values: UnsafePointer<Float>) -> Attention.Input { .init(values, stride: stride) }
    func output(_ values: UnsafeMutablePointer<Float>) -> Attention.Output {
      .init(values, stride: channels)
    }
    let queries = attention.batch * attention.queries * channels
    let keys = attention.batch * attention.keys * channels
    var statistics = [Float](repeating: 0, count: attention.statisticsCount)
    let dy = numbers(queries, 9)
    let (q, k, v) = (inputs[0], inputs[1], inputs[2])
    let y = changed([Float](repeating: .nan, count: queries)) {
      attention.forward(
        q: input(q), k: input(k), v: input(v), into: output($0), logSumExp: &statistics)
    }
    let gradients = changed([Float](repeating: .nan, count: queries + 2 * keys)) {
      attention.gradients(
        q: input(q), k: input(k), v: input(v), y: .init(y, stride: channels),
        dy: .init(dy, stride: channels), logSumExp: statistics, dq: output($0),
        dk: output($0 + queries), dv: output($0 + queries + keys))
    }
    return (y, gradients)
  }

  static let geometries = [
    Attention(batch: 2, queries: 49, keys: 49, heads: 4, headSize: 8),
    Attention(batch: 1, queries: 256, keys: 256, heads: 1, headSize: 256),
    Attention(batch: 2, queries: 130, keys: 130, heads: 3, headSize: 64, isCausal: true),
    Attention(batch: 1, queries: 7, keys: 500, heads: 2, headSize: 80, isCausal: true),
  ]

  private func inputs(_ attention: Attention) -> [[Float]] {
    let channels = attention.heads * attention.headSize
    return [attention.queries, attention.keys, attention.keys].enumerated().map {
      numbers(attention.batch * $1 * channels, $0)
    }
  }

  @Test(arguments: geometries)
  func theSameBitsEverywhere(_ attention: Attention) {
    let result = everywhere {
      let (y, gradients) = run(attention, inputs(attention))
      return y + gradients
    }
    #expect(result.allSatisfy { $0.isFinite })
  }

  @Test func aSequenceDoesNotDependOnTheOthers() {
    let both = Attention(batch: 2, queries: 49, keys: 49, heads: 4, headSize: 8)
    let one = Attention(batch: 1, queries: 49, keys: 49, heads: 4, headSize: 8)
    let half = 49 * 32
    let values = inputs(both)
    let first = run(one, values.map { Array($0.prefix(half)) })
    let whole = run(both, values)
    #expect(first.y == Array(whole.y.prefix(half)))
    #expect(Array(first.gradients.prefix(half)) == Array(whole.gradients.prefix(half)))
  }

  /// Few heads are cut into tasks in another way than many.
  @Test(arguments: [false, true]) func fewHeadsGiveTheSameBits(isCausal: Bool) {
    let many = Attention(
      batch: 5, queries: 130, keys: 140, heads: 1, headSize: 24, isCausal: isCausal)
    let one = Attention(
      batch: 1, queries: 130, keys: 140, heads: 1, headSize: 24, isCausal: isCausal)
    let values = inputs(many)
    let (queries, keys) = (130 * 24, 140 * 24)
    let whole = run(many, values)
    // The gradient of the output is a sequence of numbers, of which one head takes the first ones.
    let alone = everywhere {
      let (y, gradients) = run(
        one, [Array(values[0].prefix(queries))] + values[1...].map { Array($0.prefix(keys)) })
      return y + gradients
    }
    let starts = [0, 5 * queries, 5 * (queries + keys)]
    #expect(Array(alone[..<queries]) == Array(whole.y[..<queries]))
    for (start, range) in zip(
      starts,
      [queries..<2 * queries, 2 * queries..<2 * queries + keys, 2 * queries + keys..<alone.count])
    {
      #expect(Array(alone[range]) == Array(whole.gradients[start..<start + range.count]))
    }
  }

  @Test func whatACausalQueryDoesNotSeeDoesNotMatter() {
    let long = Attention(batch: 1, queries: 130, keys: 130, heads: 1, headSize: 16, isCausal: true)
    let short = Attention(batch: 1, queries: 20, keys: 20, heads: 1, headSize: 16, isCausal: true)
    let values = inputs(long)
    let y = run(short, values.map { Array($0.prefix(20 * 16)) }).y
    let expected = run(long, values).y.prefix(20 * 16).map { Double($0) }
    #expect(distance(y, expected) < 1e-6)
  }

  @Test(
    arguments: [
      Attention(batch: 2, queries: 49, keys: 49, heads: 4, headSize: 8),
      Attention(batch: 1, queries: 1, keys: 1, heads: 3, headSize: 1),
      Attention(batch: 1, queries: 256, keys: 256, heads: 1, headSize: 16, isCausal: true),
      Attention(batch: 1, queries: 65, keys: 65, heads: 2, headSize: 64, isCausal: true),
      Attention(batch: 1, queries: 64, keys: 64, heads: 2, headSize: 32, isCausal: true),
      Attention(batch: 1, queries: 17, keys: 16, heads: 1, headSize: 256),
      Attention(batch: 2, queries: 16, keys: 65, heads: 1, headSize: 1),
      // More keys than a slice of a sum has: the causal one ends within the second slice.
      Attention(batch: 1, queries: 7, keys: 500, heads: 2, headSize: 80, isCausal: true),
      Attention(batch: 1, queries: 100, keys: 769, heads: 1, headSize: 8),
    ])
  func valuesAndGradients(_ attention: Attention) {
    let values = inputs(attention)
    let (y, gradients) = run(attention, values)
    let expected = NaiveAttention(
      attention, values[0], values[1], values[2], dy: numbers(y.count, 9))
    #expect(distance(y, expected.y) < 2e-6)
    let keys = expected.dk.count
    #expect(distance(Array(gradients.prefix(y.count)), expected.dq) < 4e-6)
    #expect(distance(Array(gradients.dropFirst(y.count).prefix(keys)), expected.dk) < 4e-6)
    #expect(distance(Array(gradients.suffix(keys)), expected.dv) < 4e-6)
  }

  @Test func rowsMayLieApart() {
    let attention = Attention(batch: 2, queries: 9, keys: 9, heads: 2, headSize: 4)
    let packed = numbers(2 * 9 * 24, 5)
    let parts = (0..<3).map { part -> [Float] in
      (0..<18).flatMap { row -> ArraySlice<Float> in
        let start: Int = row * 24 + part * 8
        return packed[start..<start + 8]
      }
    }
    let apart = run(
      attention, (0..<3).map { Array(packed.dropFirst($0 * 8)) }, stride: 24)
    #expect(apart.y == run(attention, parts).y)
  }
}
