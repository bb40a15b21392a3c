import Autograd
import Compute
import Layers
import Testing

@testable import Runs
@testable import Training

/// A step from a loss alone.
struct MinimizeTests {
  private struct Line: Module {
    let linear = Linear(1, 1)
    func callAsFunction(_ x: Tensor) -> Tensor { linear(x) }
  }

  private let x = Tensor([4, 1], [-1, 0, 1, 2])

  @Test func itIsAStepAgainstTheGradients() throws {
    let target = Tensor([4, 1], [-5, -2, 1, 4])
    let lines = [Line(), Line()]
    for line in lines { line.initialize(seed: 3) }
    let optimizers = lines.map { Optimizer(of: $0, OptimizerOptions(learningRate: 0.1)) }
    for _ in 0..<200 {
      let (loss, _) = valueAndGradients(of: lines[0]) { meanSquaredError(lines[0](x), target) }
      optimizers[0].step()
      let minimized = try optimizers[1].minimize { meanSquaredError(lines[1](x), target) }
      #expect(minimized == loss)
    }
    for line in lines {
      #expect(abs(line.linear.weight.values.elements[0] - 3) < 1e-2)
      #expect(abs(line(Tensor([1, 1], [0])).item + 2) < 1e-2)
    }
    #expect(lines[0].linear.weight.values.elements == lines[1].linear.weight.values.elements)
  }

  @Test func aFaultLeavesTheModelAndIsTraced() {
    let line = Line()
    line.initialize(seed: 3)
    let adam = Optimizer(of: line, OptimizerOptions(learningRate: 0.1))
    let before = line.linear.weight.values.elements
    let fault = #expect(throws: NumericalFault.self) {
      try adam.minimize { mean(line(Tensor([1, 1], [.infinity]))) }
    }
    #expect(fault?.origin?.source == .data && fault?.origin?.layer == "linear.weight")
    #expect(line.linear.weight.values.elements == before && adam.stepsDone == 0)
  }
}
