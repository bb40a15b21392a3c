import Autograd
import Compute
import Layers
import Training

/// x + sin(x)^2, element by element.
///
/// Ziyin, Hartwig and Ueda, "Neural Networks Fail to Learn Periodic Functions and How to Fix It" (2020).
func snake(_ x: Tensor) -> Tensor {
  let y = Values(x.shape) { y in
    Elementwise.map(.sin, x.values.pointer, into: y, count: x.count)
    Elementwise.combine(.multiply, y, y, into: y, count: x.count)
    Elementwise.combine(.add, x.values.pointer, y, into: y, count: x.count)
  }
  return record(y, from: x) { [x = x.saved] dy, gradients in
    // 1 + 2 sin(x) cos(x) = 1 + sin(2x)
    let slope = Values(dy.shape) { slope in
      Elementwise.transform(
        .affine(scale: 2, offset: 0), x.values.pointer, into: slope, count: dy.count)
      Elementwise.map(.sin, slope, into: slope, count: dy.count)
      Elementwise.transform(
        .affine(scale: 1, offset: 1), slope, into: slope, count: dy.count)
    }
    gradients.write(to: x.gradientTarget) { dx, accumulate in
      Elementwise.combine(
        .multiply, slope.pointer, dy.pointer, into: dx, count: dy.count, accumulate: accumulate)
    }
  }
}

let points: [Float] = [-3, -0.5, 0, 0.25, 1, 2]

let tape = Tape()
let x = tape.watch(Values([6], points))
let total = tape.record { sum(snake(x)) }
let slopes = tape.gradients(of: total)[x].elements

func snake(_ x: Float) -> Float { snake(Tensor([1], [x])).item }
for (point, slope) in zip(points, slopes) {
  let estimate = (snake(point + 0.01) - snake(point - 0.01)) / 0.02
  precondition(abs(estimate - slope) < 1e-3, "at \(point) \(slope), but estimated \(estimate)")
  print("at \(point): \(slope), by differences \(estimate)")
}

struct Wave: Module {
  let hidden = Linear(1, 32), output = Linear(32, 1)
  let isPeriodic: Bool
  func callAsFunction(_ x: Tensor) -> Tensor {
    output(isPeriodic ? snake(hidden(x)) : hidden(x, activation: .relu))
  }
}

let (near, far) = (Values([128, 1]), Values([128, 1]))
for (values, scale) in [(near, Float(6)), (far, 9)] {
  let uniform = RandomStream(seed: 1, purpose: .drawing).uniforms([128, 1])
  Elementwise.transform(
    .affine(scale: 2 * scale, offset: -scale), uniform.pointer, into: values.storage.base,
    count: 128)
}
func sine(_ x: Values) -> Tensor {
  Tensor(
    constant: Values(x.shape) { Elementwise.map(.sin, x.pointer, into: $0, count: x.count) })
}

for isPeriodic in [false, true] {
  let wave = Wave(isPeriodic: isPeriodic)
  wave.initialize(seed: 1)
  let adam = Optimizer(of: wave, OptimizerOptions(learningRate: 0.01))
  for _ in 0..<2000 {
    try adam.minimize { meanSquaredError(wave(Tensor(constant: near)), sine(near)) }
  }
  let errors = [near, far].map { meanSquaredError(wave(Tensor(constant: $0)), sine($0)).item }
  print(
    "\(isPeriodic ? "snake" : "relu"): error \(errors[0]) where it learned, \(errors[1]) beyond")
}
