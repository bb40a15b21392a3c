import KernelInterface

/// The way of recurrent layers through time: at each step the hidden states [B, H] are multiplied by a
/// weight [H, G H], and a cell makes the next ones of the products and the step's input.
///
/// Sequences do not depend on each other, so a task takes some of them through all steps, and threads
/// never wait for each other in between. The weight is packed once for all.
struct RecurrentLoop: Equatable, Sendable {
  /// How many sequences there are: B.
  let batch: Int
  /// How long they are: T.
  let steps: Int
  /// How many elements a hidden state has: H.
  let size: Int
  /// How many gates a cell has: G.
  let gates: Int

  /// Two tiles: few enough that a batch of fifty is shared evenly. A weight that does not stay in the
  /// second-level cache is read anew at each step, which more rows make worth while.
  private var rowsPerTask: Int { (gates * size * size > 1 << 17 ? 6 : 2) * tileRows }

  private var blocks: Blocks { Blocks(batch, target: rowsPerTask, multiple: tileRows) }

  /// A sequence at a step.
  struct Place {
    /// Of [B].
    let row: Int
    /// Of [B, T].
    let index: Int
    /// Whether the initial state comes before it.
    let isFirst: Bool
  }

  private func place(_ row: Int, _ step: Int) -> Place {
    Place(row: row, index: row * steps + step, isFirst: step == 0)
  }

  /// A row's state before a step: of the `states` after each, [B, T, H], or of the first, [B, H].
  func before(
    _ place: Place, _ states: UnsafePointer<Float>, _ initial: UnsafePointer<Float>
  ) -> UnsafePointer<Float> {
    place.isFirst ? initial + place.row * size : states + (place.index - 1) * size
  }

  /// Goes forward.
  ///
  /// - Parameters:
  ///   - weight: [H, G H].
  ///   - matrix: the same in low precision, which a single step reads in its place.
  ///   - initial: the hidden states before the first step, [B, H].
  ///   - hidden: those of all steps, [B, T, H], which `cell` writes.
  ///   - cell: takes the products of a row with the weight, [G H].
  func forward(
    weight: UnsafePointer<Float>, _ matrix: LowPrecisionMatrix?, initial: UnsafePointer<Float>,
    hidden: UnsafePointer<Float>, cell: (Place, _ products: UnsafePointer<Float>) -> Void
  ) {
    let width = gates * size
    if steps == 1 {
      // One product, whose weight is not worth packing.
      let products = Storage(count: batch * width)
      if let matrix {
        matrix(initial, rows: batch, into: products.base)
      } else {
        MatrixProduct(m: batch, n: width, k: size)(initial, weight, into: products.base)
      }
      for row in 0..<batch where !MemoryPlan.isRehearsal {
        cell(place(row, 0), products.base + row * width)
      }
      return
    }
    // The products never leave the cache; the states are counted as what the cells write.
    Work.add(operations: 2 * batch * steps * size * width, floats: (width + batch) * size)
    let packed = PackedMatrix(
      weight, depth: size, columns: width, InstructionSet.current.kernels)
    let blocks = self.blocks
    var workspace = Workspace()
    let tables = TileTables(&workspace, rows: blocks.length, taps: 1)
    let piece = workspace.reserve(Float.self, blocks.length * width)
    ThreadPool.shared.run(blocks.count) { task, worker in
      let space = workspace.placed(in: .shared, worker)
      let (rows, products) = (blocks.range(task), space[piece])
      for step in 0..<steps {
        let previous =
          step == 0
          ? initial + rows.lowerBound * size
          : hidden + (rows.lowerBound * steps + step - 1) * size
        packed.multiply(
          previous, stride: step == 0 ? size : steps * size, rows: rows.count, into: products,
          stride: width, tables, space)
        for row in rows { cell(place(row, step), products + (row - rows.lowerBound) * width) }
      }
    }
  }

  /// Goes back.
  ///
  /// - Parameters:
  ///   - weight: [H, G H].
  ///   - products: the gradients of the products, [B, T, G H], which `cell` writes.
  ///   - hidden: the gradient of the states after the last step, [B, H]; in the end, of those before
  ///     the first.
  ///   - cell: takes the gradient of a row's hidden state, [H], but for the part that the step itself
  ///     gets, and leaves there what reaches the state before on other ways than through the products.
  func backward(
    weight: UnsafePointer<Float>, products: UnsafePointer<Float>,
    hidden: UnsafeMutablePointer<Float>,
    cell: (Place, _ hidden: UnsafeMutablePointer<Float>) -> Void
  ) {
    let width = gates * size
    Work.add(operations: 2 * batch * steps * size * width, floats: width * size)
    let packed = PackedMatrix(
      weight, depth: width, columns: size, transposed: true, InstructionSet.current.kernels)
    let blocks = self.blocks
    var workspace = Workspace()
    let tables = TileTables(&workspace, rows: blocks.length, taps: 1)
    ThreadPool.shared.run(blocks.count) { task, worker in
      let space = workspace.placed(in: .shared, worker)
      let rows = blocks.range(task)
      for step in (0..<steps).reversed() {
        for row in rows { cell(place(row, step), hidden + row * size) }
        packed.multiply(
          products + (rows.lowerBound * steps + step) * width, stride: steps * width,
          rows: rows.count, into: hidden + rows.lowerBound * size, stride: size, accumulate: true,
          tables, space)
      }
    }
  }

  /// The gradient of the weight: one product over all steps.
  func weightGradient(
    initial: UnsafePointer<Float>, hidden: UnsafePointer<Float>, products: UnsafePointer<Float>,
    into weight: UnsafeMutablePointer<Float>, accumulate: Bool
  ) {
    let previous = Storage(count: batch * steps * size)
    for row in 0..<batch where steps > 0 && !MemoryPlan.isRehearsal {
      let start = row * steps * size
      (previous.base + start).update(from: initial + row * size, count: size)
      (previous.base + start + size).update(from: hidden + start, count: (steps - 1) * size)
    }
    MatrixProduct(m: size, n: gates * size, k: batch * steps, transposeA: true)(
      previous.base, products, into: weight, accumulate: accumulate)
  }
}
