import KernelInterface

/// A task's share of a grid: some output pixels and all their channels.
struct IndirectConvolutionShare {
  let grid: IndirectConvolution
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
    grid.outputSize.forEachRow(of: pixels) { place, image, y, columns in
      fillRow(image, y, columns, at: place)
    }
    // The last pixel is repeated to fill up its tile.
    let padded = (pixels.count + tileRows - 1) / tileRows * tileRows
    for place in pixels.count..<padded {
      grid.outputSize.forEachRow(of: pixels.suffix(1)) { _, image, y, columns in
        fillReads(image, y, columns, at: place)
      }
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

  /// All taps of the share's pixels times one panel.
  func multiply(
    _ panels: Panels, _ index: Int, _ packed: UnsafeMutablePointer<Float>, _ accumulate: Bool
  ) {
    let depth = grid.geometry.depth
    let rowBytes = panels.paddedColumns(index) * 4
    var product = tables.product(space, count: count)
    product.columns = panels.columns(index)
    product.outputOffset = index * panels.width * 4
    product.accumulate = accumulate
    forEachSlice(of: &product, packed + panels.start(index), bytesPerTap: depth * rowBytes) {
      if $0.taps > 1 {
        $0.depth = depth
        kernels.multiply($0)
      } else {
        // Of a single tap the depth may be too long, too.
        $0.multiply(depth: depth, kernels)
      }
      $0.accumulate = true
    }
  }

  /// The same for at most four columns, all of them at once.
  func multiplyNarrow(_ packed: UnsafeMutablePointer<Float>, _ columns: Int, _ accumulate: Bool) {
    var product = tables.product(space, count: count)
    product.columns = columns
    product.depth = grid.geometry.depth
    product.accumulate = accumulate
    forEachSlice(of: &product, packed, bytesPerTap: columns * product.depth * 4) {
      kernels.multiplyNarrow($0)
      $0.accumulate = true
    }
  }

  /// Calls `body` for each slice of the taps in turn, with the product set to it. Without taps it is
  /// called once, for the sums of nothing.
  private func forEachSlice(
    of product: inout TileProduct, _ panel: UnsafeMutablePointer<Float>, bytesPerTap: Int,
    _ body: (inout TileProduct) -> Void
  ) {
    let taps = grid.geometry.taps.count
    let tiles = (count + tileRows - 1) / tileRows
    for tap in 0..<taps {
      space[tables.panels][tap] = UnsafeRawPointer(panel) + tap * bytesPerTap
    }
    var start = 0
    repeat {
      product.taps = min(grid.tapsPerSlice, taps - start)
      product.rowsPerTile = product.taps * tileRows
      product.rows = UnsafePointer(space[tables.rows] + start * tiles * tileRows)
      product.panels = UnsafePointer(space[tables.panels] + start)
      body(&product)
      start += product.taps
    } while start < taps
  }
}
