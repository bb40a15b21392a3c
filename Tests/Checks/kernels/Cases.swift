// Calls every kernel on fixed inputs and reports a hash of what it writes. The kernels are compiled in the
// same module, as those of one instruction set; a case has the name of its kernel.
import KernelInterface

typealias Floats = UnsafeMutablePointer<Float>
typealias Doubles = UnsafeMutablePointer<Double>

/// All cases, in the order of KernelInterface's files.
@_cdecl("run_cases")
public func runCases() {
  elementwiseCases()
  activationCases()
  lossCases()
  lowPrecisionCases()
  matrixCases()
  roundedCases()
  winogradCases()
  normCases()
  softmaxCases()
  attentionCases()
  rotaryCases()
  recurrentCases()
  randomCases()
  optimizerCases()
  reductionCases()
  benchmarkCases()
}

/// What the arrays of a case hold: each case runs with all three.
enum Inputs: CaseIterable {
  /// Numbers in [-1, 1).
  case ordinary
  /// From 2^-31 down into the denormals, so that products are denormal or less.
  case small
  /// Ordinary ones, and among them those of `specialValues`.
  case special
}

let specialValues: [Float] = [
  0, -0.0, .infinity, -.infinity, .nan, Float(bitPattern: 1), Float(bitPattern: 0x807f_ffff),
  .leastNormalMagnitude, -.leastNormalMagnitude, .greatestFiniteMagnitude, 1, -1, 88.7, -103.9,
]

nonisolated(unsafe) var inputs = Inputs.ordinary

/// Not multiples of a vector's width, and some that are.
let lengths = [0, 1, 2, 7, 15, 16, 17, 31, 33, 63, 64, 65, 129, 1000, 4099]

/// The same for rows of which there are several.
let widths = [1, 3, 8, 15, 16, 17, 33, 64, 65, 100, 384]

/// Runs a kernel's case with each kind of inputs.
func check(_ name: StaticString, _ body: (inout Digest) -> Void) {
  for kind in Inputs.allCases {
    inputs = kind
    var digest = Digest()
    body(&digest)
    report(name.utf8Start, name.utf8CodeUnitCount, digest.hash)
    Arena.clear()
  }
}

/// `count` numbers without a pattern, and room behind them, where a kernel must not write unless its
/// description says so.
func numbers(_ count: Int, _ salt: Int, scale: Float = 1) -> Floats {
  let p = Arena.take(count + Digest.margin)
  for i in 0..<count + Digest.margin {
    let n = (i &* 7919 &+ salt &* 104_729 &+ 17) % 10_007
    let x = scale * (Float(n) / 5003.5 - 1)
    switch inputs {
    case .ordinary: p[i] = x
    case .small: p[i] = Float(bitPattern: x.bitPattern & 0x807f_ffff | UInt32(n % 97) << 23)
    case .special: p[i] = n % 29 == 0 ? specialValues[n % specialValues.count] : x
    }
  }
  return p
}

/// Room for `count` numbers of double precision, zero.
func doubles(_ count: Int) -> Doubles {
  let p = room(count + 16, for: Double.self)
  p.initialize(repeating: 0, count: count + 16)
  return p
}

/// Room for `count` values of a type of up to 8 bytes, not initialized.
func room<T>(_ count: Int, for type: T.Type) -> UnsafeMutablePointer<T> {
  UnsafeMutableRawPointer(Arena.take(2 * count + 2)).alignedUp(for: type)
    .bindMemory(to: type, capacity: count)
}

/// The memory of a case, given back at its end.
enum Arena {
  private static let capacity = 1 << 24
  nonisolated(unsafe) private static let base = Floats.allocate(capacity: capacity)
  nonisolated(unsafe) private static var used = 0

  static func take(_ count: Int) -> Floats {
    precondition(used + count <= capacity, "a case has no room left")
    defer { used += count }
    return base + used
  }

  static func clear() { used = 0 }
}

/// A hash of results, by FNV-1a on words, but for what instruction sets may make differently.
struct Digest {
  private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325

  /// How many floats behind an array are hashed with it.
  static let margin = 64

  mutating func add(_ word: UInt64) { hash = (hash ^ word) &* 0x0000_0100_0000_01b3 }

  mutating func add(_ value: Float) {
    if value.isNaN {
      // Sign and payload of a NaN are the processor's choice.
      add(UInt64(Float.nan.bitPattern))
    } else if value.magnitude <= .leastNormalMagnitude {
      // arm64 flushes before it rounds: what x86-64 rounds up to the least normal number is zero there. And
      // a denormal, which is never a result, may have been copied from the inputs or multiplied by 1.
      add(UInt64(value.sign == .minus ? 0x8000_0000 : 0))
    } else {
      add(UInt64(value.bitPattern))
    }
  }

  /// All of an array with what is behind it.
  mutating func add(_ p: Floats, _ count: Int) {
    for i in 0..<count + Self.margin { add(p[i]) }
  }

  mutating func add(_ p: Doubles, _ count: Int) {
    for i in 0..<count { add(p[i].isNaN ? Double.nan.bitPattern : p[i].bitPattern) }
  }
}
