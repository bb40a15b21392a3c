import Autograd
import Compute
import Foundation

extension OpCase {
  static let attentions: [OpCase] =
    [
      ([1, 1, 1], 1, 1, false), ([2, 7, 16], 7, 2, false), ([1, 5, 12], 17, 3, false),
      ([2, 17, 8], 17, 1, true), ([1, 3, 6], 9, 2, true), ([1, 100, 20], 100, 2, true),
      ([1, 2, 80], 65, 1, false),
    ].map { shape, keys, heads, isCausal in
      let other = [shape[0], keys, shape[2]]
      return OpCase(
        .attention, "of \(shape) to \(keys), \(heads) heads\(isCausal ? ", causal" : "")",
        [Input(shape), Input(other), Input(other)], tolerance: 4e-6
      ) {
        attention($0[0], $0[1], $0[2], heads: heads, isCausal: isCausal)
      } reference: {
        Naive.attention($0[0], $0[1], $0[2], heads: heads, isCausal: isCausal)
      }
    } + [
      OpCase(.attention, "of a tensor to itself", [Input(2, 6, 8)], tolerance: 4e-6) {
        attention($0[0], $0[0], $0[0], heads: 2)
      } reference: {
        Naive.attention($0[0], $0[0], $0[0], heads: 2, isCausal: false)
      }
    ]
    + [false, true].map { isCausal in
      OpCase(
        .attention, "within packed channels\(isCausal ? ", causal" : "")", [Input(2, 17, 24)],
        tolerance: 4e-6
      ) {
        attention(qkv: $0[0], heads: 2, isCausal: isCausal)
      } reference: {
        let parts = Naive.thirds($0[0])
        return Naive.attention(parts[0], parts[1], parts[2], heads: 2, isCausal: isCausal)
      }
    }
}

extension OpCase {
  /// With dropout of weights: what is kept is told by the generator itself, word by word.
  static let attentionDropouts: [OpCase] =
    [
      ([2, 6, 24], 2, true), ([1, 20, 12], 1, false), ([1, 1, 6], 1, true), ([1, 70, 6], 1, true),
    ]
    .map { shape, heads, isCausal in
      let stream = RandomStream(seed: 3, purpose: .dropout, layer: 2)
      return OpCase(
        .attention, "within \(shape), dropping weights\(isCausal ? ", causal" : "")",
        [Input(shape)], tolerance: 6e-6
      ) {
        attention(
          qkv: $0[0], heads: heads, isCausal: isCausal,
          dropout: (rate: 0.25, stream: stream, step: 4))
      } reference: {
        let parts = Naive.thirds($0[0])
        return Naive.attention(parts[0], parts[1], parts[2], heads: heads, isCausal: isCausal) {
          sequence, head, query, key in
          let block = UInt32(((head * 2048 + query / 4) * 512 + key / 16) * 16 + key % 16)
          let words = Philox(key: 3).words((block, UInt32(sequence), 4, 6 << 16 | 2))
          let word = [words.0, words.1, words.2, words.3][query % 4]
          return word < 1 << 30 ? 0 : 1 / 0.75
        }
      }
    }
}

extension Naive {
  /// The first, second and last third of each row.
  static func thirds(_ x: Reference) -> [Reference] {
    let channels = x.shape[2] / 3
    return (0..<3).map { part in
      Reference([x.shape[0], x.shape[1], channels]) {
        x.elements[$0 / channels * 3 * channels + part * channels + $0 % channels]
      }
    }
  }

  static func attention(
    _ q: Reference, _ k: Reference, _ v: Reference, heads: Int, isCausal: Bool,
    dropping: (_ sequence: Int, _ head: Int, _ query: Int, _ key: Int) -> Double = { _, _, _, _ in 1
    }
  ) -> Reference {
    let (queries, keys, channels) = (q.shape[1], k.shape[1], q.shape[2])
    let size = channels / heads
    var y = Reference(q.shape) { _ in 0 }
    for sequence in 0..<q.shape[0] {
      for head in 0..<heads {
        for query in 0..<queries {
          let at = (sequence * queries + query) * channels + head * size
          let seen = isCausal ? keys - queries + query + 1 : keys
          let places = (0..<seen).map { (sequence * keys + $0) * channels + head * size }
          let weights = places.map { place in
            exp(
              (0..<size).reduce(0) { $0 + q.elements[at + $1] * k.elements[place + $1] }
                / Double(size).squareRoot())
          }
          let total = weights.reduce(0, +)
          for (key, (exponential, place)) in zip(weights, places).enumerated() {
            let weight = exponential * dropping(sequence, head, query, key)
            for c in 0..<size { y.elements[at + c] += weight / total * v.elements[place + c] }
          }
        }
      }
    }
    return y
  }
}
