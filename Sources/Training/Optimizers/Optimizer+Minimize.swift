import Autograd
import Layers

extension Optimizer {
  /// An optimizer of all parameters of a model, which have values; it has done no step.
  ///
  /// - Parameter steps: how many there will be, over which the rate's schedule runs.
  public convenience init(
    of model: some Module, _ options: OptimizerOptions, steps: Int = .max
  ) {
    self.init(ParameterSlab.of(model), options, steps: steps)
  }

  /// Does a step against the gradients of `loss`, a scalar, with respect to the parameters.
  ///
  /// What else `loss` reads, such as another network's output, counts as constant.
  /// - Returns: The loss before the step.
  /// - Throws: `NumericalFault` when the loss or the gradients are not finite, the parameters being as
  ///   they were; and what `loss` throws.
  @discardableResult
  public func minimize(_ loss: () throws -> Tensor) throws -> Float {
    let (value, _) = try valueAndGradients(of: slab, loss)
    do { try step(after: value) } catch {
      throw error.traced { _ = try valueAndGradients(of: slab, loss) }
    }
    return value
  }
}
