import Foundation
import Testing

@testable import Compute

/// Resizing against double precision, and the gradient as its transpose.
@Suite struct ResamplingTests {
  struct Case: CustomTestStringConvertible {
    let batch: Int, height: Int, width: Int, channels: Int
    /// The output's size; nil for repetition by `factor`.
    var size: (Int, Int)?
    var factor = 2

    var testDescription: String { "[\(batch), \(height), \(width), \(channels)]" }

    var resampling: Resampling {
      if let (rows, columns) = size {
        return .bilinear(
          batch: batch, height: height, width: width, channels: channels, outputHeight: rows,
          outputWidth: columns)
      }
      return .nearest(
        batch: batch, height: height, width: width, channels: channels, factor: factor)
    }
    var inputCount: Int { batch * height * width * channels }
    var outputCount: Int {
      batch * resampling.outputHeight * resampling.outputWidth * channels
    }

    func reference(_ x: [Float]) -> [Double] {
      let (rows, columns) = (resampling.outputHeight, resampling.outputWidth)
      func axis(_ i: Int, _ length: Int, _ output: Int) -> (Int, Int, Double) {
        guard size != nil else { return (i / factor, i / factor, 0) }
        let position = max(0, (Double(i) + 0.5) * Double(length) / Double(output) - 0.5)
        let first = min(Int(position), length - 1)
        return (first, min(first + 1, length - 1), position - Double(first))
      }
      return (0..<outputCount).map { index in
        let channel = index % channels
        let column = index / channels % columns
        let row = index / channels / columns % rows
        let image = index / channels / columns / rows
        let (top, bottom, v) = axis(row, height, rows)
        let (left, right, u) = axis(column, width, columns)
        func pixel(_ y: Int, _ x0: Int) -> Double {
          Double(x[((image * height + y) * width + x0) * channels + channel])
        }
        return (1 - v) * ((1 - u) * pixel(top, left) + u * pixel(top, right))
          + v * ((1 - u) * pixel(bottom, left) + u * pixel(bottom, right))
      }
    }
  }

  static let cases = [
    Case(batch: 1, height: 1, width: 1, channels: 1),
    Case(batch: 2, height: 3, width: 5, channels: 17),
    Case(batch: 3, height: 8, width: 8, channels: 16, factor: 3),
    Case(batch: 0, height: 2, width: 2, channels: 3),
    Case(batch: 2, height: 4, width: 6, channels: 3, size: (8, 12)),
    Case(batch: 1, height: 7, width: 5, channels: 65, size: (3, 11)),
    Case(batch: 2, height: 32, width: 32, channels: 15, size: (9, 9)),
    Case(batch: 1, height: 3, width: 3, channels: 2, size: (1, 1)),
    Case(batch: 1, height: 3, width: 3, channels: 2, size: (0, 4)),
    Case(batch: 1, height: 5, width: 4, channels: 1, size: (5, 4)),
  ]

  @Test(arguments: cases) func agreesWithDouble(_ test: Case) {
    let x = numbers(test.inputCount, 1)
    let y = everywhere {
      changed([Float](repeating: 9, count: test.outputCount)) {
        test.resampling.forward(x, into: $0)
      }
    }
    #expect(distance(y, test.reference(x)) <= 2e-6)
  }

  @Test(arguments: cases) func gradientIsTheTranspose(_ test: Case) {
    let (x, dy) = (numbers(test.inputCount, 1), numbers(test.outputCount, 2))
    let dx = everywhere {
      changed([Float](repeating: 9, count: x.count)) { test.resampling.gradient(dy, into: $0) }
    }
    // <dy, R x> = <R' dy, x>, and by linearity for each x: one pixel's in particular.
    #expect(abs(dot(dy, test.reference(x)) - dot(dx, x.map(Double.init))) <= 1e-4)
    for place in stride(from: 0, to: x.count, by: max(1, x.count / 5)) {
      var unit = [Float](repeating: 0, count: x.count)
      unit[place] = 1
      #expect(abs(dot(dy, test.reference(unit)) - Double(dx[place])) <= 1e-5)
    }
    let before = numbers(x.count, 3)
    let added = changed(before) { test.resampling.gradient(dy, into: $0, accumulate: true) }
    #expect(distance(added, zip(before, dx).map { Double($0) + Double($1) }) <= 1e-6)
  }

  @Test func anImageDoesNotDependOnTheOthers() {
    let x = numbers(3 * 7 * 5 * 17, 1)
    func run(_ batch: Int) -> [Float] {
      changed([Float](repeating: 0, count: batch * 4 * 9 * 17)) {
        Resampling.bilinear(
          batch: batch, height: 7, width: 5, channels: 17, outputHeight: 4, outputWidth: 9
        ).forward(x, into: $0)
      }
    }
    #expect(Array(run(3)[..<(4 * 9 * 17)]) == run(1))
  }
}
