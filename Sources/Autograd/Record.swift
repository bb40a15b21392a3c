import Compute

/// Returns an op's result: its value and its pullback together, on the current tape if one of the
/// inputs belongs to that.
///
/// Inputs of another tape, and those that are nil, count as constants.
public func record(
  _ values: Values, from inputs: Tensor?..., pullback: @escaping Pullback
) -> Tensor {
  record(nil, values, from: inputs, pullback: pullback)
}

/// The same for an op of this library, which has a name and with it a row in the table of op cases.
func record(
  _ name: OpName, _ values: Values, from inputs: Tensor?..., pullback: @escaping Pullback
) -> Tensor {
  record(name, values, from: inputs, pullback: pullback)
}

func record(
  _ name: OpName?, _ values: Values, from inputs: [Tensor?], pullback: @escaping Pullback
) -> Tensor {
  guard let tape = Tape.current, inputs.contains(where: { $0?.node?.tape == tape.id }) else {
    return Tensor(constant: values)
  }
  let operation = Tape.Operation(
    name: name, pullback: pullback, stamps: inputs.compactMap { $0?.stamp })
  return Tensor(values, at: tape.append(operation))
}

/// The value of `loss`, a scalar, and its gradients with respect to the parameters of `slab`.
public func valueAndGradients(
  of slab: ParameterSlab, _ loss: () throws -> Tensor
) rethrows -> (value: Float, gradients: Gradients) {
  let tape = Tape(watching: slab)
  let result = try tape.record(loss)
  return (result.item, tape.gradients(of: result))
}
