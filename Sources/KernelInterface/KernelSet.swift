/// The inner loops of one instruction set, as one table of functions.
///
/// The folder Kernels implements it and is compiled once for each instruction set; Compute picks an
/// implementation when the program starts and calls through it. All sizes are in elements and all
/// arrays are of 32-bit floats unless a parameter says otherwise. A kernel runs on one thread, checks
/// nothing, allocates nothing, and gives the same bits for every instruction set.
public protocol KernelSet:
  ActivationKernels,
  AttentionKernels,
  BenchmarkKernels,
  ChannelNormKernels,
  ElementwiseKernels,
  LayerNormKernels,
  LossKernels,
  LowPrecisionKernels,
  MathKernels,
  MatrixKernels,
  OptimizerKernels,
  RandomKernels,
  RecurrentKernels,
  ReductionKernels,
  ResamplingKernels,
  RotaryKernels,
  RoundedKernels,
  SoftmaxKernels,
  WinogradKernels
{
}

/// Loops that measure the processor, as yardsticks for the other kernels.
public protocol BenchmarkKernels {
  /// `iterations` rounds of one fused multiply-add to each of `accumulators` vectors of 16 floats in
  /// registers; accumulators are 4, 5, 6, 8, 12, 16 or 24, of which the best is the peak. The result
  /// is there so that the loop is not optimized away.
  static func multiplyAdds(accumulators: Int, iterations: Int) -> Float

  /// Goes through `count` floats, a multiple of 64, of each array that the access names. The result is
  /// a sum for `.read`, otherwise 0.
  static func stream(
    _ access: StreamAccess, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
    _ z: UnsafeMutablePointer<Float>, count: Int
  ) -> Float
}

/// What a loop does with memory, element by element.
public enum StreamAccess: Sendable, CaseIterable {
  /// Reads one array: the sum of x.
  case read
  /// Writes one array: z = 1.
  case write
  /// Reads one array and writes another: z = x.
  case copy
  /// Reads two arrays and writes a third: z = x + y.
  case add
  /// Reads an array and writes it in place: z = -z.
  case update

  /// How many arrays there are.
  public var arrays: Int {
    switch self {
    case .read, .write, .update: 1
    case .copy: 2
    case .add: 3
    }
  }

  /// How many floats an element has read and written.
  public var floats: Int { self == .update ? 2 : arrays }
}
