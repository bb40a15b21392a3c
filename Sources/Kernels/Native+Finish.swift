import KernelInterface

extension Native {
  static func finish(
    _ rows: UnsafePointer<UnsafeMutableRawPointer>, count: Int, offset: Int, columns: Int,
    bias: UnsafePointer<Float>?, activation: Activation
  ) {
    for row in 0..<count {
      let c = (rows[row] + offset).assumingMemoryBound(to: Float.self)
      for column in 0..<columns {
        let x = c[column] + (bias?[column] ?? 0)
        c[column] = activation == .relu ? max(x, 0) : x
      }
    }
  }
}
