import Compute
import Layers

/// A transformer's matrices in low precision.
struct LowPrecisionTransformer {
  /// Those of each block.
  let blocks: [Block]
  /// From channels to logits, [width, vocabulary].
  let logits: LowPrecisionMatrix

  /// Those of a block.
  struct Block {
    let (qkv, projection): (LowPrecisionMatrix, LowPrecisionMatrix)
    let (hidden, output): (LowPrecisionMatrix, LowPrecisionMatrix)
  }

  var matrices: [LowPrecisionMatrix] {
    blocks.flatMap { [$0.qkv, $0.projection, $0.hidden, $0.output] } + [logits]
  }
}

extension Transformer {
  /// See `LanguageModel`. Embeddings are rounded where they are the last matrix, too.
  public func rounded(to precision: WeightPrecision) -> Transformer {
    guard precision != .float32 else { return self }
    var rounded = self
    rounded.lowPrecision = LowPrecisionTransformer(
      blocks: h.map {
        LowPrecisionTransformer.Block(
          qkv: $0.attn.cAttn.weight.round(to: precision),
          projection: $0.attn.cProj.weight.round(to: precision),
          hidden: $0.mlp.cFc.weight.round(to: precision),
          output: $0.mlp.cProj.weight.round(to: precision))
      },
      logits: lmHead?.weight.round(to: precision)
        ?? wte.weight.round(to: precision, transposed: true))
    return rounded
  }

  /// See `LanguageModel`.
  public var weightBytes: Int {
    (lowPrecision?.matrices ?? []).reduce(4 * parameterCount) {
      $0 - 4 * $1.depth * $1.columns + $1.bytes
    }
  }
}
