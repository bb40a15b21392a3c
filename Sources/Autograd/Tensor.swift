import Compute

/// Values and their place on a tape.
///
/// Only `record`, `Tensor(constant:)`, a `ParameterSlab` and `Tape.watch` make one, so that a result
/// whose gradient was forgotten cannot be written by accident.
public struct Tensor {
  /// The row-major array of 32-bit floats.
  public let values: Values
  /// Where the tape that recorded this tensor keeps it; nil for a constant.
  let node: Tape.Node?
  /// The slab whose memory the values lie in, and its version at the time; nil for values of their
  /// own.
  let stamp: ParameterSlab.Stamp?
  /// How pullbacks get the values that they do not keep; nil where they keep them.
  let recomputed: Recomputed?

  init(
    _ values: Values, at node: Tape.Node?, stamp: ParameterSlab.Stamp? = nil,
    recomputed: Recomputed? = nil
  ) {
    self.values = values
    self.node = node
    self.stamp = stamp
    self.recomputed = recomputed
  }

  /// Values that no gradient flows to.
  public init(constant values: Values) { self.init(values, at: nil) }

  /// A constant of the elements in row-major order.
  public init(_ shape: [Int], _ elements: [Float]) {
    self.init(constant: Values(shape, elements))
  }

  /// The length of each dimension; empty for a scalar.
  public var shape: [Int] { values.shape }

  /// How many elements there are.
  public var count: Int { values.count }

  /// The same values as a constant: no gradient flows through it.
  public var detached: Tensor { Tensor(values, at: nil, stamp: stamp) }

  /// The only element of a tensor of one, such as a loss.
  public var item: Float {
    precondition(count == 1, "item of a tensor of shape \(shape)")
    return values.pointer[0]
  }
}
