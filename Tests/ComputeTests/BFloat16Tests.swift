import KernelInterface
import Testing

@testable import Compute

/// Products and convolutions of rounded operands, against their definition number by number.
@Suite struct BFloat16Tests {
  /// The nearest bfloat16, to even between two.
  private func rounded(_ x: Float) -> Float {
    let bits = x.bitPattern
    return Float(bitPattern: (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff_0000)
  }

  /// A sum as the matrix unit has it: chunk after chunk, of each the first and the last sixteen apart.
  private func sum(
    from start: Float, _ depth: Int, _ a: (Int) -> Float, _ b: (Int) -> Float
  ) -> Float {
    var sum = start
    for chunk in stride(from: 0, to: depth, by: 32) {
      var halves: [Float] = [0, 0]
      for i in chunk..<min(chunk + 32, depth) {
        halves[(i - chunk) / 16].addProduct(rounded(a(i)), rounded(b(i)))
      }
      sum += halves[0] + halves[1]
    }
    return sum
  }

  static let products = [
    (m: 1, n: 16, k: 16), (33, 17, 40), (5, 100, 64), (70, 31, 33), (130, 200, 90), (20, 64, 600),
  ]

  @Test(arguments: products, [(false, false), (false, true), (true, false)])
  func productsAreSumsOfChunks(
    size: (m: Int, n: Int, k: Int), transposed: (a: Bool, b: Bool)
  ) {
    let (m, n, k) = size
    let (a, b, c) = (numbers(m * k, 1), numbers(k * n, 2), numbers(m * n, 3))
    let product = MatrixProduct(
      m: m, n: n, k: k, transposeA: transposed.a, transposeB: transposed.b, precision: .bfloat16Amx)
    guard product.isRounded else { return }
    for accumulate in [false, true] {
      let result = everywhere { changed(c) { product(a, b, into: $0, accumulate: accumulate) } }
      for row in [0, m / 2, m - 1] {
        for column in [0, n / 2, n - 1] {
          let expected = sum(
            from: accumulate ? c[row * n + column] : 0, k,
            { a[transposed.a ? $0 * m + row : row * k + $0] },
            { b[transposed.b ? column * k + $0 : $0 * n + column] })
          #expect(result[row * n + column] == expected, "\(size) \(transposed) \(row) \(column)")
        }
      }
    }
  }

  /// Rows and columns beyond whose few there is little to gain are not rounded, whatever the batch.
  @Test func narrowProductsAreNotRounded() {
    for (n, k) in [(15, 64), (64, 15)] {
      let (a, b) = (numbers(40 * k, 1), numbers(k * n, 2))
      func run(_ precision: Precision) -> [Float] {
        changed(numbers(40 * n, 3)) {
          MatrixProduct(m: 40, n: n, k: k, precision: precision)(a, b, into: $0)
        }
      }
      #expect(run(.bfloat16Amx) == run(.float32))
    }
  }

  /// What is no number stays none, though rounding would carry its bits over into a zero.
  @Test(arguments: [0x7fff_ffff, 0xffff_ffff, 0x7f80_0001, 0x7fc0_0000] as [UInt32])
  func numbersThatAreNoneStayNone(bits: UInt32) {
    let (m, n, k) = (3, 40, 50)
    var (a, b) = (numbers(m * k, 1), numbers(k * n, 2))
    a[k + 7] = Float(bitPattern: bits)
    b[20 * n + 39] = Float(bitPattern: bits)
    let result = changed(numbers(m * n, 3)) {
      MatrixProduct(m: m, n: n, k: k, precision: .bfloat16Amx)(a, b, into: $0)
    }
    for i in result.indices { #expect(result[i].isNaN == (i / n == 1 || i % n == 39), "\(i)") }
  }

  @Test func biasAndActivationFollow() {
    let (m, n, k) = (40, 70, 96)
    let (a, b, bias) = (numbers(m * k, 1), numbers(k * n, 2), numbers(n, 3))
    let product = MatrixProduct(m: m, n: n, k: k, precision: .bfloat16Amx)
    let plain = changed(numbers(m * n, 4)) { product(a, b, into: $0) }
    let finished = changed(numbers(m * n, 4)) {
      product(a, b, into: $0, bias: bias, activation: .relu)
    }
    for i in plain.indices { #expect(finished[i] == max(0, plain[i] + bias[i % n])) }
  }

  @Test func rowsDoNotDependOnTheOthers() {
    let (n, k) = (50, 70)
    let (a, b) = (numbers(90 * k, 1), numbers(k * n, 2))
    func run(_ rows: Int) -> [Float] {
      changed(numbers(rows * n, 3)) {
        MatrixProduct(m: rows, n: n, k: k, precision: .bfloat16Amx)(a, b, into: $0)
      }
    }
    #expect(run(1) == Array(run(90).prefix(n)))
  }

  static let convolutions = ConvolutionTests.cases.compactMap { convolution -> Convolution? in
    var rounded = convolution
    rounded.precision = .bfloat16Amx
    return rounded.isRounded && rounded.batch > 0 ? rounded : nil
  }

  /// Against float32 sums of the rounded operands, tap by tap.
  @Test(arguments: convolutions, ConvolutionTests.Direction.allCases)
  func convolutionsAreOfRoundedOperands(
    convolution: Convolution, direction: ConvolutionTests.Direction
  ) {
    var exact = convolution.direct
    exact.precision = .float32
    for accumulate in [false, true] {
      let result = everywhere {
        run(convolution, direction, accumulate: accumulate, rounding: { $0 })
      }
      let expected = run(exact, direction, accumulate: accumulate, rounding: rounded)
      let scale = expected.map(abs).max() ?? 0
      let worst = zip(result, expected).map { abs($0 - $1) }.max() ?? 0
      #expect(worst <= 2e-6 * scale, "\(convolution) \(direction)")
    }
  }

  private func run(
    _ c: Convolution, _ direction: ConvolutionTests.Direction, accumulate: Bool,
    rounding: (Float) -> Float
  ) -> [Float] {
    let x = numbers(c.batch * c.height * c.width * c.inChannels, 1)
    let w = numbers(c.kernelHeight * c.kernelWidth * c.inChannels * c.outChannels, 2)
    let y = numbers(c.batch * c.outputHeight * c.outputWidth * c.outChannels, 3)
    let (rx, rw, ry) = (x.map(rounding), w.map(rounding), y.map(rounding))
    return switch direction {
    case .forward: changed(y) { c.forward(rx, rw, into: $0, accumulate: accumulate) }
    case .inputGradient: changed(x) { c.inputGradient(ry, rw, into: $0, accumulate: accumulate) }
    case .weightGradient: changed(w) { c.weightGradient(rx, ry, into: $0, accumulate: accumulate) }
    }
  }

  /// The vector kernels have the matrix unit's bits, also of numbers that are not finite, denormal or huge.
  @Test(.enabled(if: BFloat16Unit.isAvailable))
  func kernelsAreTheMatrixUnit() {
    let (rows, chunks, columns) = (37, 3, 29)
    let pitch = chunks * 64
    for seed in 0..<8 as Range<UInt32> {
      var state = seed &* 2_654_435_761 &+ 1
      func bits() -> UInt32 {
        state ^= state << 13
        state ^= state >> 17
        state ^= state << 5
        return state
      }
      // At first all bits are random; then the numbers are around 1, or so small that products are denormal.
      func operand() -> UInt32 {
        let exponent: UInt32 = seed < 4 ? 127 : 64
        guard seed > 1 else { return bits() }
        let one = bits() & 0x807f | (exponent - 4 + bits() % 8) << 7
        return one | (bits() & 0x807f | (exponent - 4 + bits() % 8) << 7) << 16
      }
      let a = (0..<64 * pitch / 4).map { _ in operand() }
      let panel = (0..<chunks * 512).map { _ in operand() }
      let start = (0..<rows * columns).map { _ in seed < 2 ? Float(bitPattern: bits()) : 0 }
      func multiply(_ unit: BFloat16Unit) -> [Float] {
        var result = start
        result.withUnsafeMutableBytes { c in
          a.withUnsafeBytes { a in
            panel.withUnsafeBytes { panel in
              let outputs = (0..<rows).map { c.baseAddress! + $0 * columns * 4 }
              var spill = [Float](repeating: 0, count: 1024)
              spill.withUnsafeMutableBufferPointer { spill in
                var tiles = BFloat16Tiles(
                  rows: a.baseAddress!, pitch: pitch, count: rows, panel: panel.baseAddress!,
                  chunks: chunks, columns: columns, outputs: outputs,
                  spill: spill.baseAddress!)
                tiles.accumulate = true
                unit.run(1) { _, _ in unit.multiply(tiles) }
              }
            }
          }
        }
        return result
      }
      let unit = multiply(BFloat16Unit(kernels: InstructionSet.current.kernels, isMatrixUnit: true))
      for set in InstructionSet.available {
        let kernels = multiply(BFloat16Unit(kernels: set.kernels, isMatrixUnit: false))
        for (x, y) in zip(unit, kernels) {
          #expect(x.bitPattern == y.bitPattern || x.isNaN && y.isNaN, "\(seed) \(x) \(y)")
        }
      }
    }
  }
}
