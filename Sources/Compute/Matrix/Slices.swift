import KernelInterface

/// How the depth of a sum is cut: each slice is summed in registers, the slices one after another in
/// memory.
///
/// The cut depends on the depth alone, so the bits of a sum depend neither on the other sizes nor on
/// the instruction set or the threads.
struct Slices {
  let depth: Int
  /// The length of all slices but the last.
  let length: Int
  let count: Int

  /// A slice of a full panel is to stay in the second-level cache beside the rows that meet it.
  static let longest = 384

  init(depth: Int) {
    self.depth = depth
    let wanted = max(1, (depth + Self.longest - 1) / Self.longest)
    length = max(1, (depth + wanted - 1) / wanted)
    count = max(1, (depth + length - 1) / length)
  }

  /// One slice.
  init(whole depth: Int) { (self.depth, length, count) = (depth, max(1, depth), 1) }

  /// Where slice `index` begins.
  func start(_ index: Int) -> Int { index * length }

  /// How long slice `index` is.
  func length(_ index: Int) -> Int { min(length, depth - index * length) }
}

extension TileProduct {
  /// The product with a panel of so many rows, slice after slice.
  func multiply(depth: Int, _ kernels: any KernelSet.Type) {
    let slices = Slices(depth: depth)
    for slice in 0..<slices.count { multiply(slice, of: slices, kernels) }
  }

  /// One slice of that product, to be called in their order.
  func multiply(_ slice: Int, of slices: Slices, _ kernels: any KernelSet.Type) {
    var part = self
    part.depth = slices.length(slice)
    part.offset += slices.start(slice) * step
    part.panelOffset += slices.start(slice) * ((columns + 15) & ~15) * 4
    part.accumulate = accumulate || slice > 0
    kernels.multiply(part)
  }
}
