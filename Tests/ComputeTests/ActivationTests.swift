import Foundation
import KernelInterface
import Testing

@testable import Compute

/// The activations in double precision.
func reference(_ activation: Activation, _ x: Double) -> Double {
  switch activation {
  case .identity: x
  case .relu: max(x, 0)
  case .reluSquared: max(x, 0) * max(x, 0)
  case .leakyRelu(let slope): x > 0 ? x : Double(slope) * x
  case .tanh: tanh(x)
  case .sigmoid: 1 / (1 + exp(-x))
  case .silu: x / (1 + exp(-x))
  case .gelu: x / 2 * (1 + erf(x / 2.0.squareRoot()))
  case .geluTanh: x / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
  }
}

let activations: [Activation] = [
  .identity, .relu, .reluSquared, .leakyRelu(slope: 0.2), .tanh, .sigmoid, .silu, .gelu, .geluTanh,
]

@Suite struct ActivationTests {
  @Test(arguments: activations) func agreesWithDouble(_ activation: Activation) {
    for count in lengths {
      let x = numbers(count).map { $0 * 9 }
      let y = everywhere {
        changed(x) { activation.apply(UnsafePointer($0), into: $0, count: count) }
      }
      // A square has the rounding error of a number that is nine times as large.
      let tolerance = activation == .reluSquared ? 18e-6 : 2e-6
      #expect(distance(y, x.map { reference(activation, Double($0)) }) <= tolerance)
    }
  }

  @Test(arguments: activations) func derivativeAgreesWithDifferences(_ activation: Activation) {
    for (count, accumulate) in [(0, false), (1, true), (17, false), (65, true), (40_000, false)] {
      let x = numbers(count, 1).map { $0 * 6 }
      let dy = numbers(count, 2)
      let y = changed(x) { activation.apply(UnsafePointer($0), into: $0, count: count) }
      let saved = activation.differentiatesFromOutput ? y : x
      let before = numbers(count, 3)
      let dx = everywhere {
        changed(before) {
          activation.gradient(saved: saved, dy, into: $0, count: count, accumulate: accumulate)
        }
      }
      let step = 1e-6
      let expected = (0..<count).map { i -> Double in
        let x = Double(x[i])
        let slope = (reference(activation, x + step) - reference(activation, x - step)) / (2 * step)
        return Double(dy[i]) * slope + (accumulate ? Double(before[i]) : 0)
      }
      #expect(distance(dx, expected) <= 3e-6)
    }
  }

  @Test(arguments: activations) func passesNaNOn(_ activation: Activation) {
    let y = changed([.nan, 1]) { activation.apply(UnsafePointer($0), into: $0, count: 2) }
    #expect(y[0].isNaN && !y[1].isNaN)
  }

  @Test func largeArgumentsStayFinite() {
    let x: [Float] = [-1e30, -200, 200, 1e30]
    for activation in activations {
      // 1e30 has no finite square.
      for argument in x where activation != .reluSquared || argument < 1e18 {
        let y = changed([argument]) { activation.apply(UnsafePointer($0), into: $0, count: 1) }
        let dx = changed([0]) {
          activation.gradient(
            saved: activation.differentiatesFromOutput ? y : [argument], [1], into: $0, count: 1)
        }
        #expect(y[0].isFinite && dx[0].isFinite, "\(activation) at \(argument)")
      }
    }
  }

  @Test(arguments: [0, 1, 3, 15, 16, 17, 65]) func finishesRows(columns: Int) {
    let (rows, stride) = (5, 80)
    let x = numbers(rows * stride, 4)
    let bias = numbers(columns, 5)
    for activation in activations {
      for hasBias in [false, true] {
        let y = everywhere {
          changed(x) { base in
            let starts = (0..<rows).map { UnsafeMutableRawPointer(base + $0 * stride) }
            InstructionSet.current.kernels.finish(
              starts, count: rows, offset: 8, columns: columns, bias: hasBias ? bias : nil,
              activation: activation)
          }
        }
        let expected = x.indices.map { i -> Double in
          let column = i % stride - 2
          guard (0..<columns).contains(column) else { return Double(x[i]) }
          return reference(activation, Double(x[i]) + (hasBias ? Double(bias[column]) : 0))
        }
        #expect(distance(y, expected) <= 1e-6)
      }
    }
  }
}
