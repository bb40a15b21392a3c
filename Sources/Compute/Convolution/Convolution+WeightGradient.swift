import KernelInterface

extension Convolution {
  /// The gradient of the weights: dw [Kh, Kw, In, Out] = or += the sum over pixels of
  /// x [N, H, W, In] times dy [N, H', W', Out].
  public func weightGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dw: UnsafeMutablePointer<Float>,
    accumulate: Bool = false
  ) {
    guard batch > 0 else {
      if !accumulate {
        dw.update(repeating: 0, count: taps.count * inChannels * outChannels)
      }
      return
    }
    if let (rows, depth) = asMatrix {
      MatrixProduct(
        m: depth, n: outChannels, k: rows, transposeA: true, precision: precision)(
          x, dy, into: dw, accumulate: accumulate)
      return
    }
    count(input: 1, weights: accumulate ? 2 : 1, output: 1)
    if isRounded {
      return roundedWeightGradient(x, dy, into: dw, accumulate: accumulate)
    }
    if let algorithm = winograd {
      return WinogradWeightGradient(algorithm: algorithm, convolution: self, x: x, dy: dy)
        .run(into: dw, accumulate)
    }
    withMergedTaps(x) { source, geometry in
      WeightGradient(convolution: self, source: source, geometry: geometry, dy: dy)
        .run(into: dw, accumulate)
    }
  }
}

/// For each tap a product [In, pixels] times [pixels, Out]: the left operand is the image as it lies,
/// the pixels' channels being its rows; the right one is packed, some rows of pixels at a time.
private struct WeightGradient {
  let convolution: Convolution
  let source: UnsafePointer<Float>
  let geometry: Convolution.Geometry
  let dy: UnsafePointer<Float>
  let kernels = InstructionSet.current.kernels

  /// Pixels that are summed in registers before the sums go to memory, about.
  private static let pixelsPerSlice = 128
  /// Input channels to a task.
  private static let channelsPerTask = 8 * tileRows

  private var columns: Int { convolution.outChannels }
  private var outputWidth: Int { convolution.outputWidth }
  private var imageRows: Int { convolution.batch * convolution.outputHeight }

  func run(into dw: UnsafeMutablePointer<Float>, _ accumulate: Bool) {
    let slices = Blocks(
      imageRows, target: max(1, Self.pixelsPerSlice / max(1, outputWidth)), multiple: 1)
    let panels = Panels(depth: slices.length * outputWidth, columns: columns, kernels)
    let channels = Blocks(geometry.depth, target: Self.channelsPerTask, multiple: tileRows)
    let tasks = panels.count * channels.count
    let sums = PartialSums(
      of: dw, count: geometry.taps.count * geometry.depth * columns, slices: slices.count,
      // Counted by the widest panel: the cut must not depend on the instruction set.
      tasks: (columns + 63) / 64 * channels.count)

    var workspace = Workspace()
    let plan = Plan(&workspace, self, slices, panels, channels)
    ThreadPool.shared.run(tasks * sums.parts.count) { task, worker in
      let part = task / tasks
      plan.run(
        workspace.placed(in: .shared, worker), slices: sums.parts.range(part),
        panel: task % tasks / channels.count, channels: channels.range(task % channels.count),
        into: sums.target(part), accumulate: accumulate && part == 0)
    }
    sums.add()
  }

  /// What all tasks share.
  struct Plan {
    let job: WeightGradient
    let slices: Blocks
    let panels: Panels
    let packed: Workspace.Piece<Float>
    let runs: Workspace.Piece<UnsafeRawPointer>
    let runPanels: Workspace.Piece<UnsafeRawPointer>
    let tables: TileTables

    init(
      _ workspace: inout Workspace, _ job: WeightGradient, _ slices: Blocks, _ panels: Panels,
      _ channels: Blocks
    ) {
      (self.job, self.slices, self.panels) = (job, slices, panels)
      packed = workspace.reserve(Float.self, panels.depth * panels.width)
      runs = workspace.reserve(UnsafeRawPointer.self, slices.length * tileRows)
      runPanels = workspace.reserve(UnsafeRawPointer.self, slices.length)
      tables = TileTables(&workspace, rows: channels.length, taps: 1)
    }

    /// The sums over some slices of the pixels, for one panel of output channels and some input
    /// channels, of all taps.
    func run(
      _ space: Workspace, slices range: Range<Int>, panel index: Int, channels: Range<Int>,
      into dw: UnsafeMutablePointer<Float>, accumulate: Bool
    ) {
      let (columns, first) = (panels.columns(index), index * panels.width)
      var product = tables.product(space, count: 0)
      product.panels = UnsafePointer(space[runPanels])
      product.rows = UnsafePointer(space[runs])
      product.rowsPerTile = 0
      product.offsetPerTile = tileRows * 4
      product.step = job.geometry.stride * job.geometry.pitch * 4
      product.columns = columns
      product.accumulate = accumulate
      for slice in range {
        let imageRows = slices.range(slice)
        job.kernels.packPanel(
          job.dy + imageRows.lowerBound * job.outputWidth * job.columns + first,
          stride: job.columns, depth: imageRows.count * job.outputWidth, columns: columns,
          into: space[packed])
        for (tap, shift) in job.geometry.taps.enumerated() {
          let valid = job.geometry.validColumns(shift, of: job.outputWidth)
          tables.fillOutputs(space, rows: channels) {
            dw + (tap * job.geometry.depth + $0) * job.columns + first
          }
          // A tile reads six channels in turn; those that fill up the last one are read twice.
          let whole = channels.count / tileRows * tileRows
          for (start, count) in [(0, whole), (whole, channels.count - whole)] where count > 0 {
            product.taps = fillRuns(
              space, imageRows, shift, valid, padded: panels.paddedColumns(index),
              last: min(count, tileRows) - 1)
            product.depth = product.taps == 0 ? 0 : valid.count
            product.count = count
            product.offset = (channels.lowerBound + start) * 4
            product.outputs = UnsafePointer(space[tables.outputs] + start)
            job.kernels.multiply(product)
          }
        }
        product.accumulate = true
      }
    }

    /// A run for each row of pixels that the tap reads inside the image; returns how many there are.
    private func fillRuns(
      _ space: Workspace, _ imageRows: Range<Int>, _ shift: Convolution.Tap, _ valid: Range<Int>,
      padded: Int, last: Int
    ) -> Int {
      let (geometry, height) = (job.geometry, job.convolution.outputHeight)
      var count = 0
      for row in imageRows where !valid.isEmpty {
        let (image, y) = (row / height, row % height * geometry.stride + shift.y)
        guard y >= 0 && y < geometry.height else { continue }
        let x = valid.lowerBound * geometry.stride + shift.x
        let pixel =
          job.source + ((image * geometry.height + y) * geometry.width + x) * geometry.pitch
        for channel in 0..<tileRows {
          space[runs][count * tileRows + channel] = UnsafeRawPointer(pixel + min(channel, last))
        }
        let place = (row - imageRows.lowerBound) * job.outputWidth + valid.lowerBound
        space[runPanels][count] = UnsafeRawPointer(space[packed] + place * padded)
        count += 1
      }
      return count
    }
  }
}
