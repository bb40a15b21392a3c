import Compute

/// The distribution of a parameter's initial values.
///
/// The fan in of a weight is the product of all its dimensions but the last, the fan out that of all
/// but the last but one: [In, Out] of a linear layer, [Kh, Kw, In, Out] of a convolution.
public indirect enum Initializer: Equatable, Sendable {
  /// The same value everywhere.
  case constant(Float)
  /// A normal distribution.
  case normal(mean: Float = 0, standardDeviation: Float)
  /// From `-bound` to `bound`, evenly.
  case uniform(bound: Float)
  /// He et al., "Delving Deep into Rectifiers" (2015), for a leaky rectifier of that negative slope:
  /// uniform with the bound sqrt(6 / ((1 + slope^2) fan in)).
  case kaimingUniform(negativeSlope: Float)
  /// Glorot and Bengio, "Understanding the Difficulty of Training Deep Feedforward Neural Networks"
  /// (2010): uniform with the bound gain sqrt(6 / (fan in + fan out)).
  case xavierUniform(gain: Float = 1)
  /// The same as a normal distribution, of deviation gain sqrt(2 / (fan in + fan out)).
  case xavierNormal(gain: Float = 1)
  /// Another distribution, and a number added to the elements of a range.
  case raised(Initializer, by: Float, in: Range<Int>)

  /// What PyTorch gives the weights of linear layers and convolutions: the bound is 1 / sqrt(fan in).
  public static let standard = Initializer.kaimingUniform(negativeSlope: Float(5).squareRoot())

  /// What PyTorch gives the bias that goes with a weight of that shape.
  public static func standardBias(ofWeight shape: [Int]) -> Initializer {
    .uniform(bound: 1 / Float(max(fanIn(shape), 1)).squareRoot())
  }

  static func fanIn(_ shape: [Int]) -> Int { shape.dropLast().reduce(1, *) }

  static func fanOut(_ shape: [Int]) -> Int {
    shape.dropLast(2).reduce(1, *) * (shape.last ?? 1)
  }

  /// Draws an array of that shape from the numbers of `stream`.
  func fill(_ values: UnsafeMutablePointer<Float>, shape: [Int], from stream: RandomStream) {
    guard !MemoryPlan.isRehearsal else { return }
    let count = shape.reduce(1, *)
    let fan = Float(Self.fanIn(shape) + Self.fanOut(shape))
    func uniform(_ bound: Float) {
      stream.fillUniforms(values, shape: [1, count], from: -bound, to: bound)
    }
    func normal(_ mean: Float, _ deviation: Float) {
      stream.fillNormals(values, shape: [1, count], mean: mean, standardDeviation: deviation)
    }
    switch self {
    case .constant(let value): Elementwise.fill(values, count: count, with: value)
    case .normal(let mean, let deviation): normal(mean, deviation)
    case .uniform(let bound): uniform(bound)
    case .kaimingUniform(let slope):
      uniform((6 / ((1 + slope * slope) * Float(Self.fanIn(shape)))).squareRoot())
    case .xavierUniform(let gain): uniform(gain * (6 / fan).squareRoot())
    case .xavierNormal(let gain): normal(0, gain * (2 / fan).squareRoot())
    case .raised(let other, let rise, let range):
      other.fill(values, shape: shape, from: stream)
      for index in range { values[index] += rise }
    }
  }
}
