/// The backward pass of a normalization: the gradients of its input, of its parameters and of its
/// condition.
///
/// One pass over the data brings the sums that all of them need. Whichever is asked for first runs
/// it; ask for the input's first, which then costs the least. The pointers that the pass was made
/// with must outlive this.
public final class NormGradients {
  /// Where a pass writes what is small.
  struct Destination {
    /// [2][channels], the gradient of the weight and that of the bias.
    let parameters: UnsafeMutablePointer<Float>
    /// [samples][channels]; nil where the condition has no shift.
    let shift: UnsafeMutablePointer<Float>?
    /// [samples][2][channels]; nil where the condition has no modulation.
    let modulation: UnsafeMutablePointer<Float>?
  }

  /// Writes the gradient of the input, if wanted, and those that are small.
  typealias Pass = (
    _ dx: UnsafeMutablePointer<Float>?, _ accumulate: Bool, _ destination: Destination
  ) -> Void

  private let channels: Int
  private let sums: Storage
  private let shift: Storage?
  private let modulation: Storage?
  private var hasSums = false
  private let pass: Pass

  init(
    samples: Int = 1, channels: Int, _ condition: NormCondition = NormCondition(),
    pass: @escaping Pass
  ) {
    self.channels = channels
    self.pass = pass
    sums = Storage(count: 2 * channels)
    shift = condition.shift.map { _ in Storage(count: samples * channels) }
    modulation = condition.modulation.map { _ in Storage(count: samples * 2 * channels) }
  }

  /// Writes dx, in the input's shape, or adds it to what is there.
  public func input(into dx: UnsafeMutablePointer<Float>, accumulate: Bool = false) {
    run(into: dx, accumulate)
  }

  /// Writes the gradient of the weight [C] or adds it to what is there.
  public func weight(into gradient: UnsafeMutablePointer<Float>, accumulate: Bool = false) {
    write(sums, from: 0, count: channels, into: gradient, accumulate)
  }

  /// Writes the gradient of the bias [C] or adds it to what is there.
  public func bias(into gradient: UnsafeMutablePointer<Float>, accumulate: Bool = false) {
    write(sums, from: channels, count: channels, into: gradient, accumulate)
  }

  /// Writes the gradient of the condition's shift [N, C], if it has one, or adds it to what is there.
  public func shift(into gradient: UnsafeMutablePointer<Float>, accumulate: Bool = false) {
    guard let shift else { return }
    write(shift, from: 0, count: shift.count, into: gradient, accumulate)
  }

  /// Writes the gradient of the condition's modulation [N, 2 C], if it has one, or adds it to what is
  /// there.
  public func modulation(into gradient: UnsafeMutablePointer<Float>, accumulate: Bool = false) {
    guard let modulation else { return }
    write(modulation, from: 0, count: modulation.count, into: gradient, accumulate)
  }

  private func run(into dx: UnsafeMutablePointer<Float>?, _ accumulate: Bool) {
    pass(
      dx, accumulate,
      Destination(parameters: sums.base, shift: shift?.base, modulation: modulation?.base))
    hasSums = true
  }

  private func write(
    _ found: Storage, from start: Int, count: Int, into gradient: UnsafeMutablePointer<Float>,
    _ add: Bool
  ) {
    if !hasSums { run(into: nil, false) }
    Work.add(elements: count, operations: 0, arrays: 2, accumulate: add)
    if MemoryPlan.isRehearsal { return }
    for i in 0..<count { gradient[i] = found.base[start + i] + (add ? gradient[i] : 0) }
  }
}

/// What the samples of a group norm bring of their own, such as the time of a diffusion model.
public struct NormCondition {
  /// [N, C], added to all rows of x before they are normalized; nil for nothing.
  public var shift: UnsafePointer<Float>?
  /// [N, 2 C], a scale s and a shift t by channel: (1 + s) z + t stands for the norm's z before the
  /// activation; nil for z itself.
  public var modulation: UnsafePointer<Float>?

  /// No condition, or the parts that are given.
  public init(shift: UnsafePointer<Float>? = nil, modulation: UnsafePointer<Float>? = nil) {
    (self.shift, self.modulation) = (shift, modulation)
  }
}
