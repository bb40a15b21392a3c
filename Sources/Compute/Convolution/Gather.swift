import KernelInterface

/// One grid of output pixels, each the sum over some taps of the pixels they read times their weights.
///
/// A table of pointers says where each tap of each pixel reads; what lies outside the image reads
/// zeros. So stride, padding and transposition are one routine with the matrix product's micro-kernel,
/// and the image is never copied (Dukhan, "The Indirect Convolution Algorithm", 2019).
struct Gather {
  let source: UnsafePointer<Float>
  let geometry: Convolution.Geometry
  let weights: TapWeights
  /// Rows of output pixels.
  var outputHeight = 0
  /// Columns of output pixels.
  var outputWidth = 0
  /// Pixels of the output image from one of the grid to the next.
  var outputStride = 1
  /// The grid's first pixel in the output image.
  var outputOrigin = (y: 0, x: 0)

  init(source: UnsafePointer<Float>, geometry: Convolution.Geometry, weights: TapWeights) {
    (self.source, self.geometry, self.weights) = (source, geometry, weights)
  }

  /// How many floats a sum has.
  var depth: Int { geometry.taps.count * geometry.depth }

  /// How many taps are summed in registers before the sum goes to memory.
  var tapsPerSlice: Int { max(1, min(geometry.taps.count, Self.longestSlice / geometry.depth)) }

  /// A slice of a full panel, and the pixels that meet it, are to stay in the second-level cache.
  private static let longestSlice = 1152
}

extension Convolution {
  /// Output pixels to a task: with a slice of the taps they stay in the second-level cache.
  private static let pixelsPerTask = 96

  /// Runs all grids in one parallel region; they write to one image of that size.
  func run(
    _ grids: [Gather], into output: UnsafeMutablePointer<Float>, height: Int, width: Int,
    _ accumulate: Bool, _ finish: Finish
  ) {
    let kernels = InstructionSet.current.kernels
    let columns = grids[0].weights.productColumns
    let isNarrow = columns <= 4 && grids[0].geometry.depth >= 16
    let longest = grids.map(\.geometry.depth).max() ?? 0
    let zeros = Storage(count: longest)
    zeros.base.update(repeating: 0, count: longest)

    let panels = grids.map { Panels(depth: $0.depth, columns: columns, kernels) }
    let packed = zip(grids, panels).map { grid, panels in
      Storage(count: isNarrow ? grid.depth * columns : panels.size)
    }
    let panelCount = isNarrow ? 1 : panels[0].count
    ThreadPool.shared.run(grids.count * panelCount) { task, _ in
      let (grid, index) = (task / panelCount, task % panelCount)
      if isNarrow {
        grids[grid].weights.packNarrow(into: packed[grid].base)
      } else {
        let target = packed[grid].base + panels[grid].start(index)
        grids[grid].weights.pack(panels[grid], index, into: target, kernels)
      }
    }

    let blocks = grids.map {
      Blocks(
        batch * $0.outputHeight * $0.outputWidth, target: Self.pixelsPerTask, multiple: tileRows)
    }
    let blocksPerGrid = blocks.map(\.count).max() ?? 0
    let rows = blocks.map(\.length).max() ?? 0
    let taps = grids.map(\.geometry.taps.count).max() ?? 0
    var workspace = Workspace()
    let tables = TileTables(&workspace, rows: rows, taps: taps)
    ThreadPool.shared.run(grids.count * blocksPerGrid) { task, worker in
      let (grid, block) = (task / blocksPerGrid, task % blocksPerGrid)
      guard block < blocks[grid].count else { return }
      let share = GatherShare(
        grid: grids[grid], pixels: blocks[grid].range(block), output: output, height: height,
        width: width, zeros: zeros.base, tables: tables,
        space: workspace.placed(in: .shared, worker), kernels: kernels)
      share.fillTables()
      if isNarrow {
        share.multiplyNarrow(packed[grid].base, columns, accumulate)
        finish(share.outputs, count: share.count, column: 0, columns: columns, kernels)
      } else {
        for index in 0..<panels[grid].count {
          share.multiply(panels[grid], index, packed[grid].base, accumulate)
          finish(
            share.outputs, count: share.count, column: index * panels[grid].width,
            columns: panels[grid].columns(index), kernels)
        }
      }
    }
  }
}

/// A task's share of a grid: some output pixels and all their channels.
private struct GatherShare {
  let grid: Gather
  let pixels: Range<Int>
  let output: UnsafeMutablePointer<Float>
  let height: Int
  let width: Int
  let zeros: UnsafeMutablePointer<Float>
  let tables: TileTables
  let space: Workspace
  let kernels: any KernelSet.Type

  var count: Int { pixels.count }
  var outputs: UnsafePointer<UnsafeMutableRawPointer> { UnsafePointer(space[tables.outputs]) }

  /// Fills the tables of the pixels that are read, [slice of taps][tile][tap][6], and written.
  func fillTables() {
    let perImage = grid.outputHeight * grid.outputWidth
    var place = 0
    while place < pixels.count {
      let pixel = pixels.lowerBound + place
      let (image, inImage) = (pixel / perImage, pixel % perImage)
      let (y, x) = (inImage / grid.outputWidth, inImage % grid.outputWidth)
      let end = min(grid.outputWidth, x + pixels.count - place)
      fillRow(image, y, x..<end, at: place)
      place += end - x
    }
    // The last pixel is repeated to fill up its tile.
    let padded = (pixels.count + tileRows - 1) / tileRows * tileRows
    for place in pixels.count..<padded {
      let last = pixels.lowerBound + pixels.count - 1
      let inImage = last % perImage
      let (y, x) = (inImage / grid.outputWidth, inImage % grid.outputWidth)
      fillReads(last / perImage, y, x..<x + 1, at: place)
    }
  }

  /// The entries of neighboring pixels of one row.
  private func fillRow(_ image: Int, _ y: Int, _ columns: Range<Int>, at place: Int) {
    let row = image * height + y * grid.outputStride + grid.outputOrigin.y
    let first = row * width + columns.lowerBound * grid.outputStride + grid.outputOrigin.x
    let channels = grid.weights.productColumns
    let written = space[tables.outputs] + place
    for offset in 0..<columns.count {
      written[offset] = UnsafeMutableRawPointer(
        output + (first + offset * grid.outputStride) * channels)
    }
    fillReads(image, y, columns, at: place)
  }

  private func fillReads(_ image: Int, _ y: Int, _ columns: Range<Int>, at place: Int) {
    let geometry = grid.geometry
    let tiles = (pixels.count + tileRows - 1) / tileRows
    let outside = UnsafeRawPointer(zeros)
    let step = geometry.stride * geometry.pitch * 4
    let perSlice = grid.tapsPerSlice
    for (index, tap) in geometry.taps.enumerated() {
      let start = index / perSlice * perSlice
      let inSlice = min(perSlice, geometry.taps.count - start)
      var entry = space[tables.rows] + start * tiles * tileRows + (index - start) * tileRows
      entry += place / tileRows * inSlice * tileRows
      var lane = place % tileRows
      let row = y * geometry.stride + tap.y
      let inside = row >= 0 && row < geometry.height
      let valid = inside ? geometry.validColumns(tap, of: grid.outputWidth) : 0..<0
      let firstPixel = (image * geometry.height + row) * geometry.width + tap.x
      var read = UnsafeRawPointer(
        grid.source + firstPixel * geometry.pitch + columns.lowerBound * step / 4)
      for column in columns {
        entry[lane] = column >= valid.lowerBound && column < valid.upperBound ? read : outside
        read += step
        lane += 1
        if lane == tileRows {
          lane = 0
          entry += inSlice * tileRows
        }
      }
    }
  }

  /// All taps of the block's pixels times one panel.
  func multiply(
    _ panels: Panels, _ index: Int, _ packed: UnsafeMutablePointer<Float>, _ accumulate: Bool
  ) {
    let tiles = (pixels.count + tileRows - 1) / tileRows
    let (taps, depth) = (grid.geometry.taps.count, grid.geometry.depth)
    let rowBytes = panels.paddedColumns(index) * 4
    let panel = UnsafeRawPointer(packed + panels.start(index))
    for tap in 0..<taps { space[tables.panels][tap] = panel + tap * depth * rowBytes }
    let slices = Slices(depth: depth)
    var product = tables.product(space, count: pixels.count)
    product.columns = panels.columns(index)
    product.outputOffset = index * panels.width * 4
    product.accumulate = accumulate
    var start = 0
    repeat {
      let inSlice = min(grid.tapsPerSlice, taps - start)
      product.taps = inSlice
      product.rowsPerTile = inSlice * tileRows
      product.rows = UnsafePointer(space[tables.rows] + start * tiles * tileRows)
      product.panels = UnsafePointer(space[tables.panels] + start)
      for slice in 0..<(inSlice > 1 ? 1 : slices.count) {
        product.depth = inSlice > 1 ? depth : slices.length(slice)
        product.offset = slices.start(slice) * 4
        product.panelOffset = slices.start(slice) * rowBytes
        kernels.multiply(product)
        product.accumulate = true
      }
      start += inSlice
    } while start < taps
  }

  /// The same for at most four columns, all of them at once.
  func multiplyNarrow(_ packed: UnsafeMutablePointer<Float>, _ columns: Int, _ accumulate: Bool) {
    let (taps, depth) = (grid.geometry.taps.count, grid.geometry.depth)
    let tiles = (pixels.count + tileRows - 1) / tileRows
    var product = tables.product(space, count: pixels.count)
    product.columns = columns
    product.depth = depth
    product.accumulate = accumulate
    var start = 0
    repeat {
      let inSlice = min(grid.tapsPerSlice, taps - start)
      product.taps = inSlice
      product.rowsPerTile = inSlice * tileRows
      product.rows = UnsafePointer(space[tables.rows] + start * tiles * tileRows)
      for tap in 0..<inSlice {
        space[tables.panels][tap] = UnsafeRawPointer(packed + (start + tap) * columns * depth)
      }
      kernels.multiplyNarrow(product)
      product.accumulate = true
      start += inSlice
    } while start < taps
  }
}
