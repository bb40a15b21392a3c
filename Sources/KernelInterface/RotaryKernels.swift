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
