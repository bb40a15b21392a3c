extension KernelBenchmark {
  static let products: [KernelBenchmark] =
    [
      product(1024, 1024, 1024),
      // Transformers' layers, forward, and the gradients of weights and of inputs.
      product(16384, 384, 384), product(16384, 1536, 384), product(16384, 384, 1536),
      product(4096, 512, 128), product(768, 128, 128), product(768, 65, 128),
      product(4096, 65, 384), product(384, 1536, 16384, transposeA: true),
      product(384, 384, 16384, transposeA: true), product(16384, 384, 1536, transposeB: true),
      // The ends of a DCGAN.
      product(64, 8192, 100), product(64, 1, 8192), product(4096, 3, 1024),
      product(100, 8192, 64, transposeA: true), product(64, 100, 8192, transposeB: true),
      // A step of Newton and Schulz in Muon.
      product(128, 128, 512, transposeB: true), product(128, 128, 128), product(128, 512, 128),
      // A text that is written, and GPT-2's logits.
      product(1, 384, 128), product(1, 1152, 384), product(1, 384, 1536), product(1, 65, 384),
      product(1, 50257, 768), product(1, 50257, 768, transposeB: true), product(8, 50257, 768),
    ] + [packed(50, 512, 128), packed(64, 1536, 384)]

  static let roundedProducts = [
    product(16384, 384, 384, .bfloat16Amx), product(16384, 1536, 384, .bfloat16Amx),
    product(16384, 384, 1536, .bfloat16Amx), product(4096, 512, 128, .bfloat16Amx),
    product(16384, 384, 1536, transposeB: true, .bfloat16Amx),
    product(384, 1536, 16384, transposeA: true, .bfloat16Amx),
    product(384, 384, 16384, transposeA: true, .bfloat16Amx),
  ]

  /// A text that is written with a large vocabulary and a small one, and eight of them.
  static let lowPrecisionProducts = [WeightPrecision.bfloat16, .int8].flatMap { precision in
    [
      lowPrecision(1, 50257, 768, precision), lowPrecision(8, 50257, 768, precision),
      lowPrecision(1, 1152, 384, precision), lowPrecision(1, 384, 1536, precision),
    ]
  }

  private static func lowPrecision(
    _ m: Int, _ n: Int, _ k: Int, _ precision: WeightPrecision
  ) -> KernelBenchmark {
    KernelBenchmark("matrix-product-\(precision.rawValue)", "\(m)x\(n)x\(k)", .read) {
      let (a, c) = (numbers(m * k), Storage(count: m * n))
      let matrix = LowPrecisionMatrix(Values([k, n], in: numbers(k * n)), precision)
      return { matrix(a.base, rows: m, into: c.base) }
    }
  }

  private static func product(
    _ m: Int, _ n: Int, _ k: Int, transposeA: Bool = false, transposeB: Bool = false,
    _ precision: Precision = .float32
  ) -> KernelBenchmark {
    KernelBenchmark(
      "matrix-product" + (transposeA ? "-ta" : "") + (transposeB ? "-tb" : "") + precision.suffix,
      "\(m)x\(n)x\(k)", m == 1 ? .read : .copy
    ) {
      let (a, b, c) = (numbers(m * k), numbers(k * n), Storage(count: m * n))
      let product = MatrixProduct(
        m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB, precision: precision)
      return { product(a.base, b.base, into: c.base) }
    }
  }

  /// Rows that meet a weight which is packed once, as in a recurrent layer: by sixes, as there.
  private static func packed(_ m: Int, _ n: Int, _ k: Int) -> KernelBenchmark {
    KernelBenchmark("matrix-product-packed", "\(m)x\(n)x\(k)") {
      let (a, b, c) = (numbers(m * k), numbers(k * n), Storage(count: m * n))
      let packed = PackedMatrix(b.base, depth: k, columns: n, InstructionSet.current.kernels)
      let blocks = Blocks(m, target: 12, multiple: 6)
      var workspace = Workspace()
      let tables = TileTables(&workspace, rows: blocks.length, taps: 1)
      return { [workspace] in
        Work.add(operations: 2 * m * n * k, floats: m * k + k * n + m * n)
        ThreadPool.shared.run(blocks.count) { task, worker in
          let rows = blocks.range(task)
          packed.multiply(
            a.base + rows.lowerBound * k, stride: k, rows: rows.count,
            into: c.base + rows.lowerBound * n, stride: n, tables,
            workspace.placed(in: .shared, worker))
        }
      }
    }
  }
}
