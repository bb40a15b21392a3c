import Compute

/// Gradients by place on a tape: under way while pullbacks run, and afterwards those of all that the
/// tape watches.
public struct Gradients {
  private struct Slot {
    var storage: Storage?
    var shape: [Int] = []
  }

  private let tape: Int
  /// The parameters whose gradients these are; they lie in its `gradients`.
  public let slab: ParameterSlab?
  private var slots: [Slot]

  /// Gradients of nothing yet; `accumulating` ones are added to those that lie in the slab.
  init(tape: Int, slab: ParameterSlab?, count: Int, accumulating: Bool) {
    self.tape = tape
    self.slab = slab
    slots = Array(repeating: Slot(), count: count)
    guard accumulating, let slab else { return }
    for (index, entry) in slab.entries.enumerated() {
      slots[index] = Slot(storage: slab.gradient(at: index), shape: entry.shape)
    }
  }

  /// Whether a gradient of `input` is asked for: its tape is this one.
  public func isWanted(for input: GradientTarget?) -> Bool { index(of: input) != nil }

  /// Whether a gradient of `input` is asked for.
  public func isWanted(for input: Tensor?) -> Bool { isWanted(for: input?.gradientTarget) }

  /// Lets `body` write the gradient of `input` or, with `accumulate`, add it to what is there.
  ///
  /// A parameter's gradient goes straight to its part of the slab. For a constant, and for nil,
  /// `body` does not run at all.
  public mutating func write(
    to input: GradientTarget?,
    _ body: (_ destination: UnsafeMutablePointer<Float>, _ accumulate: Bool) -> Void
  ) {
    guard let input, let index = index(of: input) else { return }
    let (storage, accumulate) = destination(at: index, shape: input.shape)
    body(storage.base, accumulate)
  }

  /// The same for a tensor.
  public mutating func write(
    to input: Tensor?,
    _ body: (_ destination: UnsafeMutablePointer<Float>, _ accumulate: Bool) -> Void
  ) {
    write(to: input?.gradientTarget, body)
  }

  /// Gives `input` the very `gradient`, as it is or reshaped: no copy is made until somebody has
  /// more to add to it.
  public mutating func pass(_ gradient: Values, to input: GradientTarget?) {
    guard let input, let index = index(of: input) else { return }
    precondition(
      gradient.count == input.count,
      "a gradient of shape \(gradient.shape) passed to an input of shape \(input.shape)")
    if slots[index].storage == nil && slab?.gradient(at: index) == nil {
      slots[index] = Slot(storage: gradient.storage, shape: input.shape)
    } else {
      write(to: input) {
        Elementwise.copy(gradient.pointer, into: $0, count: gradient.count, accumulate: $1)
      }
    }
  }

  /// The same for a tensor.
  public mutating func pass(_ gradient: Values, to input: Tensor?) {
    pass(gradient, to: input?.gradientTarget)
  }

  /// The gradient of a watched input; zeros if nothing depends on it.
  public subscript(input: Tensor) -> Values {
    guard let index = index(of: input.gradientTarget) else {
      preconditionFailure("the gradient of a tensor that the tape did not watch")
    }
    guard let storage = slots[index].storage else {
      return Values(input.shape) { $0.update(repeating: 0, count: input.count) }
    }
    return Values(input.shape, in: storage)
  }

  /// Whether what has come together at a place has no element that is infinite or no number.
  func isFinite(at index: Int) -> Bool {
    slots[index].storage.map { Values(slots[index].shape, in: $0).isFinite } ?? true
  }

  /// The gradient that has come together at a place; its slot is empty then.
  mutating func take(at index: Int) -> Values? {
    guard let storage = slots[index].storage else { return nil }
    defer { slots[index] = Slot() }
    return Values(slots[index].shape, in: storage)
  }

  /// Zeros for the parameters that the loss does not depend on, where an older gradient still lies.
  func finish() {
    guard let slab else { return }
    for (index, entry) in slab.entries.enumerated() where slots[index].storage == nil {
      guard let gradient = slab.gradient(at: index) else { continue }
      Elementwise.fill(gradient.base, count: entry.count, with: 0)
    }
  }

  private func index(of input: GradientTarget?) -> Int? {
    guard let node = input?.node, node.tape == tape else { return nil }
    return node.index
  }

  /// Where a gradient is to be written or, if the answer says so, added. A sum that somebody else
  /// still reads, as after a + b, is copied before it changes.
  private mutating func destination(
    at index: Int, shape: [Int]
  ) -> (storage: Storage, accumulate: Bool) {
    if let own = slab?.gradient(at: index) {
      defer { slots[index] = Slot(storage: own, shape: shape) }
      return (own, slots[index].storage != nil)
    }
    let isEmpty = slots[index].storage == nil
    if isEmpty || !isKnownUniquelyReferenced(&slots[index].storage) {
      let fresh = Values(shape)
      if let shared = slots[index].storage {
        Elementwise.copy(shared.base, into: fresh.storage.base, count: fresh.count)
      }
      slots[index] = Slot(storage: fresh.storage, shape: shape)
      return (fresh.storage, !isEmpty)
    }
    return (slots[index].storage!, true)
  }
}
