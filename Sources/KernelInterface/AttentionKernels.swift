/// What attention does to a block of scores between its matrix products.
///
/// Scores lie in scratch memory whose rows hold whole vectors, so that all lanes may be read and
/// written.
public protocol AttentionKernels {
  /// Turns scores into weights, in place: e^(scale (score - m)) over the keys that the row sees, with m
  /// the largest of their scores, and zeros behind. Writes each row's log(sum(e^(scale score))), and the
  /// factor that would make the sum of its weights 1.
  static func attentionWeights(
    _ scores: AttentionScores, logSumExp: UnsafeMutablePointer<Float>,
    factors: UnsafeMutablePointer<Float>)

  /// Turns scores into weights and gradients of weights into gradients of scores, in place, all of them
  /// transposed: p = e^(scale score - log(sum)) and scale p (dp - sum(p dp)). With dropout, dp is
  /// multiplied by its factors first, and so is p in the end.
  static func attentionGradient(_ block: AttentionGradientBlock)

  /// Multiplies weights by what dropout makes of them: 0 or `scale`.
  static func dropWeights(_ scores: AttentionScores, _ dropout: AttentionDropout)

  /// What `dropWeights` multiplies by, transposed: `keys` rows of `queries` factors, both multiples of
  /// 16, from the dropout's first key and query on. `scratch` has room for 256 floats.
  static func dropoutFactors(
    _ dropout: AttentionDropout, keys: Int, queries: Int, stride: Int,
    into factors: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>)

  /// The dot products of the rows of a and b; a stride of 0 repeats a row.
  static func rowProducts(
    _ a: UnsafePointer<Float>, stride aStride: Int, _ b: UnsafePointer<Float>, stride bStride: Int,
    rows: Int, columns: Int, into products: UnsafeMutablePointer<Float>)

  /// Multiplies each row of y by its factor.
  static func scaleRows(
    _ y: UnsafeMutablePointer<Float>, stride: Int, rows: Int, columns: Int,
    by factors: UnsafePointer<Float>)

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
  /// How many scores of a row count, those that become zeros included.
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

/// The scores of some neighboring keys for a range of queries, and the gradients of their weights.
public struct AttentionGradientBlock {
  /// The first key's scores; those of the range are used.
  public let scores: UnsafeMutablePointer<Float>
  /// The same for the gradients.
  public let gradients: UnsafeMutablePointer<Float>
  /// What dropout multiplies weights by, in the same way; nil for none.
  public let factors: UnsafePointer<Float>?
  /// From one key to the next, in all three.
  public let stride: Int
  /// How many keys.
  public let keys: Int
  /// The queries: multiples of 16.
  public let queries: Range<Int>
  /// The first query that sees the first key.
  public let firstSeen: Int
  /// How many queries later each further key is seen first: 1 or 0.
  public let growth: Int
  /// What scores are multiplied by.
  public let scale: Float
  /// The logarithm of each query's sum, infinity for those that do not exist.
  public let logSumExp: UnsafePointer<Float>
  /// Each query's sum of p dp.
  public let sums: UnsafePointer<Float>

  /// A block in memory; see the properties.
  public init(
    scores: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>,
    factors: UnsafePointer<Float>?, stride: Int, keys: Int, queries: Range<Int>, firstSeen: Int,
    growth: Int, scale: Float, logSumExp: UnsafePointer<Float>, sums: UnsafePointer<Float>
  ) {
    (self.scores, self.gradients, self.factors) = (scores, gradients, factors)
    (self.stride, self.keys, self.queries) = (stride, keys, queries)
    (self.firstSeen, self.growth, self.scale) = (firstSeen, growth, scale)
    (self.logSumExp, self.sums) = (logSumExp, sums)
  }
}

/// Which weights of a head dropout keeps, from a query and a key on: multiples of 4 and 16.
///
/// Word w of block l belongs to query 4 a + w and key 16 b + l; a sample's blocks are numbered by head,
/// a, b and l, of 8, 11, 9 and 4 bits.
public struct AttentionDropout {
  /// The sequence's place on the map of random numbers.
  public let place: RandomPlace
  /// The head.
  public let head: Int
  /// The first query.
  public let query: Int
  /// The first key.
  public let key: Int
  /// Weights whose word is below are dropped.
  public let threshold: UInt32
  /// What the others are multiplied by.
  public let scale: Float

  /// The most queries, and the most keys, that have numbers.
  public static let longest = 1 << 13
  /// The most heads.
  public static let mostHeads = 1 << 8

  /// Dropout of a part of a head's weights; see the properties.
  public init(
    place: RandomPlace, head: Int, query: Int, key: Int, threshold: UInt32, scale: Float
  ) {
    (self.place, self.head, self.query, self.key) = (place, head, query, key)
    (self.threshold, self.scale) = (threshold, scale)
  }
}

/// Rotations of queries and keys by their place, and the norms before them; all other inputs of
/// attention pass.
public protocol RotaryKernels {
  /// y = one position's queries and keys, each head normalized and rotated, and its values as they are.
  static func rotate(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ position: RotaryPosition)

  /// dx = or += the gradient of `rotate`. `x` is read only if there is a norm.
  static func rotateGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>,
    accumulate: Bool, _ position: RotaryPosition)
}

/// One position's queries, keys and values: [3, heads, D].
public struct RotaryPosition {
  /// How many heads there are.
  public let heads: Int
  /// Channels of a head: D, an even number.
  public let headSize: Int
  /// The cosines of the D / 2 angles, then their sines. Elements i and i + D / 2 of a head are turned
  /// together by angle i.
  public let turns: UnsafePointer<Float>
  /// What is added to the mean square that a head is divided by; nil for no norm.
  public let epsilon: Float?

  /// A position of that geometry; see the properties.
  public init(heads: Int, headSize: Int, turns: UnsafePointer<Float>, epsilon: Float?) {
    (self.heads, self.headSize, self.turns, self.epsilon) = (heads, headSize, turns, epsilon)
  }
}

/// Softmax along rows, and the cross-entropy that usually follows it. Outputs may be inputs.
public protocol SoftmaxKernels {
  /// y = e^(x - m) / sum(e^(x - m)) with m the largest of the row.
  static func softmax(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, into y: UnsafeMutablePointer<Float>)

  /// dx = or += y (dy - sum(y dy)).
  static func softmaxGradient(
    _ y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int, columns: Int,
    into dx: UnsafeMutablePointer<Float>, accumulate: Bool)

  /// y = x - log(sum(e^x)).
  static func logSoftmax(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, into y: UnsafeMutablePointer<Float>)

  /// dx = or += dy - e^y sum(dy).
  static func logSoftmaxGradient(
    _ y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int, columns: Int,
    into dx: UnsafeMutablePointer<Float>, accumulate: Bool)

  /// Each row's log(sum(e^x)) - x[target], and log(sum(e^x)) for the backward pass.
  static func crossEntropy(
    _ x: UnsafePointer<Float>, targets: UnsafePointer<Int32>, rows: Int, columns: Int,
    into losses: UnsafeMutablePointer<Float>, logSumExp: UnsafeMutablePointer<Float>)

  /// dx = or += scale (softmax(x) - 1 at the target).
  static func crossEntropyGradient(
    _ x: UnsafePointer<Float>, targets: UnsafePointer<Int32>, rows: Int, columns: Int,
    logSumExp: UnsafePointer<Float>, scale: Float, into dx: UnsafeMutablePointer<Float>,
    accumulate: Bool)
}
