import KernelInterface

extension Native: ElementwiseKernels {
  static func combine(
    _ operation: Combination, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
    _ z: UnsafeMutablePointer<Float>, _ count: Int, _ accumulate: Bool
  ) {
    var i = 0
    while i < count {
      let rest = count &- i
      let a = load(x + i, left: rest)
      let b = load(y + i, left: rest, fill: 1)
      let result =
        switch operation {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        }
      store(result, z + i, left: rest, accumulate: accumulate)
      i = i &+ 16
    }
  }

  static func scaledSum(
    _ a: Float, _ x: UnsafePointer<Float>, _ b: Float, _ y: UnsafePointer<Float>,
    _ z: UnsafeMutablePointer<Float>, _ count: Int, _ accumulate: Bool
  ) {
    var i = 0
    while i < count {
      let rest = count &- i
      let second = load(y + i, left: rest) * b
      store(fma(load(x + i, left: rest), a, second), z + i, left: rest, accumulate: accumulate)
      i = i &+ 16
    }
  }

  static func transform(
    _ operation: Transformation, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ count: Int, _ accumulate: Bool
  ) {
    var i = 0
    while i < count {
      let rest = count &- i
      let value = load(x + i, left: rest)
      let result =
        switch operation {
        case .affine(let scale, let offset): fma(value, scale, offset)
        case .square: value * value
        case .clamp(let low, let high):
          min(max(value, Vector(repeating: low)), Vector(repeating: high))
        }
      store(result, y + i, left: rest, accumulate: accumulate)
      i = i &+ 16
    }
  }

  static func clampGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>,
    _ count: Int, _ low: Float, _ high: Float, _ accumulate: Bool
  ) {
    var i = 0
    while i < count {
      let rest = count &- i
      let value = load(x + i, left: rest)
      let above = choose(
        value .>= Vector(repeating: low), load(dy + i, left: rest), Vector.zero)
      let inside = choose(value .<= Vector(repeating: high), above, Vector.zero)
      store(inside, dx + i, left: rest, accumulate: accumulate)
      i = i &+ 16
    }
  }

  static func fill(_ y: UnsafeMutablePointer<Float>, _ count: Int, _ value: Float) {
    let vector = Vector(repeating: value)
    var i = 0
    while i < count {
      store(vector, y + i, left: count &- i)
      i = i &+ 16
    }
  }

  static func addRow(
    _ x: UnsafePointer<Float>, _ row: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ rows: Int, _ columns: Int
  ) {
    var start = 0
    for _ in 0..<rows {
      combine(.add, x + start, row, y + start, columns, false)
      start = start &+ columns
    }
  }
}
