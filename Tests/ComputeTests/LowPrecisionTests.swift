import KernelInterface
import Testing

@testable import Compute

/// Products with weights in bfloat16 and in eight bits: against Double, and against the float product bit for bit.
@Suite struct LowPrecisionTests {
  static let formats = [WeightPrecision.bfloat16, .int8]
  static let sizes = [
    (depth: 1, columns: 5), (7, 16), (64, 130), (385, 100), (800, 257), (20, 384),
  ]

  /// What a format makes of a column, in double precision.
  private func rounded(_ column: [Float], _ precision: WeightPrecision) -> [Double] {
    guard precision == .int8 else {
      return column.map {
        let bits = $0.bitPattern
        return Double(Float(bitPattern: (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff_0000))
      }
    }
    let most = column.map(\.magnitude).max() ?? 0
    let scale = Float(bitPattern: ((most / 127).bitPattern + 255) & ~255)
    return column.map {
      scale > 0 ? Double($0 / scale).rounded(.toNearestOrEven) * Double(scale) : 0
    }
  }

  @Test(arguments: formats, sizes)
  func aMatrixHoldsRoundedFloats(_ precision: WeightPrecision, size: (depth: Int, columns: Int)) {
    let (depth, columns) = size
    var weights = numbers(depth * columns, 2)
    // A column of zeros, one of a large number and small ones, and one of what counts as nothing.
    for row in 0..<depth {
      weights[row * columns] = 0
      weights[row * columns + 1] = row == 0 ? -1000 : 0.01
      weights[row * columns + 2] = precision == .int8 ? 1e-33 : 0
    }
    let held = everywhere {
      LowPrecisionMatrix(Values([depth, columns], weights), precision).unpacked.elements
    }
    for column in 0..<columns {
      let own = (0..<depth).map { weights[$0 * columns + column] }
      let expected = column == 2 ? own.map { _ in 0 } : rounded(own, precision)
      // A quotient next to a half may be rounded either way.
      let step = Double(own.map(\.magnitude).max() ?? 0) / 127
      for row in 0..<depth {
        let value = Double(held[row * columns + column])
        #expect(
          value == expected[row]
            || precision == .int8 && abs(value - Double(own[row])) <= 0.5001 * 1.0001 * step,
          "row \(row) of column \(column)")
      }
    }
  }

  @Test(arguments: formats, sizes)
  func productsHaveTheBitsOfFloats(_ precision: WeightPrecision, size: (depth: Int, columns: Int)) {
    let (depth, columns) = size
    let (weights, bias) = (numbers(depth * columns, 2), numbers(columns, 3))
    for (rows, activation) in [
      (1, Activation.identity), (2, .gelu), (4, .identity), (5, .reluSquared), (8, .identity),
      (13, .gelu),
    ] {
      let x = numbers(rows * depth, 1)
      _ = everywhere {
        let matrix = LowPrecisionMatrix(Values([depth, columns], weights), precision)
        let y = changed([Float](repeating: 0.5, count: rows * columns)) {
          matrix(x, rows: rows, into: $0, bias: bias, activation: activation)
        }
        let floats = matrix.unpacked
        let expected = Values([rows, columns]) {
          MatrixProduct(m: rows, n: columns, k: depth)(
            x, floats.pointer, into: $0, bias: bias, activation: activation)
        }
        #expect(y.map(\.bitPattern) == expected.elements.map(\.bitPattern), "\(rows)")
        return y
      }
    }
  }

  @Test(arguments: formats, sizes)
  func productsAreNearDoubles(_ precision: WeightPrecision, size: (depth: Int, columns: Int)) {
    let (depth, columns) = size
    let (weights, x) = (numbers(depth * columns, 2), numbers(3 * depth, 1))
    let matrix = LowPrecisionMatrix(Values([depth, columns], weights), precision)
    let held = matrix.unpacked.elements
    let y = everywhere { Values([3, columns]) { matrix(x, rows: 3, into: $0) }.elements }
    // The most that half a step of each weight makes.
    let step = precision == .bfloat16 ? 0x1p-9 : 0.51 / 127
    for row in 0..<3 {
      for column in 0..<columns {
        var (sum, exact, most) = (0.0, 0.0, 0.0)
        for k in 0..<depth {
          let a = Double(x[row * depth + k])
          sum += a * Double(held[k * columns + column])
          exact += a * Double(weights[k * columns + column])
          most += abs(a)
        }
        let value = Double(y[row * columns + column])
        #expect(abs(value - sum) <= 1e-6 * max(1, most))
        #expect(abs(value - exact) <= step * most + 1e-6)
      }
    }
  }

  /// A column with what is no number stays so, and leaves the others alone.
  @Test(arguments: formats, [Float.nan, .infinity])
  func whatIsNoNumberStaysNone(_ precision: WeightPrecision, _ value: Float) {
    var weights = numbers(20 * 40, 2)
    let clean = LowPrecisionMatrix(Values([20, 40], weights), precision).unpacked.elements
    weights[5 * 40 + 17] = value
    let held = LowPrecisionMatrix(Values([20, 40], weights), precision).unpacked.elements
    #expect(!held[5 * 40 + 17].isFinite)
    for index in held.indices where index % 40 != 17 { #expect(held[index] == clean[index]) }
  }

  @Test func sizesInMemory() {
    let matrix = Values.zeros([30, 300])
    #expect(LowPrecisionMatrix(matrix, .bfloat16).bytes == 30 * 384 * 2)
    #expect(LowPrecisionMatrix(matrix, .int8).bytes == 30 * 384 + 384 * 4)
  }
}
