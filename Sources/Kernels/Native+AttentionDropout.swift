import KernelInterface

extension Native {
  static func dropWeights(_ scores: AttentionScores, _ dropout: AttentionDropout) {
    let stride = scores.stride
    var row = 0
    while row < scores.rows {
      var column = 0
      while column < scores.columns {
        let factors = dropout.factors(row, column)
        let x = scores.base + (row &* stride &+ column)
        store(load(x) * factors.0, x)
        store(load(x + stride) * factors.1, x + stride)
        store(load(x + 2 &* stride) * factors.2, x + 2 &* stride)
        store(load(x + 3 &* stride) * factors.3, x + 3 &* stride)
        column = column &+ 16
      }
      row = row &+ 4
    }
  }

  static func dropoutFactors(
    _ dropout: AttentionDropout, keys: Int, queries: Int, stride: Int,
    into factors: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    var key = 0
    while key < keys {
      var query = 0
      while query < queries {
        for four in 0..<4 {
          let rows = dropout.factors(query &+ four &* 4, key)
          let to = scratch + four &* 64
          store(rows.0, to)
          store(rows.1, to + 16)
          store(rows.2, to + 32)
          store(rows.3, to + 48)
        }
        transpose(scratch, 16, into: factors + (key &* stride &+ query), stride)
        query = query &+ 16
      }
      key = key &+ 16
    }
  }
}

extension AttentionDropout {
  /// The factors of four queries for sixteen keys, so many behind the first ones.
  @inline(always)
  fileprivate func factors(_ row: Int, _ column: Int) -> (Vector, Vector, Vector, Vector) {
    let place = head &<< 20 | ((query &+ row) &>> 2) &<< 9 | (key &+ column) &>> 4
    // Of sixteen blocks with four words each.
    let words = randomBlocks(self.place, place &* 64)
    let limit = Words(repeating: threshold)
    let kept = Vector(repeating: scale)
    return (
      choose(words.0 .>= limit, kept, Vector.zero), choose(words.1 .>= limit, kept, Vector.zero),
      choose(words.2 .>= limit, kept, Vector.zero), choose(words.3 .>= limit, kept, Vector.zero)
    )
  }
}
