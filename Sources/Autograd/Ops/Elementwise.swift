import Compute

extension Tensor {
  /// a + b, element by element; the shapes are the same.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    record(.add, combine(.add, a, b), from: a, b) {
      [a = a.gradientTarget, b = b.gradientTarget] dy, gradients in
      gradients.pass(dy, to: a)
      gradients.pass(dy, to: b)
    }
  }

  /// a - b, element by element; the shapes are the same.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    record(.subtract, combine(.subtract, a, b), from: a, b) {
      [a = a.gradientTarget, b = b.gradientTarget] dy, gradients in
      gradients.pass(dy, to: a)
      gradients.write(to: b) {
        Elementwise.transform(
          .affine(scale: -1, offset: 0), dy.pointer, into: $0, count: dy.count, accumulate: $1)
      }
    }
  }

  /// a b, element by element; the shapes are the same.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    record(.multiply, combine(.multiply, a, b), from: a, b) {
      [a = a.saved, b = b.saved] dy, gradients in
      for (input, other) in [(a, b), (b, a)] {
        gradients.write(to: input.gradientTarget) {
          Elementwise.combine(
            .multiply, other.values.pointer, dy.pointer, into: $0, count: dy.count, accumulate: $1)
        }
      }
    }
  }

  /// x plus a number.
  public static func + (x: Tensor, shift: Float) -> Tensor { affine(x, scale: 1, shift: shift) }

  /// x minus a number.
  public static func - (x: Tensor, shift: Float) -> Tensor { affine(x, scale: 1, shift: -shift) }

  /// A number minus x.
  public static func - (shift: Float, x: Tensor) -> Tensor { affine(x, scale: -1, shift: shift) }

  /// A number times x.
  public static func * (scale: Float, x: Tensor) -> Tensor { affine(x, scale: scale) }

  /// -x.
  public static prefix func - (x: Tensor) -> Tensor { affine(x, scale: -1) }
}

/// scale x + shift, element by element.
public func affine(_ x: Tensor, scale: Float, shift: Float = 0) -> Tensor {
  let y = Values(x.shape) {
    Elementwise.transform(
      .affine(scale: scale, offset: shift), x.values.pointer, into: $0, count: x.count)
  }
  return record(.affine, y, from: x) { [x = x.gradientTarget] dy, gradients in
    gradients.write(to: x) {
      Elementwise.transform(
        .affine(scale: scale, offset: 0), dy.pointer, into: $0, count: dy.count, accumulate: $1)
    }
  }
}

private func combine(_ operation: Combination, _ a: Tensor, _ b: Tensor) -> Values {
  precondition(a.shape == b.shape, "\(operation): the shapes \(a.shape) and \(b.shape)")
  return Values(a.shape) {
    Elementwise.combine(operation, a.values.pointer, b.values.pointer, into: $0, count: a.count)
  }
}
