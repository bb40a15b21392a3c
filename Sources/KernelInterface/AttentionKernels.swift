/// What attention does to a block of scores between its matrix products.
public protocol AttentionKernels {
  /// Turns scores into weights, in place: each row's softmax of the scaled scores over the keys that
  /// the row sees, and zeros behind. Writes each row's log(sum(e^(scale score))), too.
  static func attentionWeights(_ scores: AttentionScores, logSumExp: UnsafeMutablePointer<Float>)

  /// Turns scores into weights p, and the gradients dp of weights, which lie in memory like the scores,
  /// into those of scores, in place: scale p (dp - sum(p dp)), where `sums` has each row's sum.
  static func attentionGradient(
    _ scores: AttentionScores, _ gradients: UnsafeMutablePointer<Float>,
    logSumExp: UnsafePointer<Float>, sums: UnsafePointer<Float>)

  /// The dot products of the rows of a and b; a stride of 0 repeats a row.
  static func rowProducts(
    _ a: UnsafePointer<Float>, stride aStride: Int, _ b: UnsafePointer<Float>, stride bStride: Int,
    rows: Int, columns: Int, into products: UnsafeMutablePointer<Float>)

  /// y [columns] = the sum of rows, each times its weight, in their order.
  static func weightedSum(
    of x: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int,
    weights: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>)
}

/// The scores of some neighboring queries.
public struct AttentionScores {
  /// The first row.
  public let base: UnsafeMutablePointer<Float>
  /// From one row to the next.
  public let stride: Int
  /// How many queries.
  public let rows: Int
  /// How many scores of a row have been computed.
  public let columns: Int
  /// How many keys the first query sees.
  public let keys: Int
  /// How many more keys each further query sees: 1 where a query sees none that come after it, 0 where
  /// all are seen.
  public let growth: Int
  /// What scores are multiplied by.
  public let scale: Float

  /// Scores in memory; see the properties.
  public init(
    base: UnsafeMutablePointer<Float>, stride: Int, rows: Int, columns: Int, keys: Int, growth: Int,
    scale: Float
  ) {
    (self.base, self.stride, self.rows, self.columns) = (base, stride, rows, columns)
    (self.keys, self.growth, self.scale) = (keys, growth, scale)
  }
}
