import KernelInterface

extension Convolution {
  /// Whether operands are rounded, which depends on the weights alone.
  var isRounded: Bool {
    precision != .float32 && min(inChannels, outChannels) >= Precision.smallestSide
  }

  /// Runs all grids, which write to one image of that size, with rounded operands.
  func runRounded(
    _ grids: [IndirectConvolution], into output: UnsafeMutablePointer<Float>, height: Int,
    width: Int, _ accumulate: Bool, _ finish: Epilogue
  ) {
    let unit = BFloat16Unit.current
    let geometry = grids[0].geometry
    let image = BFloat16Image(
      grids[0].source, pixels: batch * geometry.height * geometry.width, channels: geometry.depth,
      unit.kernels)
    let jobs = grids.map { grid in
      RoundedGrid(
        grid: grid, batch: batch, image: image, output: output, height: height, width: width)
    }
    let packed = jobs.map { Storage(count: $0.panels.size) }
    let zeros = Storage.zeros(grids[0].weights.productColumns)
    let panelCount = jobs[0].panels.count
    ThreadPool.shared.run(jobs.count * panelCount) { task, _ in
      let (grid, index) = (task / panelCount, task % panelCount)
      jobs[grid].packPanel(index, into: packed[grid], zeros: zeros, unit.kernels)
    }
    let blocksPerGrid = jobs.map(\.blocks.count).max() ?? 0
    var workspace = Workspace()
    let left = BFloat16Rows(
      &workspace, count: jobs.map(\.blocks.length).max() ?? 0,
      chunks: jobs.map(\.panels.chunks).max() ?? 0)
    unit.run(jobs.count * blocksPerGrid) { task, worker in
      let (index, block) = (task / blocksPerGrid, task % blocksPerGrid)
      let job = jobs[index]
      guard block < job.blocks.count else { return }
      let space = workspace.placed(in: .shared, worker)
      let pixels = job.blocks.range(block)
      job.fill(left, space, pixels, unit.kernels)
      let base = UnsafeRawPointer(packed[index].base)
      for panel in 0..<panelCount {
        unit.multiply(
          left.product(
            space, count: pixels.count, job.panels, panel, base + panel * job.panels.bytes,
            outputPitch: job.outputPitch, accumulate: accumulate))
        finish(
          UnsafePointer(left.outputs(space)), count: pixels.count, column: panel * bfloat16Side,
          columns: job.panels.columns(panel), unit.kernels)
      }
    }
  }
}

/// A grid of output pixels whose sums are products of rows of rounded pixels, tap after tap.
private struct RoundedGrid {
  let grid: IndirectConvolution
  let batch: Int
  let image: BFloat16Image
  let output: UnsafeMutablePointer<Float>
  let height: Int
  let width: Int

  /// Bytes of the left operand to a task, which stay in a second-level cache.
  private static let bytesPerTask = 512 << 10

  var panels: BFloat16Panels {
    BFloat16Panels(
      columns: grid.weights.productColumns, chunks: grid.geometry.taps.count * image.chunks)
  }

  /// The output's pixels, by tasks.
  var blocks: Blocks {
    let rowBytes = max(1, panels.chunks) * BFloat16Panels.chunkBytes
    return Blocks(
      batch * grid.outputHeight * grid.outputWidth,
      target: max(bfloat16Side, min(256, Self.bytesPerTask / rowBytes)), multiple: bfloat16Side)
  }

  /// Bytes from one output pixel of the grid to the next, if all have that distance, or else 0.
  var outputPitch: Int { grid.outputStride == 1 ? grid.weights.productColumns * 4 : 0 }

  /// The weights of a panel, tap after tap.
  func packPanel(
    _ index: Int, into packed: Storage, zeros: Storage, _ kernels: any KernelSet.Type
  ) {
    let (weights, panels) = (grid.weights, panels)
    let panel = UnsafeMutableRawPointer(packed.base) + index * panels.bytes
    let (depth, columns) = (weights.depth, weights.columns)
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: bfloat16Chunk) { rows in
      guard let table = rows.baseAddress else { return }
      for (place, tap) in weights.order.enumerated() {
        let source = weights.base + tap * weights.rows * columns
        for part in 0..<image.chunks {
          let first = part * bfloat16Chunk
          let rowCount = min(bfloat16Chunk, depth - first)
          for i in 0..<bfloat16Chunk {
            let row = i < rowCount ? source + (first + i) * columns : UnsafePointer(zeros.base)
            rows.initializeElement(at: i, to: row)
          }
          panels.forEachTile(of: index, chunk: place * image.chunks + part, in: panel) {
            tile, column, count in
            if weights.isTransposed {
              kernels.packTransposedTile(
                source + column * columns + first, stride: columns, depth: rowCount,
                columns: count, into: tile)
            } else {
              kernels.packTile(table, offset: column, columns: count, into: tile)
            }
          }
        }
      }
    }
  }

  /// Fills the rows of some pixels, and the table of where their sums go.
  func fill(
    _ left: BFloat16Rows, _ space: Workspace, _ pixels: Range<Int>, _ kernels: any KernelSet.Type
  ) {
    let geometry = grid.geometry
    let (bytes, channels) = (image.pixelBytes, grid.weights.productColumns)
    grid.outputSize.forEachRow(of: pixels) { place, index, y, columns in
      let start = place - columns.lowerBound
      let row = index * height + y * grid.outputStride + grid.outputOrigin.y
      for column in columns {
        let pixel = row * width + column * grid.outputStride + grid.outputOrigin.x
        left.outputs(space)[start + column] = UnsafeMutableRawPointer(
          output + pixel * channels)
      }
      for (number, tap) in geometry.taps.enumerated() {
        geometry.forEachRun(of: tap, in: index, row: y, columns, of: grid.outputWidth) {
          run, first in
          kernels.copyChunks(
            first.map { image.pixel($0) }, step: geometry.stride * bytes, count: run.count,
            bytes: bytes, into: left.row(start + run.lowerBound, space) + number * bytes,
            pitch: left.pitch)
        }
      }
    }
  }
}

extension Convolution.Geometry {
  /// Calls `body` for each run of output pixels in a row, with the first pixel that the tap reads for them, or nil for
  /// those that it reads outside the image.
  func forEachRun(
    of tap: Convolution.Tap, in image: Int, row y: Int, _ columns: Range<Int>, of outputWidth: Int,
    _ body: (_ run: Range<Int>, _ pixel: Int?) -> Void
  ) {
    let row = y * stride + tap.y
    let inside = row >= 0 && row < height
    let valid = inside ? validColumns(tap, of: outputWidth).clamped(to: columns) : columns.prefix(0)
    let first = (image * height + row) * width + valid.lowerBound * stride + tap.x
    if columns.lowerBound < valid.lowerBound { body(columns.lowerBound..<valid.lowerBound, nil) }
    if !valid.isEmpty { body(valid, first) }
    if valid.upperBound < columns.upperBound { body(valid.upperBound..<columns.upperBound, nil) }
  }
}
