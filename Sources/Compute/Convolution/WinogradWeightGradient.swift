import KernelInterface

/// The gradient of weights by Winograd's algorithm: for each frequency a product [In, tiles] times
/// [tiles, Out] of the transformed input and the transformed gradient of the output; the sums are the
/// gradient of the weights' frequencies, and the transposed transform makes that of the weights.
struct WinogradWeightGradient {
  let algorithm: WinogradAlgorithm
  let convolution: Convolution
  let x: UnsafePointer<Float>
  let dy: UnsafePointer<Float>

  /// Tiles that are summed in registers before the sums go to memory.
  private static let tilesPerSlice = 64
  /// Input channels to a task, of all phases, and output channels: their sums for all frequencies are to stay in
  /// the second-level cache beside a slice of both operands.
  private static let channelsPerTask = 128

  func run(into dw: UnsafeMutablePointer<Float>, _ accumulate: Bool) {
    let kernels = InstructionSet.current.kernels
    let tiles = WinogradTiles(batch: convolution.batch, of: convolution.outputSize)
    let slices = Blocks(tiles.count, target: Self.tilesPerSlice)
    let panels = Panels(depth: slices.length, columns: convolution.outChannels, kernels)
    let groups = Blocks(panels.count, target: Self.channelsPerTask / panels.width)
    let channels = Blocks(
      convolution.inChannels, target: Self.channelsPerTask / algorithm.phases, multiple: 16)
    let tasks = groups.count * channels.count
    let sums = PartialSums(
      of: dw, count: convolution.taps.count * convolution.inChannels * convolution.outChannels,
      slices: slices.count,
      // Counted in channels: the cut must not depend on the panels, thus on the instruction set.
      tasks: (convolution.outChannels + Self.channelsPerTask - 1) / Self.channelsPerTask
        * channels.count)
    let zeros = Storage.zeros(max(convolution.inChannels, convolution.outChannels))
    let plan = Plan(
      job: self, tiles: tiles, slices: slices, panels: panels,
      panelsPerTask: groups.length, rowsPerTask: algorithm.phases * channels.length, zeros: zeros,
      kernels: kernels)
    ThreadPool.shared.run(tasks * sums.parts.count) { task, worker in
      let part = task / tasks
      plan.run(
        plan.workspace.placed(in: .shared, worker), slices: sums.parts.range(part),
        panels: groups.range(task % tasks / channels.count),
        channels: channels.range(task % channels.count), into: sums.target(part),
        accumulate: accumulate && part == 0)
    }
    sums.add()
  }

  /// What all tasks share.
  private struct Plan {
    let job: WinogradWeightGradient
    let tiles: WinogradTiles
    let slices: Blocks
    let panels: Panels
    let zeros: Storage
    let kernels: any KernelSet.Type

    private(set) var workspace = Workspace()
    private let pixels: Workspace.Piece<UnsafeRawPointer>
    private let tables: TileTables
    private let inputs: Workspace.Piece<Float>
    private let gradients: Workspace.Piece<Float>
    private let sums: Workspace.Piece<Float>
    private let inputWidth: Int
    private let sumWidth: Int
    private let inputStride: Int
    private let panelStride: Int
    private let gradientStride: Int
    private let sumStride: Int

    init(
      job: WinogradWeightGradient, tiles: WinogradTiles, slices: Blocks, panels: Panels,
      panelsPerTask: Int, rowsPerTask: Int, zeros: Storage, kernels: any KernelSet.Type
    ) {
      (self.job, self.tiles, self.slices, self.panels) = (job, tiles, slices, panels)
      (self.zeros, self.kernels) = (zeros, kernels)
      // Rows and frequencies a power of two apart would fall on the same places of the first-level
      // cache.
      inputWidth = (rowsPerTask + 15) & ~15 + 16
      sumWidth = min(panelsPerTask * panels.width, (panels.columns + 15) & ~15)
      inputStride = slices.length * inputWidth + 16
      panelStride = slices.length * panels.width
      gradientStride = panelsPerTask * panelStride + 16
      sumStride = rowsPerTask * sumWidth + 16
      let algorithm = job.algorithm
      pixels = workspace.reserve(
        UnsafeRawPointer.self, slices.length * algorithm.inputSide * algorithm.inputSide)
      tables = TileTables(&workspace, rows: rowsPerTask, taps: 1)
      inputs = workspace.reserve(Float.self, algorithm.frequencies * inputStride)
      gradients = workspace.reserve(Float.self, algorithm.frequencies * gradientStride)
      sums = workspace.reserve(Float.self, algorithm.frequencies * sumStride)
    }

    /// The sums over some slices of the tiles, for some input channels and some panels of output
    /// channels.
    func run(
      _ space: Workspace, slices range: Range<Int>, panels group: Range<Int>, channels: Range<Int>,
      into dw: UnsafeMutablePointer<Float>, accumulate: Bool
    ) {
      let rows = 0..<job.algorithm.phases * channels.count
      tables.fillRows(space, rows: rows) { UnsafePointer(space[inputs] + $0) }
      tables.fillOutputs(space, rows: rows) { space[sums] + $0 * sumWidth }
      for slice in range {
        transform(slices.range(slice), group, channels, space)
        multiply(
          group, tiles: slices.range(slice).count, rows: rows.count,
          accumulate: slice > range.lowerBound, space)
      }
      let (inChannels, outChannels) = (job.convolution.inChannels, panels.columns)
      let column = group.lowerBound * panels.width
      let first = dw + channels.lowerBound * outChannels + column
      for phase in 0..<job.algorithm.phases {
        let tap = job.algorithm.place(ofPhase: phase, side: job.algorithm.kernelSide)
        kernels.winogradWeightGradient(
          job.algorithm, space[sums] + phase * channels.count * sumWidth, rowStride: sumWidth,
          frequencyStride: sumStride, rows: channels.count,
          columns: min(group.upperBound * panels.width, outChannels) - column,
          into: first + tap * inChannels * outChannels, tapStride: inChannels * outChannels,
          stride: outChannels, accumulate: accumulate)
      }
    }

    /// The frequencies of both operands.
    private func transform(
      _ range: Range<Int>, _ group: Range<Int>, _ channels: Range<Int>, _ space: Workspace
    ) {
      let (pixels, outside) = (space[pixels], UnsafeRawPointer(zeros.base))
      let (algorithm, convolution) = (job.algorithm, job.convolution)
      let x = job.x + channels.lowerBound
      tiles.forEachPixel(
        of: range, in: convolution.inputSize, side: algorithm.inputSide,
        step: algorithm.inputStep, margin: 1
      ) { place, pixel in
        pixels[place] = pixel.map { UnsafeRawPointer(x + $0 * convolution.inChannels) } ?? outside
      }
      // What the last vector of a phase writes beyond its channels, the next phase overwrites.
      for phase in 0..<algorithm.phases {
        let first = algorithm.place(ofPhase: phase, side: algorithm.inputSide)
        kernels.winogradInput(
          algorithm, UnsafePointer(pixels + first), tiles: range.count, channels: channels.count,
          into: space[inputs] + phase * channels.count, tileStride: inputWidth,
          frequencyStride: inputStride)
      }
      let side = algorithm.outputSide
      tiles.forEachPixel(of: range, in: convolution.outputSize, side: side, step: side, margin: 0) {
        place, pixel in
        pixels[place] = pixel.map { UnsafeRawPointer(job.dy + $0 * panels.columns) } ?? outside
      }
      for index in group {
        kernels.winogradOutputGradient(
          algorithm, UnsafePointer(pixels), offset: index * panels.width * 4, tiles: range.count,
          channels: panels.columns(index),
          into: space[gradients] + (index - group.lowerBound) * panelStride,
          tileStride: panels.paddedColumns(index), frequencyStride: gradientStride)
      }
    }

    /// The products of a slice of tiles, for each frequency.
    private func multiply(
      _ group: Range<Int>, tiles: Int, rows: Int, accumulate: Bool, _ space: Workspace
    ) {
      space[tables.panels][0] = UnsafeRawPointer(space[gradients])
      var product = tables.product(space, count: rows)
      product.depth = tiles
      product.step = inputWidth * 4
      product.accumulate = accumulate
      for frequency in 0..<job.algorithm.frequencies {
        for index in 0..<group.count {
          product.offset = frequency * inputStride * 4
          product.panelOffset = (frequency * gradientStride + index * panelStride) * 4
          product.columns = panels.paddedColumns(group.lowerBound + index)
          product.outputOffset = (frequency * sumStride + index * panels.width) * 4
          kernels.multiply(product)
        }
      }
    }
  }
}
