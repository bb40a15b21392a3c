import KernelInterface

extension Native: ReductionKernels {
  static func reduce(
    _ reduction: Reduction, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int
  ) -> Float {
    // Four sums take turns, so that an addition does not wait for the one before.
    var sums = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
    var i = 0
    while i < count {
      let rest = count &- i
      let a = load(x + i, left: rest)
      let next =
        switch reduction {
        case .sum: sums.0 + a
        case .sumOfSquares: fma(a, a, sums.0)
        case .dot: fma(a, load(y + i, left: rest), sums.0)
        case .squaredDistance: accumulateSquare(a - load(y + i, left: rest), sums.0)
        case .largestMagnitude: largerMagnitude(a, sums.0)
        }
      sums = (sums.1, sums.2, sums.3, next)
      i = i &+ 16
    }
    if case .largestMagnitude = reduction {
      let pairs = largerMagnitude(
        largerMagnitude(sums.0, sums.1), largerMagnitude(sums.2, sums.3))
      var largest: UInt32 = 0
      for lane in 0..<16 { largest = max(largest, pairs[lane].bitPattern) }
      return Float(bitPattern: largest)
    }
    return sum((sums.0 + sums.1) + (sums.2 + sums.3))
  }

  @inline(always)
  private static func accumulateSquare(_ difference: Vector, _ sum: Vector) -> Vector {
    fma(difference, difference, sum)
  }

  /// The larger of |x| and `largest`, as bit patterns, in whose order NaN is above infinity.
  @inline(always)
  private static func largerMagnitude(_ x: Vector, _ largest: Vector) -> Vector {
    let magnitude = abs(x)
    return choose(bits(magnitude) .> bits(largest), magnitude, largest)
  }

  static func columnSums(
    _ x: UnsafePointer<Float>, _ stride: Int, _ rows: Int, _ columns: Int,
    _ y: UnsafeMutablePointer<Float>
  ) {
    var column = 0
    while column &+ 64 <= columns {
      var (a, b, c, d) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
      var row = x + column
      for _ in 0..<rows {
        a += load(row)
        b += load(row + 16)
        c += load(row + 32)
        d += load(row + 48)
        row += stride
      }
      store(a, y + column)
      store(b, y + column + 16)
      store(c, y + column + 32)
      store(d, y + column + 48)
      column = column &+ 64
    }
    while column < columns {
      var sum = Vector.zero
      var row = x + column
      for _ in 0..<rows {
        sum += load(row, left: columns &- column)
        row += stride
      }
      store(sum, y + column, left: columns &- column)
      column = column &+ 16
    }
  }
}
