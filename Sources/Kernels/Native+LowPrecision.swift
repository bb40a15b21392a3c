import KernelInterface

extension Native {
  static func packBFloat16Panel(
    _ source: UnsafePointer<Float>, stride: Int, depth: Int, columns: Int,
    into panel: UnsafeMutableRawPointer
  ) {
    var (from, to) = (source, panel)
    for _ in 0..<depth {
      var column = 0
      while column < 128 {
        let left = columns &- column
        store(
          pairs(load(from + column, left: left), load(from + (column &+ 16), left: left &- 16)), to,
          column &* 2)
        column = column &+ 32
      }
      from += stride
      to += 256
    }
  }

  static func unpackBFloat16Panel(
    _ panel: UnsafeRawPointer, depth: Int, columns: Int, into target: UnsafeMutablePointer<Float>,
    stride: Int
  ) {
    var column = 0
    while column < columns {
      unpack(
        BFloat16Vectors(panel, column: column), depth, columns &- column, target + column, stride)
      column = column &+ 16
    }
  }

  static func packInt8Panel(
    _ source: UnsafePointer<Float>, stride: Int, depth: Int, columns: Int,
    into panel: UnsafeMutableRawPointer, scales: UnsafeMutablePointer<Float>
  ) {
    var column = 0
    while column < 128 {
      let scale = int8Scale(source + column, stride, depth, columns &- column)
      store(scale, scales + column)
      pack(
        source + column, stride, depth, columns &- column, scale, byte: column &>> 4, into: panel)
      column = column &+ 16
    }
  }

  /// The scales of sixteen columns, of which `left` count.
  @inline(never)
  private static func int8Scale(
    _ source: UnsafePointer<Float>, _ stride: Int, _ depth: Int, _ left: Int
  ) -> Vector {
    var most = Vector.zero
    for k in 0..<depth {
      let size = abs(load(source + k &* stride, left: left))
      // What is no number stays none.
      most = choose(size .> most, size, choose(size .!= size, size, most))
    }
    // Up to the next of sixteen bits, so that no integer exceeds 127.
    let scale = most / Vector(repeating: 127)
    let up = (bits(scale) &+ IntegerVector(repeating: 255)) & IntegerVector(repeating: ~255)
    let rounded = choose(scale .< Vector(repeating: .infinity), floats(up), scale)
    return choose(most .< Vector(repeating: 1e-30), Vector.zero, rounded)
  }

  /// Writes byte `byte` of a row's eight times sixteen: words of four.
  @inline(never)
  private static func pack(
    _ source: UnsafePointer<Float>, _ stride: Int, _ depth: Int, _ left: Int, _ scale: Vector,
    byte: Int, into panel: UnsafeMutableRawPointer
  ) {
    // Columns that have no integers are zeros: where the scale is zero, or not finite.
    let isPlain = abs(scale) .< Vector(repeating: .infinity)
    let inverse = choose(
      scale .> Vector.zero, Vector(repeating: 1) / scale, Vector.zero)
    let shift = IntegerVector(repeating: Int32(truncatingIfNeeded: (byte & 3) &* 8))
    var to = panel + (byte &>> 2) &* 64
    for k in 0..<depth {
      let weight = choose(isPlain, load(source + k &* stride, left: left), Vector.zero)
      // 1.5 * 2^23 leaves the nearest integer in the low bits.
      let integer = bits(fma(weight, inverse, 12_582_912)) &+ IntegerVector(repeating: 128)
      let bytes = (integer & IntegerVector(repeating: 255)) &<< shift
      // The first byte of a word clears what was in memory.
      store(byte & 3 == 0 ? floats(bytes) : floats(bits(load(to)) | bytes), to)
      to += 128
    }
  }

  static func unpackInt8Panel(
    _ panel: UnsafeRawPointer, scales: UnsafePointer<Float>, depth: Int, columns: Int,
    into target: UnsafeMutablePointer<Float>, stride: Int
  ) {
    var column = 0
    while column < columns {
      unpack(
        Int8Vectors(panel, scales, column: column), depth, columns &- column, target + column,
        stride)
      column = column &+ 16
    }
  }

  @inline(always)
  private static func unpack<Weights: LowPrecisionVectors>(
    _ weights: Weights, _ depth: Int, _ left: Int, _ target: UnsafeMutablePointer<Float>,
    _ stride: Int
  ) {
    for k in 0..<depth { store(weights.at(k), target + k &* stride, left: left) }
  }
}
