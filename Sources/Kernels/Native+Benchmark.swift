import KernelInterface

extension Native {
  static func multiplyAdds(accumulators: Int, iterations: Int) -> Float {
    switch accumulators {
    case 24: multiplyAdds(iterations, 24)
    case 16: multiplyAdds(iterations, 16)
    case 12: multiplyAdds(iterations, 12)
    case 8: multiplyAdds(iterations, 8)
    case 6: multiplyAdds(iterations, 6)
    case 5: multiplyAdds(iterations, 5)
    default: multiplyAdds(iterations, 4)
    }
  }

  /// `accumulators` is a literal at each call.
  @inline(__always)
  private static func multiplyAdds(_ iterations: Int, _ accumulators: Int) -> Float {
    // Values near one that stay there, and that the compiler does not know.
    let seed = Float(iterations & 1)
    let factor = Vector(repeating: 1 - seed * 1e-20)
    let term = Vector(repeating: seed * 1e-20)
    var s0 = factor, s1 = factor, s2 = factor, s3 = factor
    var s4 = factor, s5 = factor, s6 = factor, s7 = factor
    var s8 = factor, s9 = factor, s10 = factor, s11 = factor
    var s12 = factor, s13 = factor, s14 = factor, s15 = factor
    var s16 = factor, s17 = factor, s18 = factor, s19 = factor
    var s20 = factor, s21 = factor, s22 = factor, s23 = factor
    for _ in 0..<iterations {
      s0 = fma(s0, factor, term)
      s1 = fma(s1, factor, term)
      s2 = fma(s2, factor, term)
      s3 = fma(s3, factor, term)
      if accumulators > 4 { s4 = fma(s4, factor, term) }
      if accumulators > 5 { s5 = fma(s5, factor, term) }
      if accumulators > 6 { s6 = fma(s6, factor, term) }
      if accumulators > 7 { s7 = fma(s7, factor, term) }
      if accumulators > 8 { s8 = fma(s8, factor, term) }
      if accumulators > 9 { s9 = fma(s9, factor, term) }
      if accumulators > 10 { s10 = fma(s10, factor, term) }
      if accumulators > 11 { s11 = fma(s11, factor, term) }
      if accumulators > 12 { s12 = fma(s12, factor, term) }
      if accumulators > 13 { s13 = fma(s13, factor, term) }
      if accumulators > 14 { s14 = fma(s14, factor, term) }
      if accumulators > 15 { s15 = fma(s15, factor, term) }
      if accumulators > 16 { s16 = fma(s16, factor, term) }
      if accumulators > 17 { s17 = fma(s17, factor, term) }
      if accumulators > 18 { s18 = fma(s18, factor, term) }
      if accumulators > 19 { s19 = fma(s19, factor, term) }
      if accumulators > 20 { s20 = fma(s20, factor, term) }
      if accumulators > 21 { s21 = fma(s21, factor, term) }
      if accumulators > 22 { s22 = fma(s22, factor, term) }
      if accumulators > 23 { s23 = fma(s23, factor, term) }
    }
    let t0 = s0 + s1 + (s2 + s3)
    let t1 = s4 + s5 + (s6 + s7)
    let t2 = s8 + s9 + (s10 + s11)
    let t3 = s12 + s13 + (s14 + s15)
    let t4 = s16 + s17 + (s18 + s19)
    let t5 = s20 + s21 + (s22 + s23)
    return sum(t0 + t1 + (t2 + t3) + (t4 + t5))
  }

  static func stream(
    _ access: StreamAccess, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
    _ z: UnsafeMutablePointer<Float>, count: Int
  ) -> Float {
    switch access {
    case .read: return total(x, count)
    case .write: stream(z, x, y, count, .write)
    case .copy: stream(z, x, y, count, .copy)
    case .add: stream(z, x, y, count, .add)
    case .update: stream(z, x, y, count, .update)
    }
    return 0
  }

  /// `access` is a literal at each call.
  @inline(__always)
  private static func stream(
    _ z: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
    _ count: Int, _ access: StreamAccess
  ) {
    @inline(__always) func value(_ i: Int) -> Vector {
      switch access {
      case .copy: load(x + i)
      case .add: load(x + i) + load(y + i)
      case .update: -load(z + i)
      case .read, .write: Vector(repeating: 1)
      }
    }
    var i = 0
    while i < count {
      let a = value(i), b = value(i &+ 16), c = value(i &+ 32), d = value(i &+ 48)
      store(a, z + i)
      store(b, z + (i &+ 16))
      store(c, z + (i &+ 32))
      store(d, z + (i &+ 48))
      i = i &+ 64
    }
  }

  private static func total(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
    var (a, b, c, d) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
    var i = 0
    while i < count {
      a += load(x + i)
      b += load(x + (i &+ 16))
      c += load(x + (i &+ 32))
      d += load(x + (i &+ 48))
      i = i &+ 64
    }
    return sum((a + b) + (c + d))
  }
}
