import Foundation

/// What counting says of a text: how likely a token is after those before it, by Witten-Bell
/// interpolation (Witten and Bell, "The Zero-Frequency Problem", 1991). A model that has learned
/// something beats it.
///
/// With c(h) how often a context h came, c(h w) how often w followed, and t(h) how many different
/// tokens did,
///
///     p(w | h) = (c(h w) + t(h) p(w | h')) / (c(h) + t(h))
///
/// where h' is h without its first token; below the empty context all tokens are alike. A context that
/// never came, and one that would begin before the text, leaves p(w | h'). Where pieces stand for a text,
/// nothing comes before each.
public enum NGram {
  /// The longest context that is tried unless another is asked for.
  public static let longestContext = 7

  /// How well the context that does best predicts the held-out tokens, in nats a token.
  public static func baseline(
    training: [Int32], heldOut: [Int32], vocabulary: Int
  ) -> (context: Int, nats: Double) {
    best(of: losses(training: training, heldOut: heldOut, vocabulary: vocabulary))
  }

  /// The least of the losses of contexts 0, 1, 2, ...
  public static func best(of losses: [Double]) -> (context: Int, nats: Double) {
    let best = losses.indices.min { losses[$0] < losses[$1] } ?? 0
    return (best, losses[best])
  }

  /// How well contexts of 0, 1, up to `longest` tokens predict the held-out tokens: the mean of
  /// -log p over all of them, in nats.
  ///
  /// - Parameters:
  ///   - training: what is counted.
  ///   - vocabulary: how many different tokens there may be.
  public static func losses(
    training: [Int32], heldOut: [Int32], vocabulary: Int, longest: Int = longestContext
  ) -> [Double] {
    losses(
      training: [TokenList(training, vocabulary: vocabulary)],
      heldOut: [TokenList(heldOut, vocabulary: vocabulary)], vocabulary: vocabulary,
      longest: longest)
  }

  /// How well contexts of 0, 1, up to `longest` tokens predict the held-out tokens, both in pieces.
  static func losses(
    training: [TokenList], heldOut: [TokenList], vocabulary: Int, longest: Int
  ) -> [Double] {
    let predicted = heldOut.reduce(0) { $0 + $1.count }
    precondition(
      vocabulary > 0 && longest >= 0 && predicted > 0,
      "n-grams of \(vocabulary) tokens, contexts to \(longest), \(predicted) held out")
    var probabilities = [Double](repeating: 1 / Double(vocabulary), count: predicted)
    // Contexts are numbered, as they come in training; the next longer one is the number of a context
    // and the token after it. The only context of no tokens is 0.
    var contexts = [UInt32](repeating: 0, count: training.reduce(0) { $0 + $1.count })
    var heldOutContexts = [UInt32](repeating: 0, count: predicted)
    var numberOfContexts = 1
    var losses: [Double] = []
    for length in 0...longest {
      var grams = GramTable()
      var (total, kinds) = (
        [UInt32](repeating: 0, count: numberOfContexts),
        [UInt32](repeating: 0, count: numberOfContexts)
      )
      var first = 0
      for piece in training {
        var previous = GramTable.none
        for place in piece.indices {
          let context = contexts[first + place]
          contexts[first + place] = previous
          previous = GramTable.none
          guard place >= length else { continue }
          let (gram, isNew) = grams.count(context, piece[place])
          total[Int(context)] += 1
          if isNew { kinds[Int(context)] += 1 }
          previous = gram
        }
        first += piece.count
      }
      first = 0
      for piece in heldOut {
        var previous = GramTable.none
        for place in piece.indices {
          let context = heldOutContexts[first + place]
          heldOutContexts[first + place] = previous
          previous = GramTable.none
          guard place >= length, context != GramTable.none else { continue }
          let gram = grams.number(context, piece[place])
          let count = gram == GramTable.none ? 0 : Double(grams.counts[Int(gram)])
          let weight = Double(kinds[Int(context)])
          let seen = Double(total[Int(context)])
          if seen > 0 {
            let index = first + place
            probabilities[index] = (count + weight * probabilities[index]) / (seen + weight)
          }
          previous = gram
        }
        first += piece.count
      }
      numberOfContexts = grams.counts.count
      losses.append(-probabilities.reduce(0) { $0 + log($1) } / Double(predicted))
    }
    return losses
  }
}

/// How often each token followed each context: a hash table with open addressing, whose entries are
/// numbered as they come.
private struct GramTable {
  /// The number of what is not there.
  static let none = UInt32.max

  /// How often each entry came.
  private(set) var counts: [UInt32] = []
  private var keys = [UInt64](repeating: 0, count: 1 << 10)
  private var numbers = [UInt32](repeating: none, count: 1 << 10)

  /// Counts a token after a context: the entry's number, and whether it is the first time.
  mutating func count(_ context: UInt32, _ token: Int32) -> (number: UInt32, isNew: Bool) {
    let key = Self.key(context, token)
    let slot = slot(of: key)
    if numbers[slot] != Self.none {
      counts[Int(numbers[slot])] += 1
      return (numbers[slot], false)
    }
    let number = UInt32(counts.count)
    (keys[slot], numbers[slot]) = (key, number)
    counts.append(1)
    if counts.count * 2 > keys.count { grow() }
    return (number, true)
  }

  /// The number of a token after a context, if it was counted.
  func number(_ context: UInt32, _ token: Int32) -> UInt32 {
    numbers[slot(of: Self.key(context, token))]
  }

  private static func key(_ context: UInt32, _ token: Int32) -> UInt64 {
    UInt64(context) << 32 | UInt64(UInt32(bitPattern: token))
  }

  /// Where a key is, or would go.
  private func slot(of key: UInt64) -> Int {
    let mask = UInt64(keys.count - 1)
    var slot = Int((key &* 0x9E37_79B9_7F4A_7C15) >> 24 & mask)
    while numbers[slot] != Self.none && keys[slot] != key { slot = (slot + 1) & Int(mask) }
    return slot
  }

  private mutating func grow() {
    let old = (keys: keys, numbers: numbers)
    keys = [UInt64](repeating: 0, count: 2 * old.keys.count)
    numbers = [UInt32](repeating: Self.none, count: 2 * old.keys.count)
    for (key, number) in zip(old.keys, old.numbers) where number != Self.none {
      let slot = slot(of: key)
      (keys[slot], numbers[slot]) = (key, number)
    }
  }
}
