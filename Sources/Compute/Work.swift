import Synchronization

/// What kernels have been asked to do: arithmetic, and the least traffic of memory that it takes.
///
/// Each public entry of Compute adds its own share before it starts, and leaves what other entries do for
/// it to them. A benchmark and a profile are differences of `total`.
public struct Work: Equatable, Sendable {
  /// Multiplications and additions. A convolution counts those of the plain sum, whichever way it is
  /// made, so that Winograd's algorithm may seem to exceed the processor's peak.
  public var operations: Int
  /// Each operand read once and each result written once; what is added to is also read.
  public var bytes: Int

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

  /// Adds a call's arithmetic, and the `floats` that it reads and writes.
  static func add(operations: Int, floats: Int) {
    operationCount.wrappingAdd(operations, ordering: .relaxed)
    byteCount.wrappingAdd(4 * floats, ordering: .relaxed)
  }
}
