import KernelInterface

/// The frequencies of weights as the right operands of products: for each frequency of each phase
/// a matrix [depth, columns] in panels.
struct WinogradWeights {
  let algorithm: WinogradAlgorithm
  /// The weights [Kh, Kw, In, Out].
  let base: UnsafePointer<Float>
  let inChannels: Int
  let outChannels: Int
  /// Whether the products go from the output's channels back to the input's: with the weights
  /// transposed, and the taps in the opposite order.
  let isBackward: Bool

  /// Rows of a panel to a task.
  private static let rowsPerTask = 32

  /// The channels that are summed over.
  var depth: Int { isBackward ? outChannels : inChannels }

  /// The channels that the products have.
  var columns: Int { isBackward ? inChannels : outChannels }

  private var frequencies: Int { algorithm.phases * algorithm.frequencies }

  /// The panels of all frequencies, one frequency after the other, phase after phase.
  func packed(_ panels: Panels, _ kernels: any KernelSet.Type) -> Storage {
    let packed = Storage(count: frequencies * panels.size)
    let blocks = Blocks(depth, target: Self.rowsPerTask, multiple: 16)
    var workspace = Workspace()
    let spectrum = workspace.reserve(
      Float.self, frequencies * blocks.length * (panels.width + 16))
    ThreadPool.shared.run(panels.count * blocks.count) { task, worker in
      let (index, rows) = (task / blocks.count, blocks.range(task % blocks.count))
      let first = index * panels.width
      pack(
        rows, first..<first + panels.columns(index),
        into: packed.base + panels.start(index) + rows.lowerBound * panels.paddedColumns(index),
        frequencyStride: panels.size,
        through: workspace.placed(in: .shared, worker)[spectrum], kernels)
    }
    return packed
  }

  /// Transforms the weights of some rows and columns of the products, and packs them.
  private func pack(
    _ rows: Range<Int>, _ columns: Range<Int>, into target: UnsafeMutablePointer<Float>,
    frequencyStride: Int, through spectrum: UnsafeMutablePointer<Float>,
    _ kernels: any KernelSet.Type
  ) {
    let size = inChannels * outChannels
    let last = (algorithm.kernelSide * algorithm.kernelSide - 1) * size
    // As they lie, the output's channels are the columns.
    let (inputs, outputs) = isBackward ? (columns, rows) : (rows, columns)
    let stride = (outputs.count + 15) & ~15
    let first = base + inputs.lowerBound * outChannels + outputs.lowerBound
    kernels.winogradWeights(
      algorithm, isBackward ? first + last : first, tapStride: isBackward ? -size : size,
      stride: outChannels, rows: inputs.count, columns: outputs.count, into: spectrum,
      rowStride: stride, frequencyStride: inputs.count * stride)
    for frequency in 0..<frequencies {
      let source = spectrum + frequency * inputs.count * stride
      let panel = target + frequency * frequencyStride
      if isBackward {
        kernels.packTransposedPanel(
          source, stride: stride, depth: rows.count, columns: columns.count, into: panel)
      } else {
        kernels.packPanel(
          source, stride: stride, depth: rows.count, columns: columns.count, into: panel)
      }
    }
  }
}
