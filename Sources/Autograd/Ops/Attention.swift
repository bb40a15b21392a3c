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
///   - dropout: which weights become 0 in training; the others are divided by 1 - rate. It depends on the
///     stream, the step, the place in the batch, the head, the query and the key alone.
/// - Returns: [B, T, heads D].
public func attention(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, isCausal: Bool = false,
  dropout: (rate: Float, stream: RandomStream, step: Int)? = nil
) -> Tensor {
  precondition(
    q.shape.count == 3 && k.shape.count == 3 && k.shape == v.shape && q.shape[0] == k.shape[0]
      && q.shape[2] == k.shape[2] && heads > 0 && q.shape[2] % heads == 0,
    "attention of \(q.shape) to \(k.shape) and \(v.shape) with \(heads) heads")
  let channels = q.shape[2]
  let attention = Attention(
    batch: q.shape[0], queries: q.shape[1], keys: k.shape[1], heads: heads,
    headSize: channels / heads, isCausal: isCausal)
  let dropout = dropout.map { Attention.Dropout(rate: $0.rate, stream: $0.stream, step: $0.step) }
  func input(_ values: Values) -> Attention.Input {
    Attention.Input(values.pointer, stride: channels)
  }
  let (y, logSumExp) = attention.output(input(q.values), input(k.values), input(v.values), dropout)
  return record(.attention, y, from: q, k, v) {
    [q = q.saved, k = k.saved, v = v.saved] dy, gradients in
    let (dq, dk, dv) = (
      Values(q.gradientTarget.shape), Values(k.gradientTarget.shape), Values(v.gradientTarget.shape)
    )
    func output(_ values: Values) -> Attention.Output {
      Attention.Output(values.storage.base, stride: channels)
    }
    attention.gradients(
      q: input(q.values), k: input(k.values), v: input(v.values), y: input(y), dy: input(dy),
      logSumExp: logSumExp.pointer, dq: output(dq), dk: output(dk), dv: output(dv),
      dropout: dropout)
    gradients.pass(dq, to: q.gradientTarget)
    gradients.pass(dk, to: k.gradientTarget)
    gradients.pass(dv, to: v.gradientTarget)
  }
}

/// Scaled dot-product attention of a sequence to itself, read where one linear layer has written
/// queries, keys and values side by side; so are their gradients.
///
/// - Parameters:
///   - qkv: [B, T, 3 heads D]: a position's queries, then its keys, then its values.
///   - isCausal: whether a position sees only those up to its own.
///   - dropout: which weights become 0 in training, as above.
/// - Returns: [B, T, heads D].
public func attention(
  qkv: Tensor, heads: Int, isCausal: Bool = false,
  dropout: (rate: Float, stream: RandomStream, step: Int)? = nil
) -> Tensor {
  precondition(
    qkv.shape.count == 3 && heads > 0 && qkv.shape[2] % (3 * heads) == 0,
    "attention within \(qkv.shape) with \(heads) heads")
  let (length, stride) = (qkv.shape[1], qkv.shape[2])
  let channels = stride / 3
  let attention = Attention(
    batch: qkv.shape[0], queries: length, keys: length, heads: heads,
    headSize: channels / heads, isCausal: isCausal)
  let dropout = dropout.map { Attention.Dropout(rate: $0.rate, stream: $0.stream, step: $0.step) }
  func input(_ part: Int, of qkv: Values) -> Attention.Input {
    Attention.Input(qkv.pointer + part * channels, stride: stride)
  }
  let (y, logSumExp) = attention.output(
    input(0, of: qkv.values), input(1, of: qkv.values), input(2, of: qkv.values), dropout)
  return record(.attention, y, from: qkv) { [qkv = qkv.saved] dy, gradients in
    let rows = qkv.values
    let dqkv = Values(rows.shape) { gradient in
      func output(_ part: Int) -> Attention.Output {
        Attention.Output(gradient + part * channels, stride: stride)
      }
      attention.gradients(
        q: input(0, of: rows), k: input(1, of: rows), v: input(2, of: rows),
        y: .init(y.pointer, stride: channels), dy: .init(dy.pointer, stride: channels),
        logSumExp: logSumExp.pointer, dq: output(0),
        dk: output(1), dv: output(2), dropout: dropout)
    }
    gradients.pass(dqkv, to: qkv.gradientTarget)
  }
}

extension Attention {
  /// The output [B, T, heads D], and what the backward pass needs.
  fileprivate func output(
    _ q: Input, _ k: Input, _ v: Input, _ dropout: Dropout?
  ) -> (y: Values, logSumExp: Values) {
    let channels = heads * headSize
    let logSumExp = Values([statisticsCount])
    let y = Values([batch, queries, channels]) {
      forward(
        q: q, k: k, v: v, into: Output($0, stride: channels), logSumExp: logSumExp.storage.base,
        dropout: dropout)
    }
    return (y, logSumExp)
  }
}
