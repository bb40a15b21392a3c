import KernelInterface

extension Native: ChannelNormKernels {
  static func momentSums(
    _ x: UnsafePointer<Float>, rows: Int, channels: Int, into sums: UnsafeMutablePointer<Float>
  ) {
    let squares = sums + channels
    clear(sums, count: channels &* 2)
    var row = 1  // The first row's differences are zeros.
    while row < rows {
      let r = x + row &* channels
      var c = 0
      while c < channels {
        let left = channels &- c
        let d = load(r + c, left: left) - load(x + c, left: left)
        store(load(sums + c, left: left) + d, sums + c, left: left)
        store(fma(d, d, load(squares + c, left: left)), squares + c, left: left)
        c = c &+ 16
      }
      row = row &+ 1
    }
  }

  static func moments(
    _ sums: UnsafePointer<Float>, _ x: UnsafePointer<Float>, rows: Int, channels: Int,
    mean: UnsafeMutablePointer<Double>, squares: UnsafeMutablePointer<Double>
  ) {
    for c in 0..<channels {
      mean[c] = 0
      squares[c] = 0
    }
    // The means of the blocks first, then what the blocks' own deviations leave out: theirs from the
    // common mean. (Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for
    // Computing Sample Variances", 1979.)
    var row = 0
    var block = sums
    while row < rows {
      let first = x + row &* channels
      let count = Double(blockLength(row, rows))
      for c in 0..<channels { mean[c] += Double(first[c]) * count + Double(block[c]) }
      row = row &+ rowsPerBlock
      block += 2 &* channels
    }
    for c in 0..<channels { mean[c] /= Double(rows) }
    row = 0
    block = sums
    while row < rows {
      let first = x + row &* channels
      let count = Double(blockLength(row, rows))
      let reciprocal = 1 / count
      for c in 0..<channels {
        let shifted = Double(block[c]) * reciprocal
        let own = Double(block[channels &+ c]) - shifted * Double(block[c])
        let distance = Double(first[c]) + shifted - mean[c]
        squares[c] += (own > 0 ? own : 0) + count * distance * distance
      }
      row = row &+ rowsPerBlock
      block += 2 &* channels
    }
  }

  static func scaleAndShift(
    _ x: UnsafePointer<Float>, rows: Int, channels: Int, scale: UnsafePointer<Float>,
    shift: UnsafePointer<Float>, activation: Activation, into y: UnsafeMutablePointer<Float>
  ) {
    ScaleAndShiftLoop(x: x, y: y, rows: rows, columns: channels, scale: scale, shift: shift)
      .run(activation)
  }

  static func normGradientSums(
    _ factors: NormFactors, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int,
    into sums: UnsafeMutablePointer<Float>
  ) {
    clear(sums, count: factors.channels &* 2)
    GradientSumsLoop(factors: factors, x: x, dy: dy, rows: rows, sums: sums)
      .run(factors.activation)
  }

  static func normGradient(
    _ factors: NormFactors, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int,
    into dx: UnsafeMutablePointer<Float>, accumulate: Bool
  ) {
    GradientLoop(factors: factors, x: x, dy: dy, rows: rows, dx: dx, accumulate: accumulate)
      .run(factors.activation)
  }

  static func sumRows(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, into sums: UnsafeMutablePointer<Double>
  ) {
    for c in 0..<columns { sums[c] = 0 }
    for row in 0..<rows {
      let r = x + row &* columns
      for c in 0..<columns { sums[c] += Double(r[c]) }
    }
  }

  private static func clear(_ x: UnsafeMutablePointer<Float>, count: Int) {
    for i in 0..<count { x[i] = 0 }
  }

  @inline(always)
  private static func blockLength(_ row: Int, _ rows: Int) -> Int {
    let left = rows &- row
    return left < rowsPerBlock ? left : rowsPerBlock
  }
}

private struct ScaleAndShiftLoop: ActivationLoop {
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let rows: Int
  let columns: Int
  let scale: UnsafePointer<Float>
  let shift: UnsafePointer<Float>

  @inline(always)
  func step<Function: ActivationFunction>(_ f: Function, row: Int, column: Int, left: Int) {
    let place = row &* columns &+ column
    let u = fma(
      load(x + place, left: left), load(scale + column, left: left),
      load(shift + column, left: left))
    store(f.value(u), y + place, left: left)
  }
}

private struct GradientSumsLoop: ActivationLoop {
  let factors: NormFactors
  let x: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let rows: Int
  let sums: UnsafeMutablePointer<Float>

  var columns: Int { factors.channels }

  @inline(always)
  func step<Function: ActivationFunction>(_ f: Function, row: Int, column: Int, left: Int) {
    let place = row &* columns &+ column
    let value = load(x + place, left: left)
    let scale = load(factors.scale + column, left: left)
    let u = fma(value, scale, load(factors.shift + column, left: left))
    let du = load(dy + place, left: left) * f.derivative(u)
    let deviation = value - load(factors.center + column, left: left)
    let (first, second) = (sums + column, sums + columns + column)
    store(fma(du, deviation, load(first, left: left)), first, left: left)
    store(load(second, left: left) + du, second, left: left)
  }
}

private struct GradientLoop: ActivationLoop {
  let factors: NormFactors
  let x: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let rows: Int
  let dx: UnsafeMutablePointer<Float>
  let accumulate: Bool

  var columns: Int { factors.channels }

  @inline(always)
  func step<Function: ActivationFunction>(_ f: Function, row: Int, column: Int, left: Int) {
    let place = row &* columns &+ column
    let value = load(x + place, left: left)
    let scale = load(factors.scale + column, left: left)
    let u = fma(value, scale, load(factors.shift + column, left: left))
    let du = load(dy + place, left: left) * f.derivative(u)
    let slope = load(factors.slope + column, left: left)
    let gradient = fma(du, scale, fma(value, slope, load(factors.offset + column, left: left)))
    store(gradient, dx + place, left: left, accumulate: accumulate)
  }
}
