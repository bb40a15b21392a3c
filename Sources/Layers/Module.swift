import Compute

/// A layer or a model: a struct whose stored properties are parameters, buffers and modules, or arrays
/// and optionals of them.
///
/// Properties are named as the reference implementations name theirs, in camel case; their snake case is the path in a
/// checkpoint: `downBlocks[0].conv1.weight` is `down_blocks.0.conv1.weight`.
public protocol Module {}

/// A parameter or buffer, and where a model keeps it.
public struct Named<Value> {
  /// The first path that leads to it.
  public let path: String
  /// The parameter or buffer.
  public let value: Value
  /// The other paths that lead to it.
  public fileprivate(set) var aliases: [String] = []
}

extension Module {
  /// All parameters in order, each once, found by reflection: ask when training is set up.
  public var parameters: [Named<Parameter>] { named(Reflection(self).parameters) }

  /// All buffers in order, each once, found by reflection.
  public var buffers: [Named<Buffer>] { named(Reflection(self).buffers) }

  /// How many parameters the model has.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }

  /// Draws the initial values of all parameters.
  ///
  /// A parameter's values depend on the seed, its number among `parameters` and its shape alone.
  public func initialize(seed: UInt64) {
    for (index, named) in parameters.enumerated() {
      let stream = RandomStream(seed: seed, purpose: .initialization, layer: index)
      let parameter = named.value
      parameter.update { parameter.initializer.fill($0, shape: parameter.shape, from: stream) }
    }
  }

  private func named<Value: AnyObject>(_ found: [(path: String, value: Value)]) -> [Named<Value>] {
    var result: [Named<Value>] = []
    var places: [ObjectIdentifier: Int] = [:]
    for (path, value) in found {
      if let place = places[ObjectIdentifier(value)] {
        result[place].aliases.append(path)
      } else {
        places[ObjectIdentifier(value)] = result.count
        result.append(Named(path: path, value: value))
      }
    }
    return result
  }
}
