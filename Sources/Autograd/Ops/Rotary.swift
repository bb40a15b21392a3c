import Compute

/// Queries and keys turned by their place, and normalized before if wanted, where one linear layer has
/// written queries, keys and values side by side; values pass.
///
/// Elements i and i + D / 2 of a head are turned together by position / base^(2i / D), as in GPT-NeoX
/// and Llama. Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding" (2021); for
/// the norm, Henry et al., "Query-Key Normalization for Transformers" (2020).
///
/// - Parameters:
///   - qkv: [B, T, 3 heads D]: a position's queries, then its keys, then its values; D is even.
///   - firstPosition: where the sequences begin in their texts.
///   - base: nil for no rotation.
///   - normEpsilon: what is added to the mean square that each head of queries and keys is normalized
///     with, without a learned gain; nil for no norm.
/// - Returns: [B, T, 3 heads D], which `attention(qkv:)` takes.
public func rotary(
  qkv: Tensor, heads: Int, firstPosition: Int = 0, base: Float? = 10000, normEpsilon: Float? = nil
) -> Tensor {
  precondition(
    qkv.shape.count == 3 && heads > 0 && qkv.shape[2] % (6 * heads) == 0,
    "rotary positions within \(qkv.shape) with \(heads) heads")
  let positions = RotaryPositions(
    batch: qkv.shape[0], length: qkv.shape[1], heads: heads,
    headSize: qkv.shape[2] / (3 * heads), firstPosition: firstPosition, base: base,
    normEpsilon: normEpsilon)
  func output(_ qkv: Values) -> Values {
    Values(qkv.shape) { positions.forward(qkv.pointer, into: $0) }
  }
  let y = output(qkv.values)
  guard normEpsilon != nil else {
    // A turn alone is undone without its input.
    return record(.rotary, y, from: qkv) { [qkv = qkv.gradientTarget] dy, gradients in
      gradients.write(to: qkv) { positions.gradient(nil, dy.pointer, into: $0, accumulate: $1) }
    }
  }
  let recompute = { [qkv = qkv.saved] in output(qkv.values) }
  return record(.rotary, y, from: qkv, recompute: recompute) { [qkv = qkv.saved] dy, gradients in
    gradients.write(to: qkv.gradientTarget) {
      positions.gradient(qkv.values.pointer, dy.pointer, into: $0, accumulate: $1)
    }
  }
}
