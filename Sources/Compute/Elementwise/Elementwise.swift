import KernelInterface

/// Arithmetic on arrays, element by element, on all threads.
///
/// With `accumulate`, results are added to what the output holds. An output may be one of the inputs,
/// but must not overlap it otherwise.
public enum Elementwise {
  /// Elements to a task: 64 KB of an array, which pay for the task and share a second-level cache.
  static let elementsPerTask = 16384

  /// z [count] = or += x (operation) y.
  public static func combine(
    _ operation: Combination, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
    into z: UnsafeMutablePointer<Float>, count: Int, accumulate: Bool = false
  ) {
    Work.add(elements: count, operations: 1, arrays: 3, accumulate: accumulate)
    forEachPiece(of: count) { kernels, i, length in
      kernels.combine(operation, x + i, y + i, z + i, length, accumulate)
    }
  }

  /// z [count] = or += a x + b y.
  public static func scaledSum(
    _ a: Float, _ x: UnsafePointer<Float>, _ b: Float, _ y: UnsafePointer<Float>,
    into z: UnsafeMutablePointer<Float>, count: Int, accumulate: Bool = false
  ) {
    Work.add(elements: count, operations: 3, arrays: 3, accumulate: accumulate)
    forEachPiece(of: count) { kernels, i, length in
      kernels.scaledSum(a, x + i, b, y + i, z + i, length, accumulate)
    }
  }

  /// z [rows, columns] = or += a [rows] x + b [rows] y: each row has its own factors, as when noise of
  /// several levels is mixed into a batch.
  public static func scaledSum(
    rows a: [Float], _ x: UnsafePointer<Float>, _ b: [Float], _ y: UnsafePointer<Float>,
    into z: UnsafeMutablePointer<Float>, columns: Int, accumulate: Bool = false
  ) {
    precondition(
      a.count == b.count && columns >= 0,
      "scaled sum of \(a.count) and \(b.count) rows, \(columns) columns")
    guard columns > 0 else { return }
    Work.add(
      elements: a.count * columns, operations: 3, arrays: 3, accumulate: accumulate)
    let kernels = InstructionSet.current.kernels
    let pieces = Blocks(columns, target: elementsPerTask, multiple: 16)
    ThreadPool.shared.run(a.count * pieces.count) { task, _ in
      let (row, piece) = (task / pieces.count, pieces.range(task % pieces.count))
      let i = row * columns + piece.lowerBound
      kernels.scaledSum(a[row], x + i, b[row], y + i, z + i, piece.count, accumulate)
    }
  }

  /// y [count] = or += operation(x).
  public static func transform(
    _ operation: Transformation, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
    count: Int, accumulate: Bool = false
  ) {
    Work.add(
      elements: count, operations: operation.operations, arrays: 2, accumulate: accumulate)
    forEachPiece(of: count) { kernels, i, length in
      kernels.transform(operation, x + i, y + i, length, accumulate)
    }
  }

  /// dx [count] = or += dy where low <= x <= high, 0 elsewhere: the gradient of
  /// `transform(.clamp(low:high:))`.
  public static func clampGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, low: Float, high: Float,
    into dx: UnsafeMutablePointer<Float>, count: Int, accumulate: Bool = false
  ) {
    Work.add(elements: count, operations: 2, arrays: 3, accumulate: accumulate)
    forEachPiece(of: count) { kernels, i, length in
      kernels.clampGradient(x + i, dy + i, dx + i, length, low, high, accumulate)
    }
  }

  /// y [count] = function(x), within the error that MathKernels states.
  public static func map(
    _ function: ElementaryFunction, _ x: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>, count: Int
  ) {
    Work.add(elements: count, operations: 1, arrays: 2)
    forEachPiece(of: count) { kernels, i, length in kernels.map(function, x + i, y + i, length) }
  }

  /// y [count] = value.
  public static func fill(_ y: UnsafeMutablePointer<Float>, count: Int, with value: Float) {
    Work.add(elements: count, operations: 0, arrays: 1)
    forEachPiece(of: count) { kernels, i, length in kernels.fill(y + i, length, value) }
  }

  /// y [count] = or += x.
  public static func copy(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int,
    accumulate: Bool = false
  ) {
    if accumulate {
      combine(.add, y, x, into: y, count: count)
    } else {
      Work.add(elements: count, operations: 0, arrays: 2)
      forEachPiece(of: count) { _, i, length in (y + i).update(from: x + i, count: length) }
    }
  }

  /// y [rows, columns] = x, where each row begins a number of floats behind the one before: a part of
  /// the columns of a wider array, on either side.
  public static func copyRows(
    _ x: UnsafePointer<Float>, distance xDistance: Int, into y: UnsafeMutablePointer<Float>,
    distance yDistance: Int, rows: Int, columns: Int
  ) {
    precondition(rows >= 0 && columns >= 0, "a copy of \(rows)x\(columns)")
    Work.add(elements: rows * columns, operations: 0, arrays: 2)
    let blocks = Blocks(rows, target: max(1, elementsPerTask / max(1, columns)))
    ThreadPool.shared.run(blocks.count) { task, _ in
      for row in blocks.range(task) {
        (y + row * yDistance).update(from: x + row * xDistance, count: columns)
      }
    }
  }

  /// y [groups, rows, columns] = x + bias [groups, columns]: a row of a group's own is added to all of
  /// the group's rows. One group adds a bias; a group to a sample adds an embedding.
  public static func addRow(
    _ x: UnsafePointer<Float>, _ bias: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>, groups: Int = 1, rows: Int, columns: Int
  ) {
    precondition(
      groups >= 0 && rows >= 0 && columns >= 0, "a row added to \(groups)x\(rows)x\(columns)")
    guard columns > 0 else { return }
    let elements = groups * rows * columns
    Work.add(operations: elements, floats: 2 * elements + groups * columns)
    let kernels = InstructionSet.current.kernels
    let blocks = Blocks(rows, target: max(1, elementsPerTask / columns))
    ThreadPool.shared.run(groups * blocks.count) { task, _ in
      let (group, block) = (task / blocks.count, blocks.range(task % blocks.count))
      let i = (group * rows + block.lowerBound) * columns
      kernels.addRow(x + i, bias + group * columns, y + i, block.count, columns)
    }
  }

  /// Cuts `count` elements into tasks and runs `body` for each: where it begins and how long it is.
  static func forEachPiece(
    of count: Int, _ body: (_ kernels: any KernelSet.Type, _ start: Int, _ length: Int) -> Void
  ) {
    precondition(count >= 0, "an array of \(count) elements")
    let kernels = InstructionSet.current.kernels
    let pieces = Blocks(count, target: elementsPerTask, multiple: 16)
    ThreadPool.shared.run(pieces.count) { task, _ in
      let piece = pieces.range(task)
      body(kernels, piece.lowerBound, piece.count)
    }
  }
}

extension Transformation {
  /// The arithmetic of an element.
  fileprivate var operations: Int {
    switch self {
    case .affine, .clamp: 2
    case .square: 1
    }
  }
}
