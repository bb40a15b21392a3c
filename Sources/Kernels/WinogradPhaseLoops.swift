// The transforms of a phase of a 4x4 kernel with stride 2, a 2x2 kernel with stride 1.

/// Three vectors of a row or column of a phase's tile.
private typealias Line = (Vector, Vector, Vector)

/// The three frequencies of column `index`.
@inline(always)
private func column(_ index: Int, _ source: UnsafePointer<Float>, _ stride: Int) -> Line {
  let first = source + index &* stride
  return (load(first), load(first + 3 &* stride), load(first + 6 &* stride))
}

/// Writes the three frequencies of row `row`.
@inline(always)
private func store(
  _ line: Line, _ row: Int, _ target: UnsafeMutablePointer<Float>, _ stride: Int
) {
  let first = target + 3 &* row &* stride
  store(line.0, first)
  store(line.1, first + stride)
  store(line.2, first + 2 &* stride)
}

/// B^T d B: three by three pixels, `spacing` apart, of a tile with `side` pixels to a row.
struct PhaseInputLoop: VectorLoop {
  let pixels: UnsafePointer<UnsafeRawPointer>
  let side: Int
  let spacing: Int
  let target: UnsafeMutablePointer<Float>
  let stride: Int

  /// B^T times a line.
  @inline(always)
  private func transform(_ a: Vector, _ b: Vector, _ c: Vector) -> Line { (a - b, b, b - c) }

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let (pixels, spacing, rowStep) = (pixels, spacing, spacing &* side)
    @inline(always) func column(_ index: Int) -> Line {
      @inline(always) func pixel(_ row: Int) -> Vector {
        let pixel = pixels[row &* rowStep &+ index &* spacing]
        return load(pixel.assumingMemoryBound(to: Float.self) + i, left: left)
      }
      return transform(pixel(0), pixel(1), pixel(2))
    }
    let a = column(0), b = column(1), c = column(2)
    store(transform(a.0, b.0, c.0), 0, target + i, stride)
    store(transform(a.1, b.1, c.1), 1, target + i, stride)
    store(transform(a.2, b.2, c.2), 2, target + i, stride)
  }
}

/// A^T m A: two by two pixels, `spacing` apart, of a tile with `side` pixels to a row.
struct PhaseOutputLoop: VectorLoop {
  let source: UnsafePointer<Float>
  let stride: Int
  let pixels: UnsafePointer<UnsafeMutableRawPointer>
  let side: Int
  let spacing: Int
  let offset: Int
  let accumulate: Bool

  /// A^T times a line.
  @inline(always)
  private func transform(_ line: Line) -> (Vector, Vector) { (line.0 + line.1, line.1 - line.2) }

  @inline(always)
  private func put(_ line: (Vector, Vector), _ row: Int, _ i: Int, _ left: Int) {
    let place = row &* spacing &* side
    let first = (pixels[place] + offset).assumingMemoryBound(to: Float.self)
    let second = (pixels[place &+ spacing] + offset).assumingMemoryBound(to: Float.self)
    store(line.0, first + i, left: left, accumulate: accumulate)
    store(line.1, second + i, left: left, accumulate: accumulate)
  }

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let a = transform(column(0, source + i, stride)), b = transform(column(1, source + i, stride))
    let c = transform(column(2, source + i, stride))
    put(transform((a.0, b.0, c.0)), 0, i, left)
    put(transform((a.1, b.1, c.1)), 1, i, left)
  }
}

/// G g G^T of one row of a phase's weights.
struct PhaseWeightLoop: VectorLoop {
  let source: UnsafePointer<Float>
  let tapStride: Int
  let target: UnsafeMutablePointer<Float>
  let stride: Int

  /// G times a line.
  @inline(always)
  private func transform(_ a: Vector, _ b: Vector) -> Line { (a, a + b, b) }

  @inline(always)
  private func column(_ index: Int, _ i: Int, _ left: Int) -> Line {
    let first = source + (2 &* index &* tapStride &+ i)
    return transform(load(first, left: left), load(first + 8 &* tapStride, left: left))
  }

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let a = column(0, i, left), b = column(1, i, left)
    store(transform(a.0, b.0), 0, target + i, stride)
    store(transform(a.1, b.1), 1, target + i, stride)
    store(transform(a.2, b.2), 2, target + i, stride)
  }
}

/// A y A^T of one tile.
struct PhaseOutputGradientLoop: VectorLoop {
  let pixels: UnsafePointer<UnsafeRawPointer>
  let offset: Int
  let target: UnsafeMutablePointer<Float>
  let stride: Int

  /// A times a line.
  @inline(always)
  private func transform(_ a: Vector, _ b: Vector) -> Line { (a, a + b, -b) }

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
  }
}

/// G^T u G of one row of a phase's weights.
struct PhaseWeightGradientLoop: VectorLoop {
  let source: UnsafePointer<Float>
  let stride: Int
  let target: UnsafeMutablePointer<Float>
  let tapStride: Int
  let accumulate: Bool

  /// G^T times a line.
  @inline(always)
  private func transform(_ line: Line) -> (Vector, Vector) { (line.0 + line.1, line.1 + line.2) }

  @inline(always)
  private func put(_ line: (Vector, Vector), _ row: Int, _ i: Int, _ left: Int) {
    let first = target + (8 &* row &* tapStride &+ i)
    store(line.0, first, left: left, accumulate: accumulate)
    store(line.1, first + 2 &* tapStride, left: left, accumulate: accumulate)
  }

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let a = transform(column(0, source + i, stride)), b = transform(column(1, source + i, stride))
    let c = transform(column(2, source + i, stride))
    put(transform((a.0, b.0, c.0)), 0, i, left)
    put(transform((a.1, b.1, c.1)), 1, i, left)
  }
}
