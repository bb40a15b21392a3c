import Autograd

extension ParameterSlab {
  /// Moves the parameters of the model, which have values, into a new slab.
  public convenience init(_ model: some Module) {
    let found = model.parameters
    let parameters = Dictionary(uniqueKeysWithValues: found.map { ($0.path, $0.value) })
    self.init(
      found.map {
        let entry = SlabEntry(path: $0.path, aliases: $0.aliases, shape: $0.value.shape)
        return (entry, $0.value.group)
      })
    for (index, entry) in entries.enumerated() {
      guard let parameter = parameters[entry.path] else { continue }
      precondition(parameter.slab == nil, "\(entry.path) lies in the slab of another model")
      parameter.move(to: self, at: index)
    }
  }

  /// The slab of the model's parameters, which is made if there is none yet.
  ///
  /// It goes through the model by reflection; a training loop asks once.
  public static func of(_ model: some Module) -> ParameterSlab {
    let found = model.parameters
    guard let slab = found.first?.value.slab else { return ParameterSlab(model) }
    precondition(
      found.count == slab.entries.count && found.allSatisfy { $0.value.slab === slab },
      "the parameters of \(type(of: model)) are a part of another model's slab: take the gradients "
        + "of that model")
    return slab
  }
}

extension Tape {
  /// An empty tape that watches the parameters of the model.
  public convenience init(watching model: some Module) { self.init(watching: .of(model)) }
}

/// The value of `loss`, a scalar, and its gradients with respect to the parameters of the model.
public func valueAndGradients(
  of model: some Module, _ loss: () throws -> Tensor
) rethrows -> (value: Float, gradients: Gradients) {
  try valueAndGradients(of: ParameterSlab.of(model), loss)
}
