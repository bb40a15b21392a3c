extension KernelBenchmark {
  /// The products and convolutions of the recipes' models, and the yardsticks.
  public static let all: [KernelBenchmark] = matrixProducts

  private static let matrixProducts: [KernelBenchmark] = [
    matrixProduct(1024, 1024, 1024),
    matrixProduct(16384, 384, 384),
    matrixProduct(16384, 1536, 384),
    matrixProduct(16384, 384, 1536),
    matrixProduct(768, 128, 128),
    matrixProduct(768, 65, 128),
    matrixProduct(4096, 65, 384),
    matrixProduct(64, 8192, 100),
    matrixProduct(64, 1, 8192),
    matrixProduct(4096, 3, 1024),
    matrixProduct(384, 1536, 16384, transposeA: true),
    matrixProduct(384, 384, 16384, transposeA: true),
    matrixProduct(100, 8192, 64, transposeA: true),
    matrixProduct(16384, 384, 1536, transposeB: true),
    matrixProduct(64, 100, 8192, transposeB: true),
  ]

  private static func matrixProduct(
    _ m: Int, _ n: Int, _ k: Int, transposeA: Bool = false, transposeB: Bool = false
  ) -> KernelBenchmark {
    KernelBenchmark(
      name: "matrix-product" + (transposeA ? "-ta" : "") + (transposeB ? "-tb" : ""),
      shape: "\(m)x\(n)x\(k)", operations: 2 * Double(m) * Double(n) * Double(k)
    ) {
      let (a, b, c) = (numbers(m * k), numbers(k * n), Values([m, n]))
      let product = MatrixProduct(
        m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB)
      return { product(a.pointer, b.pointer, into: c.storage.base) }
    }
  }

  /// Numbers between -1 and 1.
  private static func numbers(_ count: Int) -> Values {
    Values([count]) { values in
      for i in 0..<count { values[i] = Float((i &* 7919) % 1009) / 504.5 - 1 }
    }
  }
}
