import KernelInterface

/// An activation and its derivative on sixteen elements.
///
/// Each is a type of its own, so that a loop over elements is compiled once for each and has no
/// switch inside: see `ActivationLoop`.
protocol ActivationFunction {
  func value(_ x: Vector) -> Vector
  func derivative(_ x: Vector) -> Vector
  /// The derivative from what is saved for it, which `Activation.differentiatesFromOutput` tells.
  func derivative(saved: Vector) -> Vector
}

extension ActivationFunction {
  /// The saved argument, or a value that has the same derivative.
  @inline(always)
  func derivative(saved: Vector) -> Vector { derivative(saved) }
}

struct Identity: ActivationFunction {
  @inline(always)
  func value(_ x: Vector) -> Vector { x }

  @inline(always)
  func derivative(_ x: Vector) -> Vector { Vector(repeating: 1) }
}

struct Relu: ActivationFunction {
  // Comparisons with NaN are false, so that it passes through.
  @inline(always)
  func value(_ x: Vector) -> Vector { choose(x .< Vector.zero, Vector.zero, x) }

  @inline(always)
  func derivative(_ x: Vector) -> Vector {
    choose(x .> Vector.zero, Vector(repeating: 1), Vector.zero)
  }
}

struct ReluSquared: ActivationFunction {
  @inline(always)
  func value(_ x: Vector) -> Vector { choose(x .< Vector.zero, Vector.zero, x * x) }

  @inline(always)
  func derivative(_ x: Vector) -> Vector { choose(x .< Vector.zero, Vector.zero, x + x) }

  /// The positive root of the value is the argument, or 0 where it was negative.
  @inline(always)
  func derivative(saved y: Vector) -> Vector { squareRoot(y) * 2 }
}

struct LeakyRelu: ActivationFunction {
  let slope: Float

  @inline(always)
  func value(_ x: Vector) -> Vector { choose(x .< Vector.zero, x * slope, x) }

  @inline(always)
  func derivative(_ x: Vector) -> Vector {
    choose(x .> Vector.zero, Vector(repeating: 1), Vector(repeating: slope))
  }
}

struct Tanh: ActivationFunction {
  @inline(always)
  func value(_ x: Vector) -> Vector { tanh(x) }

  @inline(always)
  func derivative(_ x: Vector) -> Vector { derivative(saved: tanh(x)) }

  @inline(always)
  func derivative(saved y: Vector) -> Vector { 1 - y * y }
}

struct Sigmoid: ActivationFunction {
  @inline(always)
  func value(_ x: Vector) -> Vector { sigmoid(x) }

  @inline(always)
  func derivative(_ x: Vector) -> Vector { derivative(saved: sigmoid(x)) }

  @inline(always)
  func derivative(saved y: Vector) -> Vector { y * (1 - y) }
}

struct Silu: ActivationFunction {
  @inline(always)
  func value(_ x: Vector) -> Vector { x / (exp(-x) + 1) }

  @inline(always)
  func derivative(_ x: Vector) -> Vector {
    let s = sigmoid(x)
    return s * fma(x, 1 - s, 1)
  }
}

struct Gelu: ActivationFunction {
  @inline(always)
  func value(_ x: Vector) -> Vector { x * distribution(x) }

  /// Its factor e^(-x^2 / 2) / sqrt(2 pi) is the normal density.
  @inline(always)
  func derivative(_ x: Vector) -> Vector {
    fma(x, exp(x * x * -0.5) * 0.398942280, distribution(x))
  }

  /// The probability that a standard normal variable is below x: (1 + erf(x / sqrt 2)) / 2.
  @inline(always)
  private func distribution(_ x: Vector) -> Vector { fma(erf(x * 0.707106781), 0.5, 0.5) }
}

struct GeluTanh: ActivationFunction {
  @inline(always)
  private var scale: Float { 0.797884561 }  // sqrt(2 / pi)
  @inline(always)
  private var cubic: Float { 0.0356774081 }  // 0.044715 sqrt(2 / pi)

  @inline(always)
  func value(_ x: Vector) -> Vector { x * fma(tangent(x), 0.5, 0.5) }

  @inline(always)
  func derivative(_ x: Vector) -> Vector {
    let t = tangent(x)
    // Where x^2 would not be finite, 1 - t^2 has long been 0.
    let slope = fma(min(x * x, Vector(repeating: 1000)), 3 * cubic, scale)
    return fma(x * 0.5 * (1 - t * t), slope, fma(t, 0.5, 0.5))
  }

  @inline(always)
  private func tangent(_ x: Vector) -> Vector { tanh(x * fma(x * x, cubic, scale)) }
}
