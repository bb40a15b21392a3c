import Compute

/// Returns an op's result: its value and its pullback together, on the current tape if one of the
/// inputs belongs to that.
///
/// Inputs of another tape, and those that are nil, count as constants. A pullback that captures a tensor
/// keeps its values: it should capture `saved` where it needs them, and `gradientTarget` where it does not.
///
/// - Parameter recompute: Makes the same values again, from what the pullback keeps anyway: then those of
///   later ops do not keep them. Worth it where it costs little beside the ops that read them.
public func record(
  _ values: Values, from inputs: Tensor?..., recompute: (() -> Values)? = nil,
  pullback: @escaping Pullback
) -> Tensor {
  record(nil, values, from: inputs, recompute: recompute, pullback: pullback)
}

/// The same for an op of this library, which has a name and with it a row in the table of op cases.
func record(
  _ name: OpName, _ values: Values, from inputs: Tensor?..., recompute: (() -> Values)? = nil,
  pullback: @escaping Pullback
) -> Tensor {
  record(name, values, from: inputs, recompute: recompute, pullback: pullback)
}

func record(
  _ name: OpName?, _ values: Values, from inputs: [Tensor?], recompute: (() -> Values)? = nil,
  pullback: @escaping Pullback
) -> Tensor {
  Profile.lap(name, .forward)
  guard let tape = Tape.current, inputs.contains(where: { $0?.node?.tape == tape.id }) else {
    NonFiniteSearch.current?.look(at: name, values, from: inputs, node: nil)
    return Tensor(constant: values)
  }
  let operation = Tape.Operation(
    name: name, pullback: pullback, stamps: inputs.compactMap { $0?.stamp })
  let node = tape.append(operation)
  NonFiniteSearch.current?.look(at: name, values, from: inputs, node: node)
  return Tensor(values, at: node, recomputed: recompute.map(Recomputed.init))
}

/// The value of `loss`, a scalar, and its gradients with respect to the parameters of `slab`; with
/// `accumulating`, they are added to those that lie in the slab already.
public func valueAndGradients(
  of slab: ParameterSlab, accumulating: Bool = false, _ loss: () throws -> Tensor
) rethrows -> (value: Float, gradients: Gradients) {
  let tape = Tape(watching: slab)
  let result = try tape.record(loss)
  return (result.item, tape.gradients(of: result, accumulating: accumulating))
}

/// The mean of the losses of `microBatches` parts of a batch, and the gradients of that mean with
/// respect to the parameters of `slab`, which come together there part by part: a batch of any size in
/// the memory that a part takes.
///
/// - Parameter loss: The loss of a part by its number, a scalar.
public func valueAndGradients(
  of slab: ParameterSlab, microBatches: Int, _ loss: (_ part: Int) throws -> Tensor
) rethrows -> (value: Float, gradients: Gradients) {
  precondition(microBatches > 0, "a batch of \(microBatches) parts")
  let share = 1 / Float(microBatches)
  func add(_ part: Int) throws -> (value: Float, gradients: Gradients) {
    let tape = Tape(watching: slab)
    let result = try tape.record { try loss(part) }
    let cotangent = Values([]) { $0[0] = share }
    return (
      share * result.item,
      tape.gradients(of: result, cotangent: cotangent, accumulating: part > 0)
    )
  }
  var sum = try add(0)
  for part in 1..<max(1, MemoryPlan.rounds(microBatches)) {
    let next = try add(part)
    sum = (sum.value + next.value, next.gradients)
  }
  return sum
}
