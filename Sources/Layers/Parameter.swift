import Autograd
import Compute

/// A learned array.
///
/// It gets its values from `Module.initialize(seed:)`; once the model is trained they lie in the
/// model's `ParameterSlab`. The same parameter may stand in several places of a model: tied weights.
public final class Parameter {
  /// The length of each dimension.
  public let shape: [Int]
  /// The distribution that its initial values are sampled from.
  public let initializer: Initializer
  /// The settings of the optimizer that hold for it.
  public let group: ParameterGroup

  private var own: Values?
  private var place: (slab: ParameterSlab, index: Int)?

  /// A parameter without values; unless the group is given, weight decay holds for what has two
  /// dimensions or more.
  public init(_ shape: [Int], _ initializer: Initializer, group: ParameterGroup? = nil) {
    self.shape = shape
    self.initializer = initializer
    self.group = group ?? (shape.count >= 2 ? .decay : .noDecay)
  }

  /// How many parameters it has.
  public var count: Int { shape.reduce(1, *) }

  /// Its slab; nil while the model is not trained.
  public var slab: ParameterSlab? { place?.slab }

  /// Whether it has values.
  public var isInitialized: Bool { own != nil }

  /// The parameters.
  public var values: Values {
    guard let own else {
      preconditionFailure(
        "a parameter of shape \(shape) has no values yet: call initialize(seed:) on the model")
    }
    return own
  }

  /// The parameter as ops take it: tied to the current tape if that watches it.
  public var tensor: Tensor {
    place.map { $0.slab.tensor(at: $0.index) } ?? Tensor(constant: values)
  }

  /// Lets `body` set the values.
  public func update(_ body: (UnsafeMutablePointer<Float>) throws -> Void) rethrows {
    if let slab { return try slab.update { _ in try body(values.storage.base) } }
    if own == nil { own = Values(shape) }
    try body(values.storage.base)
  }

  /// Copies the values to a slab, where they live from now on.
  func move(to slab: ParameterSlab, at index: Int) {
    let (view, old) = (slab.view(at: index), values)
    slab.update { _ in
      Elementwise.copy(old.pointer, into: view.storage.base, count: count)
    }
    own = view
    place = (slab, index)
  }
}
