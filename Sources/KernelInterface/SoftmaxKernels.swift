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
