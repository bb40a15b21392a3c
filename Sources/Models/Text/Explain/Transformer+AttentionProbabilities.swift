import Autograd
import Compute

extension Transformer {
  /// How much each token of a text takes from each before it and from itself, in every head: a matrix
  /// [T, T] by layer and head, whose rows sum to 1 and whose upper triangle is 0.
  ///
  /// The attention that the model computes with never has this matrix in memory; here it is computed
  /// apart from that, as softmax(q k^T / sqrt(d)).
  ///
  /// - Parameter tokens: at least one, and at most `context`.
  public func attentionProbabilities(of tokens: [Int32]) -> [[Values]] {
    let heads = configuration.heads
    var layers: [[Values]] = []
    _ = hidden(tokens, batch: 1) { _, qkv in
      let placed = placed(qkv)
      layers.append((0..<heads).map { probabilities(placed.values, head: $0) })
      return attention(qkv: placed, heads: heads, isCausal: true)
    }
    return layers
  }

  /// The matrix of one head, of queries, keys and values [1, T, 3 width].
  private func probabilities(_ qkv: Values, head: Int) -> Values {
    let (width, size, length) = (configuration.width, configuration.headSize, qkv.shape[1])
    let scale = 1 / Float(size).squareRoot()
    let result = Values.zeros([length, length])
    for row in 0..<length {
      let query = qkv.pointer + row * 3 * width + head * size
      let scores = (0...row).map { column in
        let key = qkv.pointer + column * 3 * width + width + head * size
        return scale * (0..<size).reduce(0) { $0 + query[$1] * key[$1] }
      }
      let weights = softmax(Tensor(constant: Values([1, row + 1], scores))).values
      (result.storage.base + row * length).update(from: weights.pointer, count: row + 1)
    }
    return result
  }
}
