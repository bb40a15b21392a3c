import KernelInterface

extension KernelBenchmark {
  /// On the activations of UNets, where they branch and meet.
  static let elementwise: [KernelBenchmark] = [(32, 28, 64), (8, 32, 128), (12, 8, 128)].flatMap {
    batch, side, channels in
    let (rows, columns) = (side * side, channels)
    let (count, shape) = (batch * rows * columns, images(batch, side, channels))
    func bench(
      _ name: String, _ access: StreamAccess,
      _ call: @escaping @Sendable (_ x: Storage, _ y: Storage, _ z: Storage) -> Void
    ) -> KernelBenchmark {
      KernelBenchmark(name, shape, access) {
        let (x, y, z) = (numbers(count), numbers(count), numbers(count))
        return { call(x, y, z) }
      }
    }
    return [
      bench("add", .add) {
        Elementwise.combine(.add, $0.base, $1.base, into: $2.base, count: count)
      },
      bench("multiply", .add) {
        Elementwise.combine(.multiply, $0.base, $1.base, into: $2.base, count: count)
      },
      bench("scaled-sum", .add) {
        Elementwise.scaledSum(0.5, $0.base, 0.5, $1.base, into: $2.base, count: count)
      },
      bench("square", .copy) { x, _, z in
        Elementwise.transform(.square, x.base, into: z.base, count: count)
      },
      bench("copy", .copy) { x, _, z in Elementwise.copy(x.base, into: z.base, count: count) },
      bench("accumulate", .update) { x, _, z in
        Elementwise.copy(x.base, into: z.base, count: count, accumulate: true)
      },
      bench("copy-rows", .copy) { x, _, z in
        Elementwise.copyRows(
          x.base, distance: columns, into: z.base, distance: columns, rows: batch * rows,
          columns: columns)
      },
      bench("add-row", .copy) { x, y, z in
        Elementwise.addRow(
          x.base, y.base, into: z.base, groups: batch, rows: rows, columns: columns)
      },
      bench("fill", .write) { _, _, z in Elementwise.fill(z.base, count: count, with: 1) },
    ]
  }

  static let reductions: [KernelBenchmark] =
    // Gradients of biases.
    [(768, 512), (16384, 1536), (25088, 64), (262_144, 3)].map { rows, columns in
      KernelBenchmark("column-sums", "\(rows)x\(columns)", .read) {
        let (x, y) = (numbers(rows * columns), Storage(count: columns))
        return { Reductions.columnSums(x.base, into: y.base, rows: rows, columns: columns) }
      }
    }
    // Of a model's gradients, before they are clipped.
    + slabs.map { name, count in
      KernelBenchmark("sum-of-squares", name, .read) {
        let x = numbers(count)
        return { _ = Reductions.sumOfSquares(x.base, count: count) }
      }
    } + [
      KernelBenchmark("mean-squared-error", "32x28x28x1", .read) {
        let (x, y) = (numbers(25088), numbers(25088))
        return { _ = Reductions.meanSquaredError(x.base, y.base, count: 25088) }
      },
      KernelBenchmark("row-sums", "16384x384", .read) {
        let (x, y) = (numbers(16384 * 384), Storage(count: 16384))
        return { Reductions.rowSums(x.base, into: y.base, rows: 16384, columns: 384) }
      },
      KernelBenchmark("row-means", images(128, 7, 96), .read) {
        let (x, y) = (numbers(128 * 49 * 96), Storage(count: 128 * 96))
        return { Reductions.rowMeans(x.base, into: y.base, images: 128, rows: 49, columns: 96) }
      },
    ]

  /// Where UNets make images larger.
  static let resamplings: [KernelBenchmark] = [(32, 7, 128), (32, 14, 128), (8, 16, 256)].flatMap {
    batch, side, channels in
    let count = batch * side * side * channels
    let nearest = Resampling.nearest(
      batch: batch, height: side, width: side, channels: channels, factor: 2)
    return [
      KernelBenchmark("nearest", images(batch, side, channels), .copy) {
        let (x, y) = (numbers(count), Storage(count: 4 * count))
        return { nearest.forward(x.base, into: y.base) }
      },
      KernelBenchmark("nearest-gradient", images(batch, side, channels), .copy) {
        let (dy, dx) = (numbers(4 * count), Storage(count: count))
        return { nearest.gradient(dy.base, into: dx.base) }
      },
    ]
  }

  static let randomNumbers: [KernelBenchmark] =
    // A UNet's noise and a DCGAN's latents.
    [[32, 28, 28, 1], [8, 32, 32, 3], [64, 100]].flatMap { shape in
      let (stream, name) = (
        RandomStream(seed: 0, purpose: .noise), shape.map { "\($0)" }.joined(separator: "x")
      )
      let count = shape.reduce(1, *)
      return [
        KernelBenchmark("normals", name, .write) {
          let y = Storage(count: count)
          return { stream.fillNormals(y.base, shape: shape) }
        },
        KernelBenchmark("uniforms", name, .write) {
          let y = Storage(count: count)
          return { stream.fillUniforms(y.base, shape: shape) }
        },
      ]
    }
    // A transformer's dropout.
    + [[64, 256, 384], [16, 256, 128]].map { shape in
      KernelBenchmark("dropout", shape.map { "\($0)" }.joined(separator: "x")) {
        let count = shape.reduce(1, *)
        let (x, y) = (numbers(count), Storage(count: count))
        let stream = RandomStream(seed: 0, purpose: .dropout)
        return { stream.dropout(x.base, into: y.base, shape: shape, rate: 0.2) }
      }
    }
}
