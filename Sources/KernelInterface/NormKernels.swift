/// How many rows one set of partial sums covers. Blocks begin at multiples of it, so that the order of
/// a sum depends on the number of rows alone.
public let rowsPerBlock = 128

/// The passes of normalizations with statistics by channel or group of channels: batch, instance and
/// group norm, of rows of channels.
///
/// The normalization and what follows it is u = scale x + shift and y = f(u), with factors by channel.
/// The backward pass computes u again, which costs less than to keep or to read it. `blocks` are of
/// `rowsPerBlock` rows.
public protocol ChannelNormKernels {
  /// Sums over a block of at most `rowsPerBlock` rows: of x - x0 into `sums[channel]` and of
  /// (x - x0)^2 into `sums[channels + channel]`, where x0 is the block's first row. The subtraction
  /// keeps the digits that a large mean would cost.
  static func momentSums(
    _ x: UnsafePointer<Float>, rows: Int, channels: Int, into sums: UnsafeMutablePointer<Float>)

  /// The mean of each channel and its sum of squared deviations, from the `momentSums` of all blocks,
  /// [blocks][2][channels].
  static func moments(
    _ sums: UnsafePointer<Float>, _ x: UnsafePointer<Float>, rows: Int, channels: Int,
    mean: UnsafeMutablePointer<Double>, squares: UnsafeMutablePointer<Double>)

  /// y = f(scale x + shift); `y` may be `x`.
  static func scaleAndShift(
    _ x: UnsafePointer<Float>, rows: Int, channels: Int, scale: UnsafePointer<Float>,
    shift: UnsafePointer<Float>, activation: Activation, into y: UnsafeMutablePointer<Float>)

  /// Sums over a block of at most `rowsPerBlock` rows, with du = f'(u) dy: of du (x - center) into
  /// `sums[channel]` and of du into `sums[channels + channel]`.
  static func normGradientSums(
    _ factors: NormFactors, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int,
    into sums: UnsafeMutablePointer<Float>)

  /// dx = or += scale du + slope x + offset, with du = f'(u) dy.
  static func normGradient(
    _ factors: NormFactors, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int,
    into dx: UnsafeMutablePointer<Float>, accumulate: Bool)

  /// The sum of the rows in Double, one after the other.
  static func sumRows(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, into sums: UnsafeMutablePointer<Double>)
}

/// The factors of each channel in the backward pass of a normalization.
public struct NormFactors {
  /// How many channels there are.
  public let channels: Int
  /// The activation f behind the normalization.
  public let activation: Activation
  /// What x is multiplied by: weight / standard deviation.
  public let scale: UnsafeMutablePointer<Float>
  /// What is added: bias - scale mean.
  public let shift: UnsafeMutablePointer<Float>
  /// The mean.
  public let center: UnsafeMutablePointer<Float>
  /// The factor of x in dx, which the derivative of the standard deviation brings.
  public let slope: UnsafeMutablePointer<Float>
  /// The constant in dx.
  public let offset: UnsafeMutablePointer<Float>

  /// How many floats the factors take.
  public static func size(channels: Int) -> Int { 5 * channels }

  /// Factors that lie in `base` one after the other.
  public init(channels: Int, activation: Activation, at base: UnsafeMutablePointer<Float>) {
    self.channels = channels
    self.activation = activation
    scale = base
    shift = base + channels
    center = base + 2 * channels
    slope = base + 3 * channels
    offset = base + 4 * channels
  }
}

/// Normalization of each row by itself: layer norm, and without a mean, RMS norm.
public protocol LayerNormKernels {
  /// y = weight (x - mean) / sqrt(variance + epsilon) + bias for each row.
  ///
  /// Writes each row's mean and 1 / sqrt(variance + epsilon). Without `mean`, the mean counts as 0,
  /// without `weight` that as 1, and without `bias` that as 0.
  static func layerNorm(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, weight: UnsafePointer<Float>?,
    bias: UnsafePointer<Float>?, epsilon: Float, into y: UnsafeMutablePointer<Float>,
    mean: UnsafeMutablePointer<Float>?, rstd: UnsafeMutablePointer<Float>)

  /// The gradients for a block of rows: dx, if wanted, and the sums over the rows of the weight's
  /// gradient into `sums[column]` and of the bias's into `sums[columns + column]`.
  static func layerNormGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int, columns: Int,
    weight: UnsafePointer<Float>?, mean: UnsafePointer<Float>?,
    rstd: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>?,
    accumulate: Bool, sums: UnsafeMutablePointer<Float>)
}
