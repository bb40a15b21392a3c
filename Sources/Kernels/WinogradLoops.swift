import KernelInterface

// A transform in two dimensions is one along the columns and one along the rows; each is written for a
// line of vectors, which hold sixteen channels.

/// Four vectors of a row or column of a tile.
private typealias Line = (Vector, Vector, Vector, Vector)

/// The four frequencies of column `index`.
@inline(always)
private func column(_ index: Int, _ source: UnsafePointer<Float>, _ stride: Int) -> Line {
  let first = source + index &* stride
  return (
    load(first), load(first + 4 &* stride), load(first + 8 &* stride), load(first + 12 &* stride)
  )
}

/// Writes the four frequencies of row `row`.
@inline(always)
private func store(
  _ line: Line, _ row: Int, _ target: UnsafeMutablePointer<Float>, _ stride: Int
) {
  let first = target + 4 &* row &* stride
  store(line.0, first)
  store(line.1, first + stride)
  store(line.2, first + 2 &* stride)
  store(line.3, first + 3 &* stride)
}

/// B^T d B of one tile.
struct InputLoop: VectorLoop {
  let pixels: UnsafePointer<UnsafeRawPointer>
  let target: UnsafeMutablePointer<Float>
  let stride: Int

  /// B^T times a line.
  @inline(always)
  private func transform(_ a: Vector, _ b: Vector, _ c: Vector, _ d: Vector) -> Line {
    (a - c, b + c, c - b, b - d)
  }

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let pixels = pixels
    @inline(always) func pixel(_ index: Int) -> Vector {
      load(pixels[index].assumingMemoryBound(to: Float.self) + i, left: left)
    }
    let a = transform(pixel(0), pixel(4), pixel(8), pixel(12))
    let b = transform(pixel(1), pixel(5), pixel(9), pixel(13))
    let c = transform(pixel(2), pixel(6), pixel(10), pixel(14))
    let d = transform(pixel(3), pixel(7), pixel(11), pixel(15))
    store(transform(a.0, b.0, c.0, d.0), 0, target + i, stride)
    store(transform(a.1, b.1, c.1, d.1), 1, target + i, stride)
    store(transform(a.2, b.2, c.2, d.2), 2, target + i, stride)
    store(transform(a.3, b.3, c.3, d.3), 3, target + i, stride)
  }
}

/// A^T m A of one tile.
struct OutputLoop: VectorLoop {
  let source: UnsafePointer<Float>
  let stride: Int
  let pixels: UnsafePointer<UnsafeMutableRawPointer>
  let offset: Int
  let accumulate: Bool

  /// A^T times a line.
  @inline(always)
  private func transform(_ line: Line) -> (Vector, Vector) {
    (line.0 + line.1 + line.2, line.1 - line.2 - line.3)
  }

  @inline(always)
  private func put(_ line: (Vector, Vector), _ row: Int, _ i: Int, _ left: Int) {
    let first = (pixels[2 &* row] + offset).assumingMemoryBound(to: Float.self)
    let second = (pixels[2 &* row &+ 1] + offset).assumingMemoryBound(to: Float.self)
    store(line.0, first + i, left: left, accumulate: accumulate)
    store(line.1, second + i, left: left, accumulate: accumulate)
  }

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let a = transform(column(0, source + i, stride)), b = transform(column(1, source + i, stride))
    let c = transform(column(2, source + i, stride)), d = transform(column(3, source + i, stride))
    put(transform((a.0, b.0, c.0, d.0)), 0, i, left)
    put(transform((a.1, b.1, c.1, d.1)), 1, i, left)
  }
}

/// G g G^T of one row of weights.
struct WeightLoop: VectorLoop {
  let source: UnsafePointer<Float>
  let tapStride: Int
  let target: UnsafeMutablePointer<Float>
  let stride: Int

  /// G times a line.
  @inline(always)
  private func transform(_ a: Vector, _ b: Vector, _ c: Vector) -> Line {
    let half = Vector(repeating: 0.5)
    let ends = a + c
    return (a, half * (ends + b), half * (ends - b), c)
  }

  /// G times a column of taps.
  @inline(always)
  private func column(_ index: Int, _ i: Int, _ left: Int) -> Line {
    let first = source + (index &* tapStride &+ i)
    return transform(
      load(first, left: left), load(first + 3 &* tapStride, left: left),
      load(first + 6 &* tapStride, left: left))
  }

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let a = column(0, i, left), b = column(1, i, left), c = column(2, i, left)
    store(transform(a.0, b.0, c.0), 0, target + i, stride)
    store(transform(a.1, b.1, c.1), 1, target + i, stride)
    store(transform(a.2, b.2, c.2), 2, target + i, stride)
    store(transform(a.3, b.3, c.3), 3, target + i, stride)
  }
}

/// A y A^T of one tile.
struct OutputGradientLoop: VectorLoop {
  let pixels: UnsafePointer<UnsafeRawPointer>
  let offset: Int
  let target: UnsafeMutablePointer<Float>
  let stride: Int

  /// A times a line.
  @inline(always)
  private func transform(_ a: Vector, _ b: Vector) -> Line { (a, a + b, a - b, -b) }

  @inline(always)
  private func pixel(_ index: Int, _ i: Int, _ left: Int) -> Vector {
    load((pixels[index] + offset).assumingMemoryBound(to: Float.self) + i, left: left)
  }

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let a = transform(pixel(0, i, left), pixel(2, i, left))
    let b = transform(pixel(1, i, left), pixel(3, i, left))
    store(transform(a.0, b.0), 0, target + i, stride)
    store(transform(a.1, b.1), 1, target + i, stride)
    store(transform(a.2, b.2), 2, target + i, stride)
    store(transform(a.3, b.3), 3, target + i, stride)
  }
}

/// G^T u G of one row of weights.
struct WeightGradientLoop: VectorLoop {
  let source: UnsafePointer<Float>
  let stride: Int
  let target: UnsafeMutablePointer<Float>
  let tapStride: Int
  let accumulate: Bool

  /// G^T times a line.
  @inline(always)
  private func transform(_ line: Line) -> (Vector, Vector, Vector) {
    let half = Vector(repeating: 0.5)
    let even = half * (line.1 + line.2)
    return (line.0 + even, half * (line.1 - line.2), even + line.3)
  }

  @inline(always)
  private func put(_ line: (Vector, Vector, Vector), _ row: Int, _ i: Int, _ left: Int) {
    let first = target + (3 &* row &* tapStride &+ i)
    store(line.0, first, left: left, accumulate: accumulate)
    store(line.1, first + tapStride, left: left, accumulate: accumulate)
    store(line.2, first + 2 &* tapStride, left: left, accumulate: accumulate)
  }

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let a = transform(column(0, source + i, stride)), b = transform(column(1, source + i, stride))
    let c = transform(column(2, source + i, stride)), d = transform(column(3, source + i, stride))
    put(transform((a.0, b.0, c.0, d.0)), 0, i, left)
    put(transform((a.1, b.1, c.1, d.1)), 1, i, left)
    put(transform((a.2, b.2, c.2, d.2)), 2, i, left)
  }
}
