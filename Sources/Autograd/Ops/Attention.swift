import Compute

/// Scaled dot-product attention: softmax(q k^T / sqrt(D)) v for each of the heads, whose channels lie
/// side by side.
///
/// Vaswani et al., "Attention Is All You Need" (2017).
///
/// - Parameters:
///   - q: queries [B, T, heads D].
///   - k: keys [B, S, heads D].
///   - v: values [B, S, heads D].
///   - isCausal: whether a query sees only the keys up to its own place, the last query all of them.
/// - Returns: [B, T, heads D].
public func attention(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, isCausal: Bool = false
) -> Tensor {
  precondition(
    q.shape.count == 3 && k.shape.count == 3 && k.shape == v.shape && q.shape[0] == k.shape[0]
      && q.shape[2] == k.shape[2] && heads > 0 && q.shape[2] % heads == 0,
    "attention of \(q.shape) to \(k.shape) and \(v.shape) with \(heads) heads")
  let channels = q.shape[2]
  let attention = Attention(
    batch: q.shape[0], queries: q.shape[1], keys: k.shape[1], heads: heads,
    headSize: channels / heads, isCausal: isCausal)
  func input(_ values: Values) -> Attention.Input {
    Attention.Input(values.pointer, stride: channels)
  }
  let logSumExp = Values([attention.statisticsCount])
  let y = Values(q.shape) {
    attention.forward(
      q: input(q.values), k: input(k.values), v: input(v.values),
      into: Attention.Output($0, stride: channels), logSumExp: logSumExp.storage.base)
  }
  return record(.attention, y, from: q, k, v) { dy, gradients in
    let (dq, dk, dv) = (Values(q.shape), Values(k.shape), Values(v.shape))
    func output(_ values: Values) -> Attention.Output {
      Attention.Output(values.storage.base, stride: channels)
    }
    attention.gradients(
      q: input(q.values), k: input(k.values), v: input(v.values), y: input(y), dy: input(dy),
      logSumExp: logSumExp.pointer, dq: output(dq), dk: output(dk), dv: output(dv))
    gradients.pass(dq, to: q)
    gradients.pass(dk, to: k)
    gradients.pass(dv, to: v)
  }
}
