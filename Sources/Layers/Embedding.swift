import Autograd
import Compute

/// A learned vector for each token.
public struct Embedding: Module {
  /// [count, channels].
  public let weight: Parameter

  /// A table of `count` vectors.
  public init(
    _ count: Int, _ channels: Int, initializer: Initializer = .normal(standardDeviation: 1)
  ) {
    weight = Parameter([count, channels], initializer)
  }

  /// The vectors of the tokens, [tokens, channels].
  public func callAsFunction(_ tokens: [Int32]) -> Tensor { embedding(tokens, weight.tensor) }
}
