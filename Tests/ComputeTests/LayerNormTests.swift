import Foundation
import Testing

@testable import Compute

/// Layer and RMS norm against double precision.
@Suite struct LayerNormTests {
  struct Case: CustomTestStringConvertible {
    let rows: Int
    let columns: Int
    var isCentered = true
    var hasParameters = true

    var testDescription: String {
      "[\(rows), \(columns)] \(isCentered ? "layer" : "RMS"), parameters: \(hasParameters)"
    }
    var x: [Float] { numbers(rows * columns, 1).map { $0 * 3 + 0.7 } }
    var dy: [Float] { numbers(rows * columns, 2) }
    var weight: [Float] { numbers(columns, 3).map { hasParameters ? $0 + 1.5 : 1 } }
    var bias: [Float] { numbers(columns, 4).map { hasParameters && isCentered ? $0 : 0 } }
    var norm: LayerNormalization {
      LayerNormalization(rows: rows, columns: columns, isCentered: isCentered)
    }

    func forward() -> (y: [Float], mean: [Float], inverse: [Float]) {
      var (mean, inverse) = ([Float](repeating: 0, count: rows), [Float]())
      inverse = mean
      let y = changed(x) {
        norm.forward(
          UnsafePointer($0), weight: hasParameters ? weight : nil,
          bias: hasParameters && isCentered ? bias : nil, into: $0, mean: &mean,
          rstd: &inverse)
      }
      return (y, mean, inverse)
    }

    /// dx and the gradients of weight and bias, one after the other, on top of `before`.
    func backward(_ before: [Float]? = nil) -> [Float] {
      let (_, mean, inverse) = forward()
      let saved = Values([rows], mean), savedInverse = Values([rows], inverse)
      let x = Values([x.count], x), dy = Values([x.count], dy), weight = Values([columns], weight)
      let gradients = norm.gradients(
        x.pointer, dy.pointer, weight: hasParameters ? weight.pointer : nil, mean: saved.pointer,
        rstd: savedInverse.pointer)
      return withExtendedLifetime([x, dy, weight, saved, savedInverse]) {
        changed(before ?? [Float](repeating: 7, count: x.count + 2 * columns)) {
          gradients.input(into: $0, accumulate: before != nil)
          gradients.weight(into: $0 + x.count, accumulate: before != nil)
          gradients.bias(into: $0 + x.count + columns, accumulate: before != nil)
        }
      }
    }

    func reference(_ x: [Double], _ weight: [Double], _ bias: [Double]) -> [Double] {
      var y = x
      for row in 0..<rows {
        let places = row * columns..<(row + 1) * columns
        let count = Double(columns)
        let mean = isCentered ? x[places].reduce(0, +) / count : 0
        let variance = x[places].reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        for place in places {
          let normal = (x[place] - mean) / (variance + 1e-5).squareRoot()
          y[place] = normal * weight[place % columns] + bias[place % columns]
        }
      }
      return y
    }
  }

  static let cases = [
    Case(rows: 3, columns: 2), Case(rows: 1, columns: 15), Case(rows: 130, columns: 16),
    Case(rows: 9, columns: 17, hasParameters: false), Case(rows: 257, columns: 65),
    Case(rows: 5, columns: 384, isCentered: false),
    Case(rows: 140, columns: 33, isCentered: false, hasParameters: false),
  ]

  @Test(arguments: cases) func forwardAgreesWithDouble(_ test: Case) {
    let expected = test.reference(
      test.x.map(Double.init), test.weight.map(Double.init), test.bias.map(Double.init))
    #expect(distance(everywhere { test.forward().y }, expected) <= 4e-6)
  }

  @Test(arguments: cases) func backwardAgreesWithDifferences(_ test: Case) {
    let result = everywhere { test.backward() }
    let (x, weight, bias) = (
      test.x.map(Double.init), test.weight.map(Double.init), test.bias.map(Double.init)
    )
    let (dy, count, columns) = (test.dy, test.x.count, test.columns)
    expectGradient(
      Array(result[..<count]), of: { dot(dy, test.reference($0, weight, bias)) }, at: test.x,
      places: 8)
    expectGradient(
      Array(result[count..<count + columns]), of: { dot(dy, test.reference(x, $0, bias)) },
      at: test.weight, places: 4)
    expectGradient(
      Array(result[(count + columns)...]), of: { dot(dy, test.reference(x, weight, $0)) },
      at: test.bias, places: 4)
    let before = numbers(result.count, 5)
    let sums = zip(before, result).map { Double($0) + Double($1) }
    #expect(distance(test.backward(before), sums) <= 2e-5)
  }

  @Test func aRowDoesNotDependOnTheOthers() {
    let (many, one) = (Case(rows: 300, columns: 65), Case(rows: 1, columns: 65))
    #expect(Array(many.forward().y[..<65]) == one.forward().y)
    #expect(Array(many.backward()[..<65]) == Array(one.backward()[..<65]))
  }

  @Test func noRowsAreNothing() {
    #expect(Case(rows: 0, columns: 3).backward() == [Float](repeating: 0, count: 6))
  }
}
