import KernelInterface

extension Native {
  static func gatedSilu(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, into y: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      let a = x + row &* 2 &* columns
      var loop = GatedLoop(a: a, b: a + columns, y: y + row &* columns)
      loop.run(columns)
    }
  }

  static func gatedSiluGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int, columns: Int,
    into dx: UnsafeMutablePointer<Float>, accumulate: Bool
  ) {
    for row in 0..<rows {
      let start = row &* 2 &* columns
      var loop = GatedGradientLoop(
        a: x + start, b: x + (start &+ columns), dy: dy + row &* columns, da: dx + start,
        db: dx + (start &+ columns), accumulate: accumulate)
      loop.run(columns)
    }
  }
}

private struct GatedLoop: VectorLoop {
  let a: UnsafePointer<Float>
  let b: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    store(Silu().value(load(a + i, left: left)) * load(b + i, left: left), y + i, left: left)
  }
}

private struct GatedGradientLoop: VectorLoop {
  let a: UnsafePointer<Float>
  let b: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let da: UnsafeMutablePointer<Float>
  let db: UnsafeMutablePointer<Float>
  let accumulate: Bool

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let (gate, value, gradient) = (
      load(a + i, left: left), load(b + i, left: left), load(dy + i, left: left)
    )
    let s = sigmoid(gate)
    let slope = s * fma(gate, 1 - s, 1)
    store(gradient * value * slope, da + i, left: left, accumulate: accumulate)
    store(gradient * (gate * s), db + i, left: left, accumulate: accumulate)
  }
}
