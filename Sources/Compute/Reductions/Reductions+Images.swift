import KernelInterface

extension Reductions {
  /// y [images, columns] = or += the mean of each image's rows, of x [images, rows, columns].
  public static func rowMeans(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, images: Int, rows: Int,
    columns: Int, accumulate: Bool = false
  ) {
    precondition(
      images >= 0 && rows > 0 && columns >= 0, "row means of \(images)x\(rows)x\(columns)")
    // The scaled sum counts what is written.
    Work.add(elements: images * rows * columns, operations: 1, arrays: 1)
    let kernels = InstructionSet.current.kernels
    let sums = Storage(count: images * columns)
    ThreadPool.shared.run(images) { image, _ in
      kernels.columnSums(
        x + image * rows * columns, columns, rows, columns, sums.base + image * columns)
    }
    let scale = 1 / Float(rows)
    Elementwise.scaledSum(
      scale, sums.base, 0, sums.base, into: y, count: images * columns, accumulate: accumulate)
  }
}
