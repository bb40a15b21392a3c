import Autograd
import Compute

// Ops that are simple enough to be right by inspection: what the tests of the tape record.

/// x times a constant.
func scaled(_ x: Tensor, by factor: Float) -> Tensor {
  let y = Values(x.shape, x.values.elements.map { $0 * factor })
  return record(y, from: x) { dy, gradients in
    gradients.write(to: x) { dx, accumulate in
      for i in 0..<dy.count { dx[i] = (accumulate ? dx[i] : 0) + factor * dy.pointer[i] }
    }
  }
}

/// a + b, whose gradient goes on to both without a copy.
func sum(_ a: Tensor, _ b: Tensor) -> Tensor {
  let y = Values(a.shape, zip(a.values.elements, b.values.elements).map(+))
  return record(y, from: a, b) { dy, gradients in
    gradients.pass(dy, to: a)
    gradients.pass(dy, to: b)
  }
}

/// a * b.
func product(_ a: Tensor, _ b: Tensor) -> Tensor {
  let y = Values(a.shape, zip(a.values.elements, b.values.elements).map(*))
  return record(y, from: a, b) { dy, gradients in
    for (input, other) in [(a, b), (b, a)] {
      gradients.write(to: input) { destination, accumulate in
        for i in 0..<dy.count {
          destination[i] =
            (accumulate ? destination[i] : 0) + other.values.pointer[i] * dy.pointer[i]
        }
      }
    }
  }
}

/// The same elements under another shape, gradient and all.
func viewed(_ x: Tensor, as shape: [Int]) -> Tensor {
  record(x.values.reshaped(shape), from: x) { dy, gradients in gradients.pass(dy, to: x) }
}

/// The sum of all elements, a scalar.
func total(_ x: Tensor) -> Tensor {
  record(Values([], [x.values.elements.reduce(0, +)]), from: x) { dy, gradients in
    gradients.write(to: x) { dx, accumulate in
      for i in 0..<x.count { dx[i] = (accumulate ? dx[i] : 0) + dy.pointer[0] }
    }
  }
}

/// x, with `body` run when the gradient passes.
func watched(_ x: Tensor, _ body: @escaping (Values) -> Void) -> Tensor {
  record(x.values, from: x) { dy, gradients in
    body(dy)
    gradients.pass(dy, to: x)
  }
}

extension ParameterSlab {
  /// A slab of arrays of one dimension, each with those elements.
  convenience init(_ arrays: [Float]...) {
    self.init(
      arrays.enumerated().map {
        (SlabEntry(path: "p\($0.offset)", shape: [$0.element.count]), .decay)
      })
    update { values in
      for (entry, array) in zip(entries, arrays) {
        for (i, element) in zip(entry.range, array) { values[i] = element }
      }
    }
  }

  /// The gradient of each parameter.
  var gradientElements: [[Float]] {
    entries.map { entry in entry.range.map { gradients.base[$0] } }
  }
}
