import Autograd
import Compute

/// How a token is sampled from a model's logits.
///
/// In llama.cpp's order: the repetition penalty, top-k, top-p, min-p, and last the temperature, which
/// so does not change what the others leave. What is sampled depends on the logits, the tokens before,
/// the seed, the text's number and the token's alone, on every machine.
public struct TokenSampling: Equatable, Sendable {
  /// By what logits are divided at the end: below 1 the likely becomes likelier. At 0 the token of the
  /// largest logit is taken, of equal ones the lowest.
  public var temperature = 0.8
  /// Only so many of the likeliest tokens are left; nil leaves all.
  public var topK: Int?
  /// Only the fewest of the likeliest tokens are left whose probabilities reach this sum, the one that
  /// crosses it included (Holtzman et al., "The Curious Case of Neural Text Degeneration", 2019).
  public var topP = 1.0
  /// Only tokens are left that are at least so likely as this part of the likeliest (Nguyen et al.,
  /// "Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs", 2024).
  public var minP = 0.0
  /// By what positive logits of the latest tokens are divided, and negative ones multiplied (Keskar et
  /// al., "CTRL: A Conditional Transformer Language Model for Controllable Generation", 2019).
  public var repeatPenalty = 1.0

  /// To how many of the latest tokens the penalty goes.
  public static let repeatWindow = 64

  /// Temperature 0.8, and all tokens left.
  public init() {}

  /// Makes sure that all settings are in their ranges.
  /// - Throws: `SamplingError` with the name of the setting, as a flag has it.
  public func check() throws(SamplingError) {
    func check(
      _ name: String, _ value: String, _ isAllowed: Bool, _ allowed: String
    ) throws(SamplingError) {
      guard isAllowed else { throw SamplingError("\(name) is \(value), but must be \(allowed)") }
    }
    try check("temperature", "\(temperature)", (0...100).contains(temperature), "0 to 100")
    if let topK { try check("top-k", "\(topK)", topK >= 1, "at least 1") }
    try check("top-p", "\(topP)", topP > 0 && topP <= 1, "above 0 and at most 1")
    try check("min-p", "\(minP)", (0...1).contains(minP), "0 to 1")
    try check(
      "repeat-penalty", "\(repeatPenalty)", (0.01...100).contains(repeatPenalty), "0.01 to 100")
  }

  /// Draws a token.
  ///
  /// - Parameters:
  ///   - logits: one for each token.
  ///   - previous: the tokens before, of which the latest are penalized.
  ///   - text: the text's number among those of the seed.
  ///   - number: the token's number in the text.
  /// - Throws: `SamplingError` if no logit is a number, as when a training has diverged.
  public func token(
    from logits: UnsafeBufferPointer<Float>, after previous: [Int32], seed: UInt64, text: Int,
    number: Int
  ) throws(SamplingError) -> Int32 {
    defer { Profile.lap("tokenSampling") }
    var logits = logits.map { $0.isNaN ? -.infinity : $0 }
    if repeatPenalty != 1 { penalize(Set(previous.suffix(Self.repeatWindow)), in: &logits) }
    guard let largest = logits.max(), largest.isFinite else {
      throw SamplingError("the model's logits are not numbers: its training diverged")
    }
    // A processor that flushes to zero takes what is below the least normal number for 0.
    if temperature < Double.leastNormalMagnitude {
      return Int32(logits.firstIndex(of: largest) ?? 0)
    }
    let candidates = candidates(among: logits, largest)
    // In double precision: as a Float a small temperature is 0, and 0 / 0 no weight at all.
    let weights = Self.exponentials(
      of: candidates.map { Float(Double(logits[Int($0)] - largest) / temperature) })
    let total = weights.reduce(0) { $0 + Double($1) }
    var sequence = RandomStream(seed: seed, purpose: .sampling).sequence(sample: text, step: number)
    let drawn = Double(sequence.next() >> 11) * 0x1p-53 * total
    var sum = 0.0
    for (token, weight) in zip(candidates, weights) {
      sum += Double(weight)
      if sum > drawn { return token }
    }
    return candidates[weights.lastIndex { $0 > 0 } ?? 0]
  }

  private func penalize(_ tokens: Set<Int32>, in logits: inout [Float]) {
    let penalty = Float(repeatPenalty)
    for token in tokens.map({ Int($0) }) where logits.indices.contains(token) {
      logits[token] = logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty
    }
  }

  /// The tokens that top-k, top-p and min-p leave: the likeliest first, or where nothing is cut off in
  /// their own order.
  private func candidates(among logits: [Float], _ largest: Float) -> [Int32] {
    guard topK.map({ $0 < logits.count }) ?? false || topP < 1 || minP > 0 else {
      return logits.indices.map { Int32($0) }
    }
    var ranked = Self.ranked(logits)
    if let topK, topK < ranked.count { ranked.removeLast(ranked.count - topK) }
    guard topP < 1 || minP > 0 else { return ranked }
    // Relative to the likeliest token, whose weight is 1.
    let weights = Self.exponentials(of: ranked.map { logits[Int($0)] - largest })
    var kept = ranked.count
    if topP < 1 {
      let wanted = topP * weights.reduce(0) { $0 + Double($1) }
      var sum = 0.0
      let crossing = weights.firstIndex { weight in
        sum += Double(weight)
        return sum >= wanted
      }
      kept = crossing.map { $0 + 1 } ?? kept
    }
    if minP > 0 { kept = min(kept, weights.firstIndex { Double($0) < minP } ?? kept) }
    return Array(ranked[..<kept])
  }

  /// All tokens, the likeliest first and equally likely ones in their order.
  private static func ranked(_ logits: [Float]) -> [Int32] {
    // A float's bits as a number that falls as the float rises, and the token below.
    let keys = logits.enumerated().map { token, logit in
      let bits = (logit + 0).bitPattern
      let falling = bits >> 31 == 0 ? ~bits & 0x7FFF_FFFF : bits
      return UInt64(falling) << 32 | UInt64(token)
    }
    return keys.sorted().map { Int32(truncatingIfNeeded: $0 & 0xFFFF_FFFF) }
  }

  private static func exponentials(of x: [Float]) -> [Float] {
    [Float](unsafeUninitializedCapacity: x.count) { buffer, count in
      if let base = buffer.baseAddress { Elementwise.map(.exp, x, into: base, count: x.count) }
      count = x.count
    }
  }
}
