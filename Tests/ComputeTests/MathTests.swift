import Foundation
import KernelInterface
import Testing

@testable import Compute

@Suite struct MathTests {
  /// A function, its value in double precision, where it is tested, and the error allowed in ULP.
  struct Case: CustomTestStringConvertible {
    let function: ElementaryFunction
    let reference: @Sendable (Double) -> Double
    let range: ClosedRange<Float>
    let bound: Double

    var testDescription: String { "\(function) on \(range)" }
  }

  static let cases = [
    Case(function: .exp, reference: { exp($0) }, range: -87.3...88.7228, bound: 1),
    Case(function: .log, reference: { log($0) }, range: 1.18e-38...3.4e38, bound: 1),
    Case(function: .log, reference: { log($0) }, range: 0.4...2.5, bound: 1),
    Case(function: .sin, reference: { sin($0) }, range: -3.2...3.2, bound: 1.6),
    Case(function: .cos, reference: { cos($0) }, range: -3.2...3.2, bound: 1.6),
    Case(function: .sin, reference: { sin($0) }, range: -1e5...1e5, bound: 1.6),
    Case(function: .cos, reference: { cos($0) }, range: -1e5...1e5, bound: 1.6),
    Case(function: .tanh, reference: { tanh($0) }, range: -10...10, bound: 1.5),
    Case(function: .sigmoid, reference: { 1 / (1 + exp(-$0)) }, range: -87.3...40, bound: 2.5),
    Case(function: .erf, reference: { erf($0) }, range: -6...6, bound: 1.2),
    Case(function: .softplus, reference: { log1p(exp($0)) }, range: -87.3...100, bound: 2),
    Case(
      function: .squareRoot, reference: { $0.squareRoot() }, range: 1.2e-38...3.4e38, bound: 0.501),
    Case(
      function: .reciprocalSquareRoot, reference: { 1 / $0.squareRoot() },
      range: 1.2e-38...3.4e38, bound: 1.2),
  ]

  @Test(arguments: cases) func agreesWithDoublePrecision(_ test: Case) {
    let x = Self.points(in: test.range)
    let y = Self.map(test.function, x)
    var worst = (error: 0.0, x: Float(0))
    for (x, y) in zip(x, y) {
      let exact = test.reference(Double(x))
      let error =
        abs(Double(y) - exact)
        / Double(sign: .plus, exponent: max(exact.exponent, -126) - 23, significand: 1)
      if !(error <= worst.error) { worst = (error, x) }
    }
    #expect(worst.error <= test.bound, "\(worst.error) ULP at \(worst.x)")
  }

  @Test(arguments: ElementaryFunction.allCases)
  func hasTheSameBitsForEveryInstructionSet(_ function: ElementaryFunction) {
    let x = Self.points(in: -1e6...1e6) + Self.points(in: -20...20)
    let bits = InstructionSet.available.map { Self.map(function, x, $0).map(\.bitPattern) }
    for other in bits { #expect(other == bits[0]) }
  }

  @Test(arguments: [
    (ElementaryFunction.exp, Float(-88), Float(0)), (.exp, -.infinity, 0), (.exp, 0, 1),
    (.exp, 89, .infinity), (.exp, .infinity, .infinity), (.exp, .nan, .nan),
    (.log, 0, -.infinity), (.log, 1, 0), (.log, -1, .nan), (.log, .infinity, .infinity),
    (.log, .nan, .nan), (.sin, 0, 0), (.cos, 0, 1), (.sin, .infinity, .nan), (.cos, .nan, .nan),
    (.tanh, 0, 0), (.tanh, 40, 1), (.tanh, -.infinity, -1), (.tanh, .nan, .nan),
    (.sigmoid, 0, 0.5), (.sigmoid, -200, 0), (.sigmoid, 200, 1), (.sigmoid, .nan, .nan),
    (.erf, 0, 0), (.erf, 30, 1), (.erf, -.infinity, -1), (.erf, .nan, .nan),
    (.softplus, -200, 0), (.softplus, 200, 200), (.softplus, .infinity, .infinity),
    (.softplus, .nan, .nan), (.squareRoot, 0, 0), (.squareRoot, 1, 1), (.squareRoot, 144, 12),
    (.squareRoot, -1, .nan), (.squareRoot, .infinity, .infinity), (.squareRoot, .nan, .nan),
    (.reciprocalSquareRoot, 0, .infinity), (.reciprocalSquareRoot, .infinity, 0),
    (.reciprocalSquareRoot, 4, 0.5), (.reciprocalSquareRoot, -1, .nan),
    (.reciprocalSquareRoot, .nan, .nan),
  ])
  func isRightAtTheExtremes(function: ElementaryFunction, x: Float, y: Float) {
    let result = Self.map(function, [x])[0]
    #expect(result == y || (result.isNaN && y.isNaN), "\(function)(\(x)) is \(result)")
  }

  @Test(arguments: 0...33) func mapsAnyLength(count: Int) {
    let x = (0..<count).map { Float($0) * 0.37 - 3 }
    #expect(Self.map(.exp, x) == x.map { Self.map(.exp, [$0])[0] })
  }

  /// Points spread evenly over the range, and as many evenly over the bit patterns in it.
  static func points(in range: ClosedRange<Float>, count: Int = 40_000) -> [Float] {
    let (low, high) = (range.lowerBound, range.upperBound)
    let even = (0...count).map { low + (high - low) * (Float($0) / Float(count)) }
    let signs: [(sign: Float, low: Float, high: Float)] = [
      (1, max(low, 1e-30), high), (-1, max(-high, 1e-30), -low),
    ]
    let logarithmic = signs.filter { $0.high > $0.low }.flatMap { sign, low, high in
      let (first, last) = (Double(low.bitPattern), Double(high.bitPattern))
      return (0...count).map {
        sign * Float(bitPattern: UInt32(first + (last - first) * Double($0) / Double(count)))
      }
    }
    return (even + logarithmic).filter { range.contains($0) }
  }

  /// The kernel's results, with what surrounds them checked.
  static func map(
    _ function: ElementaryFunction, _ x: [Float], _ instructions: InstructionSet = .current
  ) -> [Float] {
    var y = [Float](repeating: 77, count: x.count + 32)
    ThreadPool.shared.run(1) { _, _ in
      y.withUnsafeMutableBufferPointer { y in
        instructions.kernels.map(function, x, y.baseAddress! + 16, x.count)
      }
    }
    #expect((y.prefix(16) + y.suffix(16)).allSatisfy { $0 == 77 }, "wrote out of bounds")
    return Array(y.dropFirst(16).dropLast(16))
  }
}
