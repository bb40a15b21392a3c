/// The backward pass of a normalization: the gradients of its input and of its parameters.
///
/// One pass over the data brings the sums that all of them need. Whichever is asked for first runs
/// it; ask for the input's first, which then costs the least. The pointers that the pass was made
/// with must outlive this.
public final class NormGradients {
  /// Writes the gradient of the input, if wanted, and the sums: [2][channels], the gradient of the
  /// weight and that of the bias.
  typealias Pass = (
    _ dx: UnsafeMutablePointer<Float>?, _ accumulate: Bool, _ sums: UnsafeMutablePointer<Float>
  ) -> Void

  private let channels: Int
  private let sums: Storage
  private var hasSums = false
  private let pass: Pass

  init(channels: Int, pass: @escaping Pass) {
    self.channels = channels
    self.pass = pass
    sums = Storage(count: 2 * channels)
  }

  /// Writes dx, in the input's shape, or adds it to what is there.
  public func input(into dx: UnsafeMutablePointer<Float>, accumulate: Bool = false) {
    pass(dx, accumulate, sums.base)
    hasSums = true
  }

  /// Writes the gradient of the weight [C] or adds it to what is there.
  public func weight(into gradient: UnsafeMutablePointer<Float>, accumulate: Bool = false) {
    write(from: 0, into: gradient, accumulate)
  }

  /// Writes the gradient of the bias [C] or adds it to what is there.
  public func bias(into gradient: UnsafeMutablePointer<Float>, accumulate: Bool = false) {
    write(from: channels, into: gradient, accumulate)
  }

  private func write(from start: Int, into gradient: UnsafeMutablePointer<Float>, _ add: Bool) {
    if !hasSums { pass(nil, false, sums.base) }
    hasSums = true
    for channel in 0..<channels {
      gradient[channel] = sums.base[start + channel] + (add ? gradient[channel] : 0)
    }
  }
}
