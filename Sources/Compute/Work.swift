import Synchronization

/// What kernels have been asked to do: arithmetic, and the least traffic of memory that it takes.
///
/// Each public entry of Compute adds its own share before it starts, and leaves what other entries do for
/// it to them. A benchmark and a profile are differences of `total`.
public struct Work: Equatable, Sendable {
  /// Arithmetic on floats.
  ///
  /// Matrix products, convolutions and attention count the multiplications and additions of their
  /// products alone, not what is fused with them: biases, activations, the softmax. A convolution
  /// counts those of the plain sum, taps in the padding included, whichever way it is made, so that
  /// Winograd's algorithm may seem to exceed the processor's peak.
  ///
  /// All else counts by its formula, element by element: an addition, multiplication, division,
  /// comparison or root is one operation, and so is an elementary function (exp, log, sin, softplus, an
  /// activation) or its derivative. What is added to the output is one more. Copies, the integers of
  /// random numbers, and what is done once a row or a channel count nothing.
  public var operations: Int
  /// Each operand read once and each result written once; what is added to is also read.
  public var bytes: Int

  /// So much work, or none.
  public init(operations: Int = 0, bytes: Int = 0) {
    (self.operations, self.bytes) = (operations, bytes)
  }

  private static let operationCount = Atomic<Int>(0)
  private static let byteCount = Atomic<Int>(0)

  /// All work since the program started, of all threads.
  public static var total: Work {
    Work(
      operations: operationCount.load(ordering: .relaxed),
      bytes: byteCount.load(ordering: .relaxed))
  }

  /// What has been done between two totals.
  public static func - (later: Work, earlier: Work) -> Work {
    Work(operations: later.operations - earlier.operations, bytes: later.bytes - earlier.bytes)
  }

  /// Adds further work.
  public static func += (sum: inout Work, more: Work) {
    sum.operations += more.operations
    sum.bytes += more.bytes
  }

  /// Adds a call's arithmetic, and the `floats` that it reads and writes.
  package static func add(operations: Int, floats: Int) {
    operationCount.wrappingAdd(operations, ordering: .relaxed)
    byteCount.wrappingAdd(4 * floats, ordering: .relaxed)
  }

  /// Adds a call on arrays of `elements` floats each: the arithmetic of an element, and how many such
  /// arrays are read and written. To accumulate is one more operation, and the output is read.
  static func add(elements: Int, operations: Int, arrays: Int, accumulate: Bool = false) {
    let extra = accumulate ? 1 : 0
    add(operations: elements * (operations + extra), floats: elements * (arrays + extra))
  }
}
