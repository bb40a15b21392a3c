import Compute
import Synchronization

/// Where a number that is not finite first arose in a step.
public struct NonFiniteOrigin: Equatable, Sendable, CustomStringConvertible {
  /// What brought it.
  public enum Source: Equatable, Sendable {
    /// What the op was given from outside, such as a batch.
    case data
    /// A parameter, by its path.
    case parameter(String)
    /// The op's result, of inputs that are finite.
    case value
    /// The gradient of one of the op's inputs; that of its result is finite.
    case gradient
  }

  /// The op's name.
  public let op: String
  /// The first of the op's parameters, by its path, or else of the latest op before it that has one.
  public let layer: String?
  /// What brought it.
  public let source: Source

  /// What was not finite first: "the gradient of linear, layer h.3.mlp.c_fc.weight".
  public var description: String {
    let place = layer.map { "\(op), layer \($0)" } ?? op
    switch source {
    case .data: return "the data that \(place) was given"
    case .parameter(let path): return "the parameter \(path), which \(op) was given"
    case .value: return "the result of \(place)"
    case .gradient: return "the gradient of \(place)"
    }
  }
}

/// A look at every result and gradient, until one is not finite.
///
/// A step that went wrong is done again in its scope: as nothing in a step depends on more than the
/// weights, the batch and the step's number, the same goes wrong at the same place.
public final class NonFiniteSearch {
  /// What was found.
  private var origin: NonFiniteOrigin?
  private var latestLayer: String?
  private var operations: [Key: (op: String, layer: String?, inputs: [Int])] = [:]

  private struct Key: Hashable { let tape, index: Int }

  @TaskLocal private static var active: Reference?

  /// A search never leaves the task that searches.
  private struct Reference: @unchecked Sendable { let search: NonFiniteSearch }

  /// How many searches are going on: as long as it is none, an op asks no more than that.
  private static let count = Atomic<Int>(0)

  static var current: NonFiniteSearch? {
    count.load(ordering: .relaxed) > 0 ? active?.search : nil
  }

  private init() {}

  /// Runs `body`, a step as it was, and says where a number that is not finite first arose; nil where
  /// all are finite.
  public static func origin(in body: () throws -> Void) rethrows -> NonFiniteOrigin? {
    let search = NonFiniteSearch()
    count.wrappingAdd(1, ordering: .relaxed)
    defer { count.wrappingSubtract(1, ordering: .relaxed) }
    try $active.withValue(Reference(search: search), operation: body)
    return search.origin
  }

  /// Looks at what an op was given and has made of it.
  func look(at name: OpName?, _ values: Values, from inputs: [Tensor?], node: Tape.Node?) {
    let op = name?.rawValue ?? "an op"
    let inputs = inputs.compactMap { $0 }
    latestLayer = inputs.compactMap(\.parameterPath).first ?? latestLayer
    if let node {
      let places = inputs.compactMap(\.node).filter { $0.tape == node.tape }.map(\.index)
      operations[Key(tape: node.tape, index: node.index)] = (op, latestLayer, places)
    }
    guard origin == nil, !values.isFinite else { return }
    let outside = inputs.first { ($0.node == nil || $0.stamp != nil) && !$0.values.isFinite }
    let source = outside.map { input in
      input.parameterPath.map(NonFiniteOrigin.Source.parameter) ?? .data
    }
    origin = NonFiniteOrigin(op: op, layer: latestLayer, source: source ?? .value)
  }

  /// Looks at the gradients that the pullback of an op at a place of a tape has written.
  func look(at gradients: Gradients, ofOpAt index: Int, of tape: Int) {
    guard origin == nil, let operation = operations[Key(tape: tape, index: index)],
      operation.inputs.contains(where: { !gradients.isFinite(at: $0) })
    else { return }
    origin = NonFiniteOrigin(op: operation.op, layer: operation.layer, source: .gradient)
  }
}

extension Tensor {
  /// The path of the parameter that this tensor shows.
  fileprivate var parameterPath: String? {
    guard let stamp else { return nil }
    return stamp.slab.entries.indices.first { stamp.slab.view(at: $0).pointer == values.pointer }
      .map { stamp.slab.entries[$0].path }
  }
}

extension Values {
  /// Whether no element is infinite or no number.
  public var isFinite: Bool {
    UnsafeBufferPointer(start: pointer, count: count).allSatisfy(\.isFinite)
  }
}
