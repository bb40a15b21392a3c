import CProcessor
import KernelInterface

/// What multiplies bfloat16 numbers: the matrix unit, or the vector kernels with the same bits.
struct BFloat16Unit {
  let kernels: any KernelSet.Type
  let isMatrixUnit: Bool

  /// Whether this processor has a matrix unit that the system lets the program use.
  static let isAvailable = processor_has_matrix_unit()

  /// The one in use: with AVX-512, which every processor with a matrix unit has, the unit if it is there.
  static var current: BFloat16Unit {
    let set = InstructionSet.current
    return BFloat16Unit(
      kernels: set.kernels, isMatrixUnit: isAvailable && set == .avx512)
  }

  /// Runs tasks on all threads, each of which may multiply.
  func run(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    ThreadPool.shared.run(tasks) { task, worker in
      if isMatrixUnit { matrix_unit_begin() }
      body(task, worker)
      if isMatrixUnit { matrix_unit_end() }
    }
  }

  /// C = or += A B, within a task of `run`.
  func multiply(_ tiles: BFloat16Tiles) {
    guard isMatrixUnit else { return kernels.multiply(tiles) }
    var tiles = matrix_unit_tiles(
      rows: tiles.rows, pitch: tiles.pitch, count: tiles.count, panel: tiles.panel,
      chunks: tiles.chunks, columns: tiles.columns, outputs: UnsafeRawPointer(tiles.outputs),
      output_offset: tiles.outputOffset, output_pitch: tiles.outputPitch, spill: tiles.spill,
      accumulate: tiles.accumulate)
    matrix_unit_multiply(&tiles)
  }
}

extension Precision {
  /// Whether the unit is in use whose sums the precision has, so that it is fast.
  public var hasUnit: Bool { self == .float32 || BFloat16Unit.current.isMatrixUnit }
}
