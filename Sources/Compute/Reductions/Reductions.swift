import KernelInterface

/// Sums and other reductions of arrays, on all threads.
///
/// An array is cut into blocks of 4096 elements, each is summed in single precision, and the blocks are
/// added in double precision in their order: the bits depend on the length alone.
public enum Reductions {
  private static let blockLength = 4096
  private static let blocksPerTask = 4

  /// The sum of x [count].
  public static func sum(_ x: UnsafePointer<Float>, count: Int) -> Double {
    reduce(.sum, x, x, count).reduce(0, +)
  }

  /// The sum of x [count] squared: the square of a gradient's norm.
  public static func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double {
    reduce(.sumOfSquares, x, x, count).reduce(0, +)
  }

  /// The sum of x [count] times y [count].
  public static func dot(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, count: Int
  ) -> Double {
    reduce(.dot, x, y, count).reduce(0, +)
  }

  /// The mean of (x - y)^2 over `count` elements, 0 for none.
  ///
  /// Its gradient toward x is 2 / count (x - y): `Elementwise.scaledSum`.
  public static func meanSquaredError(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, count: Int
  ) -> Double {
    reduce(.squaredDistance, x, y, count).reduce(0, +) / Double(max(count, 1))
  }

  /// For each row of x and y [rows, columns], the sum of (x - y)^2.
  public static func squaredDistances(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, rows: Int, columns: Int
  ) -> [Double] {
    (0..<rows).map { row in
      reduce(.squaredDistance, x + row * columns, y + row * columns, columns).reduce(0, +)
    }
  }

  /// The largest |x| of x [count], 0 for none; NaN if there is one.
  public static func largestMagnitude(_ x: UnsafePointer<Float>, count: Int) -> Float {
    // As bit patterns, in whose order NaN is above infinity.
    reduce(.largestMagnitude, x, x, count).map { Float($0).bitPattern }.max().map {
      Float(bitPattern: $0)
    } ?? 0
  }

  /// y [rows] = or += the sum of each row of x [rows, columns].
  public static func rowSums(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, rows: Int, columns: Int,
    accumulate: Bool = false
  ) {
    precondition(rows >= 0 && columns >= 0, "row sums of \(rows)x\(columns)")
    Work.add(elements: rows * columns, operations: 1, arrays: 1)
    Work.add(elements: rows, operations: 0, arrays: 1, accumulate: accumulate)
    let kernels = InstructionSet.current.kernels
    let tasks = Blocks(rows, target: max(1, blockLength * blocksPerTask / max(columns, 1)))
    ThreadPool.shared.run(tasks.count) { task, _ in
      for row in tasks.range(task) {
        let start = x + row * columns
        var sum = 0.0
        for block in stride(from: 0, to: columns, by: blockLength) {
          let length = min(blockLength, columns - block)
          sum += Double(kernels.reduce(.sum, start + block, start + block, length))
        }
        y[row] = (accumulate ? y[row] : 0) + Float(sum)
      }
    }
  }

  /// One number for each block of an array.
  private static func reduce(
    _ reduction: Reduction, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int
  ) -> [Double] {
    precondition(count >= 0, "\(reduction) of \(count) elements")
    Work.add(elements: count, operations: reduction.operations, arrays: reduction.arrays)
    let kernels = InstructionSet.current.kernels
    let blocks = (count + blockLength - 1) / blockLength
    let tasks = Blocks(blocks, target: blocksPerTask)
    let partial = Storage(count: blocks)
    ThreadPool.shared.run(tasks.count) { task, _ in
      for block in tasks.range(task) {
        let start = block * blockLength
        partial.base[block] = kernels.reduce(
          reduction, x + start, y + start, min(blockLength, count - start))
      }
    }
    // Of the largest arrays, even one number a block would be many.
    return MemoryPlan.isRehearsal ? [] : (0..<blocks).map { Double(partial.base[$0]) }
  }
}

extension Reduction {
  /// The arithmetic of an element.
  fileprivate var operations: Int {
    switch self {
    case .sum: 1
    case .sumOfSquares, .dot, .largestMagnitude: 2
    case .squaredDistance: 3
    }
  }

  /// How many arrays are read.
  fileprivate var arrays: Int { self == .dot || self == .squaredDistance ? 2 : 1 }
}
