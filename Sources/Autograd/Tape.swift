import Compute
import Synchronization

/// What an op leaves behind: from the gradient of its result to the gradients of its inputs.
///
/// It may read `gradient` but never changes it, since other ops may share it.
public typealias Pullback = (_ gradient: Values, _ gradients: inout Gradients) -> Void

/// The record of a forward pass, in order, walked backwards once.
///
/// Outside `record` nothing is kept. A tape can be held and taken up again, and only what it watches
/// gets gradients: whatever belongs to another tape counts as a constant. So a generator learns from
/// one pass a step, and the discriminator from that pass's images in between:
/// ```swift
/// let tape = Tape(watching: generator)
/// let fakes = tape.record { generator(z) }
/// // here the discriminator learns from the value of `fakes`, on a tape of its own
/// let loss = tape.record { nonSaturating.generator(fake: discriminator(fakes)) }
/// let gradients = tape.gradients(of: loss)
/// ```
public final class Tape {
  /// A place on a tape. It refers to the tape by number, so that a tensor keeps nothing alive.
  struct Node: Sendable {
    let tape: Int
    let index: Int
  }

  struct Operation {
    let name: OpName?
    let pullback: Pullback
    /// The slabs that the pullback will read from, and their versions when it was recorded.
    let stamps: [ParameterSlab.Stamp]
  }

  private enum Entry {
    /// A parameter or a watched input, whose gradient is kept.
    case leaf
    case operation(Operation)
  }

  /// The tape that ops write to at the moment; nil outside `record`.
  static var current: Tape? { active?.tape }

  @TaskLocal private static var active: Reference?

  /// A tape never leaves the task that records on it.
  private struct Reference: @unchecked Sendable { let tape: Tape }

  private static let count = Atomic<Int>(0)

  /// The parameters that get gradients; nil when only watched inputs do.
  public let slab: ParameterSlab?
  let id = Tape.count.wrappingAdd(1, ordering: .relaxed).newValue
  private var entries: [Entry]
  private var isSpent = false

  /// An empty tape that watches the parameters of `slab`.
  public init(watching slab: ParameterSlab? = nil) {
    self.slab = slab
    entries = Array(repeating: .leaf, count: slab?.entries.count ?? 0)
  }

  /// Runs `body` with its ops written to this tape; may be called again, to go on.
  public func record<Result>(_ body: () throws -> Result) rethrows -> Result {
    Profile.lap(nil)
    return try Tape.$active.withValue(Reference(tape: self)) { try body() }
  }

  /// A tensor of `values` whose gradient is kept, to be asked for as `gradients[input]`.
  public func watch(_ values: Values) -> Tensor {
    Tensor(values, at: append(.leaf))
  }

  /// The gradients of `loss`, a scalar unless the gradient of something further is given as
  /// `cotangent`, with respect to all that is watched; those of parameters lie in the slab.
  ///
  /// Each op's pullback is dropped, with the activations that it holds, as soon as it has run.
  /// Afterwards the tape is spent. With `accumulating`, the gradients of parameters are added to those
  /// that lie in the slab already.
  public func gradients(
    of loss: Tensor, cotangent: Values? = nil, accumulating: Bool = false
  ) -> Gradients {
    let cotangent = cotangent ?? Values([]) { $0[0] = 1 }
    precondition(
      cotangent.count == loss.count,
      "gradients of a tensor of shape \(loss.shape) from a cotangent of shape \(cotangent.shape)")
    guard let end = loss.node, end.tape == id else {
      preconditionFailure("gradients of a loss that this tape has not recorded")
    }
    precondition(!isSpent, "gradients of a tape that has given its gradients already")
    isSpent = true
    Profile.lap(nil)
    entries.removeSubrange((end.index + 1)...)
    var gradients = Gradients(
      tape: id, slab: slab, count: entries.count, accumulating: accumulating)
    gradients.pass(cotangent, to: loss)
    while let entry = entries.popLast() {
      guard case .operation(let operation) = entry,
        let gradient = gradients.take(at: entries.count)
      else { continue }
      for stamp in operation.stamps { stamp.check(for: operation.name) }
      operation.pullback(gradient, &gradients)
      Profile.lap(operation.name, .backward)
      NonFiniteSearch.current?.look(at: gradients, ofOpAt: entries.count, of: id)
    }
    gradients.finish()
    return gradients
  }

  /// The names of the ops recorded so far, in order.
  package var operations: [OpName] {
    entries.compactMap {
      guard case .operation(let operation) = $0 else { return nil }
      return operation.name
    }
  }

  func append(_ operation: Operation) -> Node { append(.operation(operation)) }

  private func append(_ entry: Entry) -> Node {
    precondition(!isSpent, "recording on a tape that has given its gradients already")
    entries.append(entry)
    return Node(tape: id, index: entries.count - 1)
  }
}
