import Foundation
import Testing

@testable import Compute

/// Softmax and the losses behind it, against double precision.
@Suite struct SoftmaxTests {
  static let sizes = [(0, 5), (3, 1), (2, 15), (5, 16), (7, 17), (300, 65), (2, 40_000), (4, 0)]

  static func reference(_ x: [Double], _ columns: Int, logarithmic: Bool) -> [Double] {
    var y = x
    for start in stride(from: 0, to: x.count, by: max(columns, 1)) {
      let row = start..<start + columns
      let largest = x[row].max() ?? 0
      let logSum = log(x[row].reduce(0) { $0 + exp($1 - largest) })
      for i in row { y[i] = logarithmic ? x[i] - largest - logSum : exp(x[i] - largest - logSum) }
    }
    return y
  }

  @Test(arguments: sizes, [false, true])
  func agreesWithDouble(_ size: (rows: Int, columns: Int), logarithmic: Bool) {
    let (rows, columns) = size
    let softmax = Softmax(rows: rows, columns: columns, isLogarithmic: logarithmic)
    let x = numbers(rows * columns, 1).map { $0 * 20 }
    let dy = numbers(rows * columns, 2)
    let y = everywhere { changed(x) { softmax.forward(UnsafePointer($0), into: $0) } }
    let expected = Self.reference(x.map(Double.init), columns, logarithmic: logarithmic)
    #expect(distance(y, expected) <= (logarithmic ? 4e-6 : 1e-6))
    for accumulate in [false, true] {
      let before = numbers(rows * columns, 3)
      let dx = everywhere {
        changed(before) { softmax.gradient(y, dy, into: $0, accumulate: accumulate) }
      }
      let fresh = zip(dx, before).map { accumulate ? $0 - $1 : $0 }
      expectGradient(
        fresh, of: { dot(dy, Self.reference($0, columns, logarithmic: logarithmic)) }, at: x,
        tolerance: 2e-4, places: columns > 1000 ? 2 : 8)
    }
  }

  @Test func aRowDoesNotDependOnTheOthers() {
    let x = numbers(300 * 65, 1)
    func run(_ rows: Int) -> [Float] {
      changed(Array(x[..<(rows * 65)])) {
        Softmax(rows: rows, columns: 65).forward(UnsafePointer($0), into: $0)
      }
    }
    #expect(Array(run(300)[..<65]) == run(1))
  }

  @Test func largeLogitsDoNotOverflow() {
    let y = changed([1e30, 1e30, -1e30, 3]) {
      Softmax(rows: 1, columns: 4).forward(UnsafePointer($0), into: $0)
    }
    #expect(y == [0.5, 0.5, 0, 0])
  }

  @Test(arguments: [(0, 3), (1, 1), (5, 10), (17, 65), (300, 16), (3, 50_257)])
  func crossEntropyAgreesWithDouble(rows: Int, classes: Int) {
    let x = numbers(rows * classes, 1).map { $0 * 10 }
    let targets = (0..<rows).map { Int32($0 * 7919 % classes) }
    let loss = CrossEntropy(rows: rows, classes: classes)
    func reference(_ x: [Double]) -> Double {
      let logarithms = Self.reference(x, classes, logarithmic: true)
      let sum = targets.indices.reduce(0) { $0 - logarithms[$1 * classes + Int(targets[$1])] }
      return sum / Double(max(rows, 1))
    }
    var saved = [Float](repeating: 0, count: rows)
    let value = everywhere { [loss.forward(x, targets: targets, logSumExp: &saved)] }
    #expect(distance(value, [reference(x.map(Double.init))]) <= 4e-6)
    for accumulate in [false, true] {
      let before = numbers(x.count, 3)
      let dx = everywhere {
        changed(before) {
          loss.gradient(
            x, targets: targets, logSumExp: saved, scale: 2, into: $0, accumulate: accumulate)
        }
      }
      let fresh = zip(dx, before).map { accumulate ? $0 - $1 : $0 }
      expectGradient(
        fresh, of: { 2 * reference($0) }, at: x, tolerance: 2e-4, places: classes > 1000 ? 2 : 8)
    }
  }

  @Test(arguments: [0, 1, 15, 17, 64, 5000, 20_001])
  func binaryCrossEntropyAgreesWithDouble(count: Int) {
    let x = numbers(count, 1).map { $0 * 12 }
    let each = (0..<count).map { Float($0 * 7 % 11) / 10 }
    let losses = [Float(0), 0.9, 1].map { target in
      (BinaryCrossEntropy(count: count, target: target), x.map { _ in target })
    }
    for (loss, targets) in losses + [(BinaryCrossEntropy(targets: each), each)] {
      func reference(_ x: [Double]) -> Double {
        zip(x, targets).reduce(0) { $0 + log1p(exp($1.0)) - Double($1.1) * $1.0 }
          / Double(max(count, 1))
      }
      let value = everywhere { [loss.forward(x)] }
      #expect(distance(value, [reference(x.map(Double.init))]) <= 4e-6)
      let before = numbers(count, 2)
      let dx = everywhere {
        changed(before) { loss.gradient(x, scale: 3, into: $0, accumulate: true) }
      }
      let expected = (0..<count).map {
        3 * (1 / (1 + exp(-Double(x[$0]))) - Double(targets[$0])) / Double(count)
          + Double(before[$0])
      }
      #expect(distance(dx, expected) <= 1e-6)
    }
  }

  @Test func binaryCrossEntropyOfLargeLogitsIsFinite() {
    #expect(BinaryCrossEntropy(count: 2, target: 1).forward([-1e4, 1e4]) == 5000)
  }
}
