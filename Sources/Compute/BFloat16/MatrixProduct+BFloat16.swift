import KernelInterface

extension MatrixProduct {
  /// Whether the operands are rounded. That depends on the weights alone, so that a row has the same bits in every batch:
  /// on the columns and the depth, or of a gradient of weights on both of its sides.
  var isRounded: Bool {
    precision != .float32 && min(n, transposeA ? m : k) >= Precision.smallestSide
  }
}

extension MatrixProduct.Job {
  /// Bytes of the left operand to a task: a quarter of a second-level cache.
  private static let bytesPerTask = 256 << 10

  /// A as it lies. Tasks are blocks of rows, which share packed panels, or where there are few blocks, of rows and panels.
  func runRounded() {
    let unit = BFloat16Unit.current
    let panels = BFloat16Panels(columns: n, chunks: BFloat16Panels.chunks(k))
    let packed = Storage(count: panels.size)
    let base = UnsafeMutableRawPointer(packed.base)
    let zeros = zeroRow(n)
    ThreadPool.shared.run(panels.count) { index, _ in
      pack(index, panels, from: 0, into: base + index * panels.bytes, zeros, unit.kernels)
    }
    let rowBytes = panels.chunks * BFloat16Panels.chunkBytes
    let blocks = Blocks(
      m, target: max(bfloat16Side, min(256, Self.bytesPerTask / rowBytes)), multiple: bfloat16Side)
    let shared = blocks.count >= 8 ? panels.count : (panels.count * blocks.count + 7) / 8
    let groups = Blocks(panels.count, target: max(1, shared))
    var workspace = Workspace()
    let left = BFloat16Rows(&workspace, count: blocks.length, chunks: panels.chunks)
    unit.run(blocks.count * groups.count) { task, worker in
      let space = workspace.placed(in: .shared, worker)
      let rows = blocks.range(task / groups.count)
      for (place, row) in rows.enumerated() {
        unit.kernels.packChunks(a + row * k, count: k, into: left.row(place, space))
        left.outputs(space)[place] = UnsafeMutableRawPointer(c + row * n)
      }
      for index in groups.range(task % groups.count) {
        unit.multiply(
          left.product(
            space, count: rows.count, panels, index, base + index * panels.bytes,
            outputPitch: n * 4, accumulate: accumulate))
        finish(
          UnsafePointer(left.outputs(space)), count: rows.count, column: index * bfloat16Side,
          columns: panels.columns(index), unit.kernels)
      }
    }
  }

  /// The depth of a slice of both operands: with it, those of a task stay in a second-level cache.
  private static let slice = 512

  /// A is stored transposed: each task packs slices of its rows, and of its panels.
  func runRoundedPackingRows() {
    let unit = BFloat16Unit.current
    let slices = Blocks(k, target: Self.slice, multiple: bfloat16Chunk)
    let panels = BFloat16Panels(columns: n, chunks: BFloat16Panels.chunks(slices.length))
    let (blocks, groups) = packedParts(
      panels: panels.count, width: bfloat16Side, rowMultiple: bfloat16Side)
    let zeros = zeroRow(max(m, n))
    var workspace = Workspace()
    let left = BFloat16Rows(&workspace, count: blocks.length, chunks: panels.chunks)
    let panel = workspace.reserve(UInt8.self, panels.bytes)
    unit.run(blocks.count * groups.count) { task, worker in
      let space = workspace.placed(in: .shared, worker)
      let rows = blocks.range(task / groups.count)
      let group = groups.range(task % groups.count)
      for (place, row) in rows.enumerated() {
        left.outputs(space)[place] = UnsafeMutableRawPointer(c + row * n)
      }
      if k == 0 && !accumulate { for row in rows { (c + row * n).update(repeating: 0, count: n) } }
      for slice in 0..<slices.count {
        let range = slices.range(slice)
        let part = BFloat16Panels(columns: n, chunks: BFloat16Panels.chunks(range.count))
        for chunk in 0..<part.chunks {
          withChunk(a, m, range.lowerBound + chunk * bfloat16Chunk, zeros) { table in
            for row in stride(from: 0, to: rows.count, by: BFloat16Panels.tileColumns) {
              unit.kernels.packTransposedChunk(
                table, offset: rows.lowerBound + row,
                columns: min(BFloat16Panels.tileColumns, rows.count - row),
                into: left.row(row, space) + chunk * BFloat16Panels.chunkBytes, pitch: left.pitch)
            }
          }
        }
        for index in group {
          let panel = UnsafeMutableRawPointer(space[panel])
          pack(index, part, from: range.lowerBound, into: panel, zeros, unit.kernels)
          unit.multiply(
            left.product(
              space, count: rows.count, part, index, panel, outputPitch: n * 4,
              accumulate: accumulate || slice > 0))
        }
      }
      for index in group {
        finish(
          UnsafePointer(left.outputs(space)), count: rows.count, column: index * bfloat16Side,
          columns: panels.columns(index), unit.kernels)
      }
    }
  }

  /// A row of zeros behind a depth that is no multiple of a chunk.
  private func zeroRow(_ count: Int) -> Storage {
    Storage.zeros(k % bfloat16Chunk == 0 ? 0 : count)
  }

  /// The rows of a matrix with rows of `stride` floats that are a chunk of the depth.
  private func withChunk(
    _ matrix: UnsafePointer<Float>, _ stride: Int, _ start: Int, _ zeros: Storage,
    _ body: (UnsafePointer<UnsafePointer<Float>>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: bfloat16Chunk) { rows in
      for i in 0..<bfloat16Chunk {
        let row = start + i < k ? matrix + (start + i) * stride : UnsafePointer(zeros.base)
        rows.initializeElement(at: i, to: row)
      }
      if let base = rows.baseAddress { body(base) }
    }
  }

  /// The chunks of one panel of B from `start` on.
  private func pack(
    _ index: Int, _ panels: BFloat16Panels, from start: Int, into panel: UnsafeMutableRawPointer,
    _ zeros: Storage, _ kernels: any KernelSet.Type
  ) {
    for chunk in 0..<panels.chunks {
      let first = start + chunk * bfloat16Chunk
      if product.transposeB {
        panels.forEachTile(of: index, chunk: chunk, in: panel) { tile, column, columns in
          kernels.packTransposedTile(
            b + column * k + first, stride: k, depth: min(bfloat16Chunk, k - first),
            columns: columns, into: tile)
        }
      } else {
        withChunk(b, n, first, zeros) { rows in
          panels.forEachTile(of: index, chunk: chunk, in: panel) { tile, column, columns in
            kernels.packTile(rows, offset: column, columns: columns, into: tile)
          }
        }
      }
    }
  }
}
