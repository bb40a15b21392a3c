import KernelInterface

extension Convolution {
  /// The gradient of the weights with rounded operands.
  func roundedWeightGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dw: UnsafeMutablePointer<Float>,
    accumulate: Bool
  ) {
    let unit = BFloat16Unit.current
    let shifts = taps.map { Tap(y: $0.y - padding, x: $0.x - padding) }
    RoundedWeightGradient(
      convolution: self,
      geometry: Geometry(
        height: height, width: width, pitch: inChannels, depth: inChannels, taps: shifts,
        stride: stride, isMerged: false),
      input: BFloat16Image(
        x, pixels: batch * height * width, channels: inChannels, unit.kernels),
      gradient: BFloat16Image(
        dy, pixels: batch * outputHeight * outputWidth, channels: outChannels, unit.kernels),
      unit: unit
    ).run(into: dw, accumulate)
  }
}

/// The transposed gradient: a product [output channels, pixels] times [pixels, taps and input channels], some pixels
/// at a time. Of its operands only the left one has to be transposed, and that one is the same for all taps.
private struct RoundedWeightGradient {
  let convolution: Convolution
  let geometry: Convolution.Geometry
  let input: BFloat16Image
  let gradient: BFloat16Image
  let unit: BFloat16Unit

  /// Pixels to a slice, and chunks of channels to a task: with them, operands and sums stay in a second-level cache.
  private static let pixelsPerSlice = 512
  private static let inputChunksPerTask = 2
  private static let outputChunksPerTask = 4

  private var inChannels: Int { convolution.inChannels }
  private var outChannels: Int { convolution.outChannels }

  func run(into dw: UnsafeMutablePointer<Float>, _ accumulate: Bool) {
    let pixels = convolution.batch * convolution.outputHeight * convolution.outputWidth
    let slices = Blocks(pixels, target: Self.pixelsPerSlice, multiple: bfloat16Chunk)
    let inputs = Blocks(input.chunks, target: Self.inputChunksPerTask)
    let outputs = Blocks(gradient.chunks, target: Self.outputChunksPerTask)
    let tasks = inputs.count * outputs.count
    let sums = PartialSums(
      of: dw, count: geometry.taps.count * inChannels * outChannels, slices: slices.count,
      tasks: tasks)
    // What is read outside the image, and behind the last pixel.
    let zeros = Storage.zeros(max(input.pixelBytes, gradient.pixelBytes) / 4)
    var workspace = Workspace()
    let memory = Memory(
      &workspace, job: self, pixels: slices.length, inputs: inputs.length, outputs: outputs.length)
    unit.run(tasks * sums.parts.count) { task, worker in
      let part = task / tasks
      let share = Share(
        job: self, memory: memory, space: workspace.placed(in: .shared, worker),
        zeros: UnsafeRawPointer(zeros.base), inputs: inputs.range(task % tasks / outputs.count),
        outputs: outputs.range(task % outputs.count))
      share.begin()
      for slice in sums.parts.range(part) {
        share.add(slices.range(slice), accumulate: slice > sums.parts.range(part).lowerBound)
      }
      share.write(to: sums.target(part), accumulate: accumulate && part == 0)
    }
    sums.add()
  }

  /// A task's memory.
  struct Memory {
    /// The left operand.
    let left: BFloat16Rows
    /// A panel of the right one.
    let panel: Workspace.Piece<UInt8>
    /// The pixels of a slice that a tap reads.
    let reads: Workspace.Piece<UnsafeRawPointer>
    /// The sums, [output channels][taps][input channels].
    let sums: Workspace.Piece<Float>
    /// They transposed.
    let transposed: Workspace.Piece<Float>
    /// Floats from one row of sums to the next.
    let pitch: Int

    init(
      _ workspace: inout Workspace, job: RoundedWeightGradient, pixels: Int, inputs: Int,
      outputs: Int
    ) {
      let chunks = BFloat16Panels.chunks(pixels)
      let rows = outputs * bfloat16Chunk
      // Whole vectors more, as at powers of two rows would drive each other out of the cache.
      pitch = job.geometry.taps.count * inputs * bfloat16Chunk + 16
      left = BFloat16Rows(&workspace, count: rows, chunks: chunks)
      panel = workspace.reserve(
        UInt8.self, BFloat16Panels(columns: bfloat16Side, chunks: chunks).bytes)
      reads = workspace.reserve(UnsafeRawPointer.self, chunks * bfloat16Chunk)
      sums = workspace.reserve(Float.self, rows * pitch)
      transposed = workspace.reserve(Float.self, rows * bfloat16Chunk)
    }
  }

  /// What a task makes: the gradients of some chunks of input channels and some of output channels.
  struct Share {
    let job: RoundedWeightGradient
    let memory: Memory
    let space: Workspace
    let zeros: UnsafeRawPointer
    let inputs: Range<Int>
    let outputs: Range<Int>

    private var kernels: any KernelSet.Type { job.unit.kernels }
    private var rows: Int { outputs.count * bfloat16Chunk }
    private var sums: UnsafeMutablePointer<Float> { space[memory.sums] }

    func begin() {
      for row in 0..<rows {
        memory.left.outputs(space)[row] = UnsafeMutableRawPointer(sums + row * memory.pitch)
      }
    }

    /// Adds the products of some pixels.
    func add(_ pixels: Range<Int>, accumulate: Bool) {
      let chunks = BFloat16Panels.chunks(pixels.count)
      let panels = BFloat16Panels(
        columns: job.geometry.taps.count * inputs.count * bfloat16Chunk, chunks: chunks)
      let reads = space[memory.reads]
      for place in pixels.count..<chunks * bfloat16Chunk { reads[place] = zeros }
      for (place, pixel) in pixels.enumerated() { reads[place] = job.gradient.pixel(pixel) }
      for part in 0..<outputs.count {
        for chunk in 0..<chunks {
          kernels.packTransposedPixels(
            reads + chunk * bfloat16Chunk,
            offset: (outputs.lowerBound + part) * BFloat16Panels.chunkBytes,
            into: memory.left.row(part * bfloat16Chunk, space) + chunk * BFloat16Panels.chunkBytes,
            pitch: memory.left.pitch)
        }
      }
      let panel = UnsafeMutableRawPointer(space[memory.panel])
      for (number, tap) in job.geometry.taps.enumerated() {
        fillReads(tap, pixels)
        for part in 0..<inputs.count {
          for chunk in 0..<chunks {
            kernels.packPixels(
              reads + chunk * bfloat16Chunk,
              offset: (inputs.lowerBound + part) * BFloat16Panels.chunkBytes,
              into: panel + chunk * 2 * BFloat16Panels.tileBytes)
          }
          job.unit.multiply(
            memory.left.product(
              space, count: rows, panels, number * inputs.count + part, panel,
              outputPitch: memory.pitch * 4, accumulate: accumulate))
        }
      }
    }

    /// The input's pixels that a tap reads for those of the output.
    private func fillReads(_ tap: Convolution.Tap, _ pixels: Range<Int>) {
      let (convolution, geometry) = (job.convolution, job.geometry)
      let step = geometry.stride * job.input.pixelBytes
      convolution.outputSize.forEachRow(of: pixels) { place, image, y, columns in
        geometry.forEachRun(of: tap, in: image, row: y, columns, of: convolution.outputWidth) {
          run, first in
          let entries = space[memory.reads] + (place + run.lowerBound - columns.lowerBound)
          guard let first else { return entries.update(repeating: zeros, count: run.count) }
          let source = job.input.pixel(first)
          for index in 0..<run.count { entries[index] = source + index * step }
        }
      }
    }

    /// Writes the sums, or adds them, to where they belong.
    func write(to dw: UnsafeMutablePointer<Float>, accumulate: Bool) {
      let (first, transposed) = (outputs.lowerBound * bfloat16Chunk, space[memory.transposed])
      let columns = min(rows, job.outChannels - first)
      let width = (columns + 15) & ~15
      for tap in 0..<job.geometry.taps.count {
        for part in 0..<inputs.count {
          let channel = (inputs.lowerBound + part) * bfloat16Chunk
          let depth = min(bfloat16Chunk, job.inChannels - channel)
          kernels.packTransposedPanel(
            sums + (tap * inputs.count + part) * bfloat16Chunk, stride: memory.pitch, depth: depth,
            columns: columns, into: transposed)
          for row in 0..<depth {
            let target = dw + (tap * job.inChannels + channel + row) * job.outChannels + first
            if accumulate {
              kernels.combine(.add, target, transposed + row * width, target, columns, false)
            } else {
              target.update(from: transposed + row * width, count: columns)
            }
          }
        }
      }
    }
  }
}
