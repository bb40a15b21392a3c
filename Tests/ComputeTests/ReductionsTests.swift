import Testing

@testable import Compute

@Suite struct ReductionsTests {
  @Test(arguments: lengths + [4095, 4096, 4097, 100_000]) func reducesToTheSumsOfDouble(count: Int)
  {
    let (x, y) = (numbers(count, 1), numbers(count, 2).map { $0 * 3 })
    let result = everywhere {
      [
        Float(Reductions.sum(x, count: count)), Float(Reductions.sumOfSquares(x, count: count)),
        Float(Reductions.dot(x, y, count: count)),
        Float(Reductions.meanSquaredError(x, y, count: count)),
        Reductions.largestMagnitude(x, count: count),
      ]
    }
    let pairs = zip(x, y).map { (Double($0), Double($1)) }
    let exact = [
      pairs.reduce(0) { $0 + $1.0 }, pairs.reduce(0) { $0 + $1.0 * $1.0 },
      pairs.reduce(0) { $0 + $1.0 * $1.1 },
      pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(max(count, 1)),
      pairs.reduce(0) { max($0, abs($1.0)) },
    ]
    for (index, (value, exact)) in zip(result, exact).enumerated() {
      // Sums that cancel are as exact as their terms.
      let scale = index == 3 ? exact : index == 4 ? 0 : Double(count)
      #expect(abs(Double(value) - exact) <= 3e-7 * scale, "reduction \(index)")
    }
  }

  @Test func notANumberIsNeverLost() {
    for position in [0, 5, 99, 4096, 9999] {
      var x = numbers(10_000)
      x[position] = .nan
      #expect(Reductions.largestMagnitude(x, count: x.count).isNaN)
      #expect(Reductions.sumOfSquares(x, count: x.count).isNaN)
    }
    #expect(Reductions.largestMagnitude([1, -.infinity], count: 2) == .infinity)
  }

  static let shapes = [
    (0, 5), (1, 1), (3, 64), (5, 65), (127, 3), (128, 1), (129, 16), (1000, 3), (1000, 15),
    (300, 130), (17_000, 5), (7, 0), (40_000, 1), (2, 5000),
  ]

  @Test(arguments: shapes) func columnAndRowSums(rows: Int, columns: Int) {
    let x = numbers(rows * columns, 4)
    for accumulate in [false, true] {
      let columnSums = everywhere {
        changed(numbers(columns, 5)) {
          Reductions.columnSums(x, into: $0, rows: rows, columns: columns, accumulate: accumulate)
        }
      }
      let rowSums = everywhere {
        changed(numbers(rows, 5)) {
          Reductions.rowSums(x, into: $0, rows: rows, columns: columns, accumulate: accumulate)
        }
      }
      var exactColumns = numbers(columns, 5).map { accumulate ? Double($0) : 0 }
      var exactRows = numbers(rows, 5).map { accumulate ? Double($0) : 0 }
      for row in 0..<rows {
        for column in 0..<columns {
          exactColumns[column] += Double(x[row * columns + column])
          exactRows[row] += Double(x[row * columns + column])
        }
      }
      for (sum, exact) in zip(columnSums, exactColumns) {
        #expect(abs(Double(sum) - exact) <= 2e-7 * Double(rows + 1))
      }
      for (sum, exact) in zip(rowSums, exactRows) {
        #expect(abs(Double(sum) - exact) <= 2e-7 * Double(columns + 1))
      }
    }
  }
}
