/// The course of a loss, which tells when a model comes apart though its numbers are still finite: when
/// the loss has been above ten times the median of its first hundred steps, or above a hundred times the
/// very first, which no step has spoiled yet, for fifty steps.
public struct LossMonitor: Codable, Equatable, Sendable {
  /// The losses of the first steps.
  private var first: [Double] = []
  /// For how many steps it has been too large.
  private var stepsAbove = 0

  /// How many losses are looked at to know what is usual.
  static let beginning = 100
  /// How many times their median is too large.
  static let ratio = 10.0
  /// How many times the very first is too large.
  static let firstRatio = 100.0
  /// For how many steps it may be.
  static let longest = 50

  /// A monitor that has seen nothing.
  public init() {}

  /// Above what the loss is too large.
  /// - Parameter start: What it is before anything is learned; nil to take it from the first step.
  public func limit(start: Double? = nil) -> Double {
    guard let start = start ?? first.first else { return .infinity }
    let median = first.count == Self.beginning ? GradientMonitor.median(first) : .infinity
    // One batch of a model that is good already may have next to no loss; those of new ones are about 1.
    return min(Self.ratio * median, Self.firstRatio * max(start, 1))
  }

  /// Takes in the loss of a step, and says whether the training has diverged.
  public mutating func add(_ loss: Double, start: Double? = nil) -> Bool {
    stepsAbove = mayExceedLimit(loss) && loss > limit(start: start) ? stepsAbove + 1 : 0
    if first.count < Self.beginning { first.append(loss) }
    return stepsAbove >= Self.longest
  }

  /// Whether the loss may be above the limit, which takes a sort to know.
  private func mayExceedLimit(_ loss: Double) -> Bool {
    // The least that the first loss makes of the limit is the ratio itself.
    loss > Self.firstRatio || GradientMonitor.mayExceed(loss, Self.ratio, medianOf: first)
  }
}
