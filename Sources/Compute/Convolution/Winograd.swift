import KernelInterface

/// A convolution by Winograd's algorithm: tiles of the image become frequencies, each frequency is a matrix product
/// over the channels, and its results become tiles of the output. That takes about half of the
/// multiplications of sums over the taps.
///
/// After Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2016). Some tiles at a
/// time go all the way, so that their frequencies never leave the second-level cache.
struct Winograd {
  let algorithm: WinogradAlgorithm
  let tiles: WinogradTiles
  let sourceSize: ImageSize
  let source: UnsafePointer<Float>
  let weights: WinogradWeights
  let outputSize: ImageSize
  let output: UnsafeMutablePointer<Float>
  let accumulate: Bool
  let finish: Epilogue

  /// Tiles to a task, a multiple of the micro-kernel's rows.
  private static let tilesPerTask = 96
  /// With fewer, reading the weights' frequencies would take most of the time.
  private static let fewestTiles = 24
  /// Products of a tile that are made before they become pixels: those of 256 columns, of 128 where there are more
  /// frequencies.
  private static let productsPerTile = 9 * 256

  func run() {
    let kernels = InstructionSet.current.kernels
    let panels = Panels(depth: weights.depth, columns: weights.columns, kernels)
    let zeros = Storage.zeros(weights.depth)
    let target = max(Self.fewestTiles, min(Self.tilesPerTask, tiles.count / 4))
    let blocks = Blocks(tiles.count, target: target, multiple: tileRows)
    let plan = Plan(
      job: self, panels: panels, packed: weights.packed(panels, kernels), zeros: zeros,
      groups: Blocks(
        panels.count, target: Self.productsPerTile / algorithm.frequencies / panels.width),
      tilesPerTask: blocks.length, kernels: kernels)
    ThreadPool.shared.run(blocks.count) { task, worker in
      plan.run(blocks.range(task), plan.workspace.placed(in: .shared, worker))
    }
  }

  /// What all tasks share.
  private struct Plan {
    let job: Winograd
    let panels: Panels
    let packed: Storage
    let zeros: Storage
    /// The panels by groups.
    let groups: Blocks
    let kernels: any KernelSet.Type

    private(set) var workspace = Workspace()
    private let reads: Workspace.Piece<UnsafeRawPointer>
    private let writes: Workspace.Piece<UnsafeMutableRawPointer>
    private let beyond: Workspace.Piece<Float>
    private let tables: TileTables
    private let inputs: Workspace.Piece<Float>
    private let products: Workspace.Piece<Float>
    private let inputWidth: Int
    private let productWidth: Int
    private let inputStride: Int
    private let productStride: Int

    init(
      job: Winograd, panels: Panels, packed: Storage, zeros: Storage, groups: Blocks,
      tilesPerTask: Int, kernels: any KernelSet.Type
    ) {
      (self.job, self.panels, self.packed, self.zeros) = (job, panels, packed, zeros)
      (self.groups, self.kernels) = (groups, kernels)
      let algorithm = job.algorithm
      inputWidth = (panels.depth + 15) & ~15
      productWidth = min(groups.length * panels.width, (panels.columns + 15) & ~15)
      // Frequencies a power of two apart would fall on the same places of the first-level cache.
      inputStride = tilesPerTask * inputWidth + 16
      productStride = tilesPerTask * productWidth + 16
      reads = workspace.reserve(
        UnsafeRawPointer.self, tilesPerTask * algorithm.inputSide * algorithm.inputSide)
      writes = workspace.reserve(
        UnsafeMutableRawPointer.self, tilesPerTask * algorithm.outputSide * algorithm.outputSide)
      beyond = workspace.reserve(Float.self, panels.columns)
      tables = TileTables(&workspace, rows: tilesPerTask, taps: 1)
      inputs = workspace.reserve(Float.self, algorithm.frequencies * inputStride)
      products = workspace.reserve(Float.self, algorithm.frequencies * productStride)
    }

    /// Some tiles' way from input to output.
    func run(_ range: Range<Int>, _ space: Workspace) {
      fillTables(range, space)
      let algorithm = job.algorithm
      let (reads, writes) = (UnsafePointer(space[reads]), UnsafePointer(space[writes]))
      for group in 0..<groups.count {
        let (first, end) = (groups.range(group).lowerBound, groups.range(group).upperBound)
        let column = first * panels.width
        let columns = min(end * panels.width, panels.columns) - column
        for phase in 0..<algorithm.phases {
          // The frequencies of a single phase serve all groups.
          if group == 0 || algorithm.phases > 1 {
            kernels.winogradInput(
              algorithm, reads + algorithm.place(ofPhase: phase, side: algorithm.inputSide),
              tiles: range.count, channels: panels.depth, into: space[inputs],
              tileStride: inputWidth, frequencyStride: inputStride)
          }
          multiply(first..<end, phase, tiles: range.count, space)
          guard phase == algorithm.phases - 1 || !algorithm.sumsPhases else { continue }
          let place =
            algorithm.sumsPhases ? 0 : algorithm.place(ofPhase: phase, side: algorithm.outputSide)
          kernels.winogradOutput(
            algorithm, space[products], tiles: range.count, tileStride: productWidth,
            frequencyStride: productStride, channels: columns, into: writes + place,
            offset: column * 4, accumulate: job.accumulate)
        }
        job.finish(
          writes, count: algorithm.outputSide * algorithm.outputSide * range.count,
          column: column, columns: columns, kernels)
      }
    }

    /// The products of a group of panels, for each frequency.
    private func multiply(_ group: Range<Int>, _ phase: Int, tiles: Int, _ space: Workspace) {
      let frequencies = job.algorithm.frequencies
      space[tables.panels][0] = UnsafeRawPointer(packed.base + phase * frequencies * panels.size)
      var product = tables.product(space, count: tiles)
      product.accumulate = job.algorithm.sumsPhases && phase > 0
      for frequency in 0..<frequencies {
        for index in group {
          product.offset = frequency * inputStride * 4
          product.panelOffset = (frequency * panels.size + panels.start(index)) * 4
          // What fills up the last vector is multiplied, too, as the row has room for it.
          product.columns = panels.paddedColumns(index)
          product.outputOffset =
            (frequency * productStride + (index - group.lowerBound) * panels.width) * 4
          product.multiply(depth: panels.depth, kernels)
        }
      }
    }

    private func fillTables(_ range: Range<Int>, _ space: Workspace) {
      let (reads, writes) = (space[reads], space[writes])
      let outside = UnsafeRawPointer(zeros.base)
      let beyond = UnsafeMutableRawPointer(space[beyond])
      let algorithm = job.algorithm
      job.tiles.forEachPixel(
        of: range, in: job.sourceSize, side: algorithm.inputSide, step: algorithm.inputStep,
        margin: 1
      ) { place, pixel in
        reads[place] = pixel.map { UnsafeRawPointer(job.source + $0 * panels.depth) } ?? outside
      }
      let side = algorithm.outputSide
      job.tiles.forEachPixel(of: range, in: job.outputSize, side: side, step: side, margin: 0) {
        place, pixel in
        writes[place] =
          pixel.map { UnsafeMutableRawPointer(job.output + $0 * panels.columns) } ?? beyond
      }
      let rows = 0..<range.count
      tables.fillRows(space, rows: rows) {
        UnsafePointer(space[inputs] + $0 * inputWidth)
      }
      tables.fillOutputs(space, rows: rows) { space[products] + $0 * productWidth }
    }
  }
}
