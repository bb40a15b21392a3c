import Compute
import TestSupport
import Testing

@testable import Autograd

/// A row of the table of op cases, read three ways: the value against a naive version in double
/// precision, the gradient against finite differences of that version, and the throughput.
struct OpCase: Sendable, CustomTestStringConvertible {
  /// A random input.
  struct Input: Sendable {
    let shape: [Int]
    /// Elements lie in here, but not within `gap` of zero, where some functions have a kink.
    let range: ClosedRange<Float>
    let gap: Float

    init(_ shape: [Int], in range: ClosedRange<Float> = -1.5...1.5, gap: Float = 0.05) {
      (self.shape, self.range, self.gap) = (shape, range, gap)
    }

    init(_ shape: Int..., in range: ClosedRange<Float> = -1.5...1.5, gap: Float = 0.05) {
      self.init(shape, in: range, gap: gap)
    }
  }

  let name: OpName
  let label: String
  let inputs: [Input]
  /// The largest error of a value or gradient, relative to the largest element or one.
  let tolerance: Double
  let op: @Sendable ([Tensor]) -> Tensor
  let reference: @Sendable ([Reference]) -> Reference

  init(
    _ name: OpName, _ label: String, _ inputs: [Input], tolerance: Double = 2e-6,
    op: @escaping @Sendable ([Tensor]) -> Tensor,
    reference: @escaping @Sendable ([Reference]) -> Reference
  ) {
    (self.name, self.label, self.inputs, self.tolerance) = (name, label, inputs, tolerance)
    (self.op, self.reference) = (op, reference)
  }

  var testDescription: String { "\(name.rawValue), \(label)" }

  /// The inputs' elements; the same at each call.
  var samples: [[Float]] {
    var random = SplitMix(seed: UInt64(inputs.count))
    return inputs.map { input in
      (0..<input.shape.reduce(1, *)).map { _ in
        while true {
          let x = Float.random(in: input.range, using: &random)
          if abs(x) >= input.gap { return x }
        }
      }
    }
  }
}
