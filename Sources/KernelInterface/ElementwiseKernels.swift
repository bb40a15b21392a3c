/// What `ElementwiseKernels.combine` makes of two numbers.
public enum Combination: Sendable, CaseIterable {
  /// x + y.
  case add
  /// x - y.
  case subtract
  /// x y.
  case multiply
  /// x / y.
  case divide
}

/// What `ElementwiseKernels.transform` makes of a number.
public enum Transformation: Sendable {
  /// scale x + offset, rounded once.
  case affine(scale: Float, offset: Float)
  /// x^2.
  case square
  /// x, but no less than `low` and no more than `high`; NaN stays.
  case clamp(low: Float, high: Float)
}

/// Arithmetic on arrays, element by element.
///
/// With `accumulate`, results are added to what the output holds. An output may be one of the inputs,
/// but must not overlap it otherwise.
public protocol ElementwiseKernels {
  /// z = or += x (operation) y.
  static func combine(
    _ operation: Combination, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
    _ z: UnsafeMutablePointer<Float>, _ count: Int, _ accumulate: Bool)

  /// z = or += a x + b y.
  static func scaledSum(
    _ a: Float, _ x: UnsafePointer<Float>, _ b: Float, _ y: UnsafePointer<Float>,
    _ z: UnsafeMutablePointer<Float>, _ count: Int, _ accumulate: Bool)

  /// y = or += operation(x).
  static func transform(
    _ operation: Transformation, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ count: Int, _ accumulate: Bool)

  /// dx = or += dy where low <= x <= high, 0 elsewhere.
  static func clampGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>,
    _ count: Int, _ low: Float, _ high: Float, _ accumulate: Bool)

  /// y = value.
  static func fill(_ y: UnsafeMutablePointer<Float>, _ count: Int, _ value: Float)

  /// y [rows, columns] = x [rows, columns] + row [columns].
  static func addRow(
    _ x: UnsafePointer<Float>, _ row: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ rows: Int, _ columns: Int)
}

/// A function that is applied to each element of a layer's output.
public enum Activation: Equatable, Sendable {
  /// x.
  case identity
  /// max(x, 0).
  case relu
  /// max(x, 0)^2. So et al., "Primer: Searching for Efficient Transformers" (2021).
  case reluSquared
  /// x where it is positive, elsewhere `slope` times x; the slope is not negative.
  case leakyRelu(slope: Float)
  /// The hyperbolic tangent.
  case tanh
  /// The logistic function 1 / (1 + e^-x).
  case sigmoid
  /// x sigmoid(x). Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016).
  case silu
  /// x times the normal distribution function, x / 2 (1 + erf(x / sqrt 2)). From the same paper.
  case gelu
  /// The same with tanh(sqrt(2 / pi) (x + 0.044715 x^3)) for the error function, as in GPT-2.
  case geluTanh

  /// Whether the derivative is computed from the function's value, so that its argument need not be
  /// kept; otherwise it is computed from the argument.
  public var differentiatesFromOutput: Bool {
    switch self {
    case .identity, .relu, .reluSquared, .leakyRelu, .tanh, .sigmoid: true
    case .silu, .gelu, .geluTanh: false
    }
  }

  /// Whether the derivative is constant but for kinks.
  public var isPiecewiseLinear: Bool {
    switch self {
    case .identity, .relu, .leakyRelu: true
    case .reluSquared, .tanh, .sigmoid, .silu, .gelu, .geluTanh: false
    }
  }
}

/// Activations, element by element; each output may be the input that it is computed from.
public protocol ActivationKernels {
  /// y = f(x) for `count` elements.
  static func activate(
    _ activation: Activation, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
    count: Int)

  /// dx = or += f' dy for `count` elements; `saved` is f's value where the activation
  /// `differentiatesFromOutput`, elsewhere its argument.
  static func activationGradient(
    _ activation: Activation, saved: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    into dx: UnsafeMutablePointer<Float>, count: Int, accumulate: Bool)

  /// y [rows, columns] = silu(a) b, where a row of x is `columns` elements of a, then those of b.
  static func gatedSilu(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, into y: UnsafeMutablePointer<Float>)

  /// dx = or += the gradient of `gatedSilu`, side by side like x.
  static func gatedSiluGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int, columns: Int,
    into dx: UnsafeMutablePointer<Float>, accumulate: Bool)
}

/// The elementary functions that `MathKernels` maps over an array.
public enum ElementaryFunction: Sendable, CaseIterable {
  case exp, log, sin, cos, tanh, sigmoid, erf, softplus, squareRoot, reciprocalSquareRoot
}

/// Elementary functions, written without the system's mathematical library so that they have the same
/// bits on every machine. Errors are in units of the last place (ULP); denormal results are 0.
public protocol MathKernels {
  /// y[i] = function(x[i]) for `count` elements; `y` may be `x`.
  static func map(
    _ function: ElementaryFunction, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ count: Int)
}

/// Losses by element.
public protocol LossKernels {
  /// The sum of softplus(x) - target x: the binary cross-entropy of logits with targets in [0, 1], one
  /// for each or, without, `target` for all.
  static func binaryCrossEntropy(
    _ x: UnsafePointer<Float>, count: Int, targets: UnsafePointer<Float>?, target: Float
  ) -> Float

  /// dx = or += scale (sigmoid(x) - target).
  static func binaryCrossEntropyGradient(
    _ x: UnsafePointer<Float>, count: Int, targets: UnsafePointer<Float>?, target: Float,
    scale: Float,
    into dx: UnsafeMutablePointer<Float>, accumulate: Bool)
}

/// What `ReductionKernels.reduce` makes one number of.
public enum Reduction: Sendable, CaseIterable {
  /// The sum of x.
  case sum
  /// The sum of x^2.
  case sumOfSquares
  /// The sum of x y.
  case dot
  /// The sum of (x - y)^2.
  case squaredDistance
  /// The largest |x|; NaN if there is one.
  case largestMagnitude
}

/// Reductions of one block, short enough that single precision holds: Compute cuts arrays into blocks
/// and puts the results together.
public protocol ReductionKernels {
  /// One number of `count` elements, 0 for none. Only `dot` and `squaredDistance` read `y`.
  static func reduce(
    _ reduction: Reduction, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int
  ) -> Float

  /// y [columns] = the sum of the rows of x, which lie `stride` apart, in their order.
  static func columnSums(
    _ x: UnsafePointer<Float>, _ stride: Int, _ rows: Int, _ columns: Int,
    _ y: UnsafeMutablePointer<Float>)
}

/// Resizing of images by weighted sums of pixels.
public protocol ResamplingKernels {
  /// One row of an output image: each pixel = or += the sum over `rowCount` input rows of the row's
  /// weight times the weighted sum of its pixels.
  ///
  /// Output pixel i is made of the input's pixels `places[starts[i]..<starts[i + 1]]`, with the
  /// `weights` at the same indices.
  static func resampleRow(
    _ rows: UnsafePointer<UnsafePointer<Float>>, rowWeights: UnsafePointer<Float>, rowCount: Int,
    starts: UnsafePointer<Int>, places: UnsafePointer<Int>, weights: UnsafePointer<Float>,
    columns: Int, channels: Int, into y: UnsafeMutablePointer<Float>, accumulate: Bool)
}
