import KernelInterface

extension Native: LayerNormKernels {
  static func layerNorm(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, weight: UnsafePointer<Float>?,
    bias: UnsafePointer<Float>?, epsilon: Float, into y: UnsafeMutablePointer<Float>,
    mean: UnsafeMutablePointer<Float>?, rstd: UnsafeMutablePointer<Float>
  ) {
    let count = Float(columns)
    for row in 0..<rows {
      let r = x + row &* columns
      var center: Float = 0
      if let mean {
        center = sum(r, columns) / count
        mean[row] = center
      }
      var squares = SquaresLoop(x: r, center: center)
      squares.run(columns)
      let inverse = 1 / (sum(squares.total) / count + epsilon).squareRoot()
      rstd[row] = inverse
      var normalize = NormalizeLoop(
        x: r, y: y + row &* columns, weight: weight, bias: bias, center: center, inverse: inverse)
      normalize.run(columns)
    }
  }

  static func layerNormGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int, columns: Int,
    weight: UnsafePointer<Float>?, mean: UnsafePointer<Float>?,
    rstd: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>?,
    accumulate: Bool, sums: UnsafeMutablePointer<Float>
  ) {
    let count = Float(columns)
    for i in 0..<2 &* columns { sums[i] = 0 }
    for row in 0..<rows {
      let start = row &* columns
      var total = RowGradientSumsLoop(
        x: x + start, dy: dy + start, weight: weight, weightSums: sums, biasSums: sums + columns,
        center: mean?[row] ?? 0, inverse: rstd[row])
      total.run(columns)
      guard let dx else { continue }
      var gradient = RowGradientLoop(
        x: x + start, dy: dy + start, weight: weight, dx: dx + start, accumulate: accumulate,
        center: total.center, inverse: total.inverse,
        plain: mean == nil ? 0 : sum(total.plain) / count,
        normalized: sum(total.normalized) / count)
      gradient.run(columns)
    }
  }
}

/// A vector of a parameter, or of its value where the norm has none.
@inline(always)
private func load(
  _ parameter: UnsafePointer<Float>?, _ i: Int, left: Int, or value: Float
) -> Vector {
  if let parameter { load(parameter + i, left: left) } else { Vector(repeating: value) }
}

private struct SquaresLoop: VectorLoop {
  let x: UnsafePointer<Float>
  let center: Float
  var total = Vector.zero

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let deviation = load(x + i, left: left, fill: center) - center
    total = fma(deviation, deviation, total)
  }
}

private struct NormalizeLoop: VectorLoop {
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let weight: UnsafePointer<Float>?
  let bias: UnsafePointer<Float>?
  let center: Float
  let inverse: Float

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let normalized = (load(x + i, left: left) - center) * inverse
    let scale = load(weight, i, left: left, or: 1)
    store(fma(normalized, scale, load(bias, i, left: left, or: 0)), y + i, left: left)
  }
}

/// The sums of w dy and of w dy n along a row, with n the normalized x, and the row's part of the
/// parameters' gradients.
private struct RowGradientSumsLoop: VectorLoop {
  let x: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let weight: UnsafePointer<Float>?
  let weightSums: UnsafeMutablePointer<Float>
  let biasSums: UnsafeMutablePointer<Float>
  let center: Float
  let inverse: Float
  var plain = Vector.zero
  var normalized = Vector.zero

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let n = (load(x + i, left: left) - center) * inverse
    let gradient = load(dy + i, left: left)
    let weighted = gradient * load(weight, i, left: left, or: 1)
    plain += weighted
    normalized = fma(weighted, n, normalized)
    store(fma(gradient, n, load(weightSums + i, left: left)), weightSums + i, left: left)
    store(load(biasSums + i, left: left) + gradient, biasSums + i, left: left)
  }
}

/// dx = (w dy - mean(w dy) - n mean(w dy n)) / deviation.
private struct RowGradientLoop: VectorLoop {
  let x: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let weight: UnsafePointer<Float>?
  let dx: UnsafeMutablePointer<Float>
  let accumulate: Bool
  let center: Float
  let inverse: Float
  let plain: Float
  let normalized: Float

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let n = (load(x + i, left: left) - center) * inverse
    let weighted = fma(
      load(dy + i, left: left), load(weight, i, left: left, or: 1), Vector(repeating: -plain))
    store(fma(n, -normalized, weighted) * inverse, dx + i, left: left, accumulate: accumulate)
  }
}
