import KernelInterface

/// A row of a product on the thread that asks for it, with the bits of `MatrixProduct`.
struct RowProduct {
  let kernels: any KernelSet.Type

  /// y [columns] = activation(x [depth] B + bias), with B [depth][stride].
  func callAsFunction(
    _ x: UnsafePointer<Float>, _ b: UnsafePointer<Float>, stride: Int, depth: Int, columns: Int,
    bias: UnsafePointer<Float>?, activation: Activation = .identity,
    into y: UnsafeMutablePointer<Float>
  ) {
    let slices = Slices(depth: depth)
    for slice in 0..<slices.count {
      let start = slices.start(slice)
      kernels.multiplyRow(
        x + start, b + start * stride, stride: stride, depth: slices.length(slice),
        columns: columns, into: y, accumulate: slice > 0)
    }
    finish(y, columns, bias: bias, activation: activation)
  }

  /// Adds the bias and applies the activation.
  func finish(
    _ y: UnsafeMutablePointer<Float>, _ columns: Int, bias: UnsafePointer<Float>?,
    activation: Activation = .identity
  ) {
    withUnsafePointer(to: UnsafeMutableRawPointer(y)) {
      Epilogue(bias: bias, activation: activation)(
        $0, count: 1, column: 0, columns: columns, kernels)
    }
  }
}
