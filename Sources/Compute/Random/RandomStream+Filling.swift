import KernelInterface

extension RandomStream {
  /// Normal deviates of that shape, whose first dimension counts samples from `firstSample` on.
  public func normals(_ shape: [Int], firstSample: Int = 0, step: Int = 0) -> Values {
    Values(shape) { fillNormals($0, shape: shape, firstSample: firstSample, step: step) }
  }

  /// Uniform numbers in [0, 1) of that shape, whose first dimension counts samples.
  public func uniforms(_ shape: [Int], firstSample: Int = 0, step: Int = 0) -> Values {
    Values(shape) { fillUniforms($0, shape: shape, firstSample: firstSample, step: step) }
  }

  /// Fills an array with normal deviates, made by Box and Muller's method without the system's
  /// mathematical library; none is more than 6.8 deviations from the mean.
  ///
  /// - Parameters:
  ///   - shape: of `y`; the first dimension counts samples.
  ///   - firstSample: which sample the first one is.
  public func fillNormals(
    _ y: UnsafeMutablePointer<Float>, shape: [Int], mean: Float = 0, standardDeviation: Float = 1,
    firstSample: Int = 0, step: Int = 0
  ) {
    // For two numbers: sqrt(-2 log u), a cosine and a sine, two products; each scaled and shifted.
    Work.add(elements: shape.reduce(1, *), operations: 6, arrays: 1)
    let kernels = InstructionSet.current.kernels
    forEachPiece(shape, firstSample, step) { start, count, place, first in
      kernels.fillNormals(y + start, count, place, first, mean, standardDeviation)
    }
  }

  /// Fills an array with uniform numbers, low + (high - low) u with u in [0, 1) a multiple of 2^-24.
  ///
  /// - Parameters:
  ///   - shape: of `y`; the first dimension counts samples.
  ///   - firstSample: which sample the first one is.
  public func fillUniforms(
    _ y: UnsafeMutablePointer<Float>, shape: [Int], from low: Float = 0, to high: Float = 1,
    firstSample: Int = 0, step: Int = 0
  ) {
    Work.add(elements: shape.reduce(1, *), operations: 2, arrays: 1)
    let kernels = InstructionSet.current.kernels
    forEachPiece(shape, firstSample, step) { start, count, place, first in
      kernels.fillUniforms(y + start, count, place, first, low, high)
    }
  }

  /// Dropout: y = or += x / (1 - rate) where an element is kept, 0 where it is dropped, which happens
  /// with probability `rate`. Its gradient is the same call on the gradient: nothing is stored.
  ///
  /// Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting" (2014).
  /// - Parameters:
  ///   - x: of any shape; `y` may be its array, if nothing is accumulated.
  ///   - rate: in [0, 1).
  public func dropout(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, shape: [Int], rate: Float,
    accumulate: Bool = false, firstSample: Int = 0, step: Int = 0
  ) {
    precondition(rate >= 0 && rate < 1, "dropout at a rate of \(rate)")
    Work.add(elements: shape.reduce(1, *), operations: 2, arrays: 2, accumulate: accumulate)
    let kernels = InstructionSet.current.kernels
    let threshold = Self.threshold(ofRate: rate)
    let scale = Float(1 / (1 - Double(rate)))
    forEachPiece(shape, firstSample, step) { start, count, place, first in
      kernels.dropout(x + start, y + start, count, place, first, threshold, scale, accumulate)
    }
  }

  /// Words below are dropped at that rate.
  static func threshold(ofRate rate: Float) -> UInt32 {
    UInt32(min((Double(rate) * 0x1p32).rounded(), 0x1p32 - 1))
  }

  /// Cuts an array into pieces of samples, and runs `body` for each: where it begins in the array, its
  /// length, the sample's place and the piece's first element there.
  private func forEachPiece(
    _ shape: [Int], _ firstSample: Int, _ step: Int,
    _ body: (_ start: Int, _ count: Int, _ place: RandomPlace, _ first: Int) -> Void
  ) {
    // Not even a size that no numbers are enough for matters to a rehearsal.
    guard !MemoryPlan.isRehearsal else { return }
    let samples = shape.first ?? 1
    let size = shape.dropFirst().reduce(1, *)
    precondition(size <= 1 << 34, "random numbers for samples of \(size) elements")
    guard samples > 0 && size > 0 else { return }
    _ = place(sample: firstSample + samples - 1, step: step)
    // Large samples are cut, small ones are taken several at a time.
    let pieces = Blocks(size, target: Self.elementsPerTask, multiple: 64)
    let groups = Blocks(samples, target: max(1, Self.elementsPerTask / size))
    ThreadPool.shared.run(groups.count * pieces.count) { task, _ in
      let piece = pieces.range(task % pieces.count)
      for sample in groups.range(task / pieces.count) {
        let place = place(sample: firstSample + sample, step: step)
        body(sample * size + piece.lowerBound, piece.count, place, piece.lowerBound)
      }
    }
  }

  private static let elementsPerTask = 16384
}
