import KernelInterface
import Testing

@testable import Compute

@Suite struct ElementwiseTests {
  @Test(arguments: lengths) func combinesAndAccumulates(count: Int) {
    let (x, y, z) = (numbers(count, 1), numbers(count, 2).map { $0 + 2 }, numbers(count, 3))
    let expected: [Combination: (Float, Float) -> Float] = [
      .add: { $0 + $1 }, .subtract: { $0 - $1 }, .multiply: { $0 * $1 }, .divide: { $0 / $1 },
    ]
    for operation in Combination.allCases {
      for accumulate in [false, true] {
        let result = everywhere {
          changed(z) {
            Elementwise.combine(operation, x, y, into: $0, count: count, accumulate: accumulate)
          }
        }
        let exact = (0..<count).map {
          (accumulate ? z[$0] : 0) + expected[operation]!(x[$0], y[$0])
        }
        #expect(result == exact, "\(operation)")
      }
    }
  }

  @Test(arguments: lengths) func scaledSums(count: Int) {
    let (x, y, z) = (numbers(count, 1), numbers(count, 2), numbers(count, 3))
    for accumulate in [false, true] {
      let result = everywhere {
        changed(z) {
          Elementwise.scaledSum(0.3, x, -1.7, y, into: $0, count: count, accumulate: accumulate)
        }
      }
      let exact = (0..<count).map {
        (accumulate ? z[$0] : 0) + ((y[$0] * -1.7).addingProduct(x[$0], 0.3))
      }
      #expect(result == exact)
    }
  }

  @Test(arguments: [0, 1, 16, 17, 20_000]) func scaledSumsWithFactorsByRow(columns: Int) {
    let (x, y) = (numbers(3 * columns, 1), numbers(3 * columns, 2))
    let (a, b): ([Float], [Float]) = ([1, 0.5, -2], [0, 0.25, 3])
    let result = everywhere {
      changed([Float](repeating: 9, count: 3 * columns)) {
        Elementwise.scaledSum(rows: a, x, b, y, into: $0, columns: columns)
      }
    }
    #expect(
      result
        == x.indices.map {
          (y[$0] * b[$0 / columns]).addingProduct(x[$0], a[$0 / columns])
        })
  }

  @Test(arguments: lengths) func transforms(count: Int) {
    let (x, y) = (numbers(count, 1), numbers(count, 2))
    let cases: [(Transformation, (Float) -> Float)] = [
      (.affine(scale: 2.5, offset: -0.3), { Float(-0.3).addingProduct($0, 2.5) }),
      (.square, { $0 * $0 }), (.clamp(low: -0.5, high: 0.25), { min(max($0, -0.5), 0.25) }),
    ]
    for (operation, function) in cases {
      for accumulate in [false, true] {
        let result = everywhere {
          changed(y) {
            Elementwise.transform(operation, x, into: $0, count: count, accumulate: accumulate)
          }
        }
        let exact = (0..<count).map { (accumulate ? y[$0] : 0) + function(x[$0]) }
        #expect(result == exact, "\(operation)")
      }
    }
  }

  @Test(arguments: lengths) func gradientOfClamp(count: Int) {
    let (x, dy, dx) = (numbers(count, 1), numbers(count, 2), numbers(count, 3))
    for accumulate in [false, true] {
      let result = everywhere {
        changed(dx) {
          Elementwise.clampGradient(
            x, dy, low: -0.5, high: 0.25, into: $0, count: count, accumulate: accumulate)
        }
      }
      let exact = (0..<count).map {
        (accumulate ? dx[$0] : 0) + (x[$0] >= -0.5 && x[$0] <= 0.25 ? dy[$0] : 0)
      }
      #expect(result == exact)
    }
  }

  @Test func clampingLeavesNaN() {
    let result = changed([1, 2]) {
      Elementwise.transform(.clamp(low: 0, high: 1), [.nan, .infinity], into: $0, count: 2)
    }
    #expect(result[0].isNaN && result[1] == 1)
  }

  @Test(arguments: lengths) func fillsCopiesAndMaps(count: Int) {
    let (x, y) = (numbers(count, 1), numbers(count, 2))
    #expect(
      everywhere { changed(y) { Elementwise.fill($0, count: count, with: 3) } }
        == [Float](repeating: 3, count: count))
    #expect(everywhere { changed(y) { Elementwise.copy(x, into: $0, count: count) } } == x)
    #expect(
      everywhere { changed(y) { Elementwise.copy(x, into: $0, count: count, accumulate: true) } }
        == zip(x, y).map { $0 + $1 })
    #expect(
      everywhere { changed(y) { Elementwise.map(.tanh, x, into: $0, count: count) } }
        == (MathTests.map(.tanh, x)))
  }

  @Test func worksInPlace() {
    let (x, y) = (numbers(100, 1), numbers(100, 2))
    #expect(
      changed(x) { Elementwise.combine(.multiply, $0, y, into: $0, count: 100) }
        == zip(x, y).map { $0 * $1 })
    #expect(
      changed(y) { Elementwise.scaledSum(2, x, 1, $0, into: $0, count: 100) }
        == zip(x, y).map { $1.addingProduct(2, $0) })
  }

  @Test(arguments: [(1, 5), (3, 17), (700, 33), (0, 4), (2, 0)])
  func copiesSomeColumns(rows: Int, columns: Int) {
    let (x, y) = (numbers(rows * (columns + 2), 1), numbers(rows * (columns + 3), 2))
    let result = everywhere {
      changed(y) {
        Elementwise.copyRows(
          x, distance: columns + 2, into: $0, distance: columns + 3, rows: rows, columns: columns)
      }
    }
    let exact = y.indices.map { place in
      let (row, column) = place.quotientAndRemainder(dividingBy: columns + 3)
      return column < columns ? x[row * (columns + 2) + column] : y[place]
    }
    #expect(result == exact)
  }

  @Test(arguments: [(1, 5, 3), (2, 7, 16), (3, 1, 17), (1, 300, 100), (4, 0, 5), (2, 3, 0)])
  func addsARowToEachGroup(groups: Int, rows: Int, columns: Int) {
    let x = numbers(groups * rows * columns, 1)
    let bias = numbers(groups * columns, 2)
    let result = everywhere {
      changed([Float](repeating: 7, count: x.count)) {
        Elementwise.addRow(x, bias, into: $0, groups: groups, rows: rows, columns: columns)
      }
    }
    let exact = x.indices.map { x[$0] + bias[$0 / (rows * columns) * columns + $0 % columns] }
    #expect(result == exact)
  }
}
