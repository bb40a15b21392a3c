import KernelInterface

/// One grid of output pixels, each the sum over some taps of the pixels they read times their weights.
///
/// A table of pointers says where each tap of each pixel reads; what lies outside the image reads
/// zeros. So stride, padding and transposition are one routine with the matrix product's micro-kernel,
/// and the image is never copied (Dukhan, "The Indirect Convolution Algorithm", 2019).
struct IndirectConvolution {
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

  /// The size of the grid.
  var outputSize: ImageSize { ImageSize(height: outputHeight, width: outputWidth) }

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
    _ grids: [IndirectConvolution], into output: UnsafeMutablePointer<Float>, height: Int,
    width: Int,
    _ accumulate: Bool, _ finish: Epilogue
  ) {
    if isRounded {
      return runRounded(grids, into: output, height: height, width: width, accumulate, finish)
    }
    let kernels = InstructionSet.current.kernels
    let columns = grids[0].weights.productColumns
    let isNarrow = columns <= 4 && grids[0].geometry.depth >= 16
    let zeros = Storage.zeros(grids.map(\.geometry.depth).max() ?? 0)

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
      let share = IndirectConvolutionShare(
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
