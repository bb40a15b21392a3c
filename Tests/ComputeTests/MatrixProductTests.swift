import KernelInterface
import Testing

@testable import Compute

/// Products of every shape around the tiles, panels and slices, against sums in Double.
@Suite struct MatrixProductTests {
  static let sizes: [(m: Int, n: Int, k: Int)] = [
    (1, 1, 1), (5, 3, 7), (6, 16, 4), (7, 17, 33), (13, 64, 16), (12, 65, 40), (96, 128, 24),
    (97, 63, 385), (200, 100, 70), (3, 4, 50), (40, 2, 100), (9, 1, 1000), (6, 130, 0),
    (300, 1, 20), (1, 300, 500), (2, 200, 40), (12, 130, 390),
    (0, 5, 5),
  ]

  @Test(arguments: sizes) func agreesWithDouble(m: Int, n: Int, k: Int) {
    for (transposeA, transposeB) in [(false, false), (true, false), (false, true), (true, true)] {
      for accumulate in [false, true] {
        let product = Case(m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB)
        let result = product.run(accumulate: accumulate)
        let expected = product.expected(accumulate: accumulate)
        let worst = zip(result, expected).map { abs(Double($0) - $1) }.max() ?? 0
        #expect(worst <= 2e-7 * Double(max(k, 1)) + 1e-6, "\(product)")
      }
    }
  }

  @Test(arguments: sizes) func sameBitsEverywhere(m: Int, n: Int, k: Int) {
    for (transposeA, transposeB) in [(false, false), (true, false), (false, true)] {
      let product = Case(m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB)
      _ = everywhere { product.run(accumulate: false) }
    }
  }

  @Test func aRowDoesNotDependOnTheOthers() {
    for (n, k) in [(65, 500), (3, 100), (16, 5), (384, 130)] {
      let many = Case(m: 130, n: n, k: k, transposeA: false, transposeB: false)
      let product = many.run(accumulate: false)
      for count in [1, 2, 7, 12, 13] {
        var few = Case(m: count, n: n, k: k, transposeA: false, transposeB: false)
        few.a = Array(many.a[0..<count * k])
        few.b = many.b
        #expect(Array(product[0..<count * n]) == few.run(accumulate: false))
      }
    }
  }

  struct Case: CustomStringConvertible {
    let m: Int, n: Int, k: Int, transposeA: Bool, transposeB: Bool
    var a: [Float], b: [Float]
    let c: [Float]

    init(m: Int, n: Int, k: Int, transposeA: Bool, transposeB: Bool) {
      (self.m, self.n, self.k, self.transposeA, self.transposeB) = (m, n, k, transposeA, transposeB)
      (a, b, c) = (numbers(m * k, 1), numbers(k * n, 2), numbers(m * n, 3))
    }

    var description: String { "\(m)x\(n)x\(k) \(transposeA) \(transposeB)" }

    func run(accumulate: Bool) -> [Float] {
      changed(c) { c in
        MatrixProduct(m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB)(
          a, b, into: c, accumulate: accumulate)
      }
    }

    func expected(accumulate: Bool) -> [Double] {
      var result = c.map { accumulate ? Double($0) : 0 }
      for i in 0..<m {
        for l in 0..<k {
          let x = Double(transposeA ? a[l * m + i] : a[i * k + l])
          for j in 0..<n {
            result[i * n + j] += x * Double(transposeB ? b[j * k + l] : b[l * n + j])
          }
        }
      }
      return result
    }
  }
}
