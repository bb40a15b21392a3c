/// The course of a loss, which tells when a model comes apart though its numbers are still finite: when
/// the loss has been above ten times the median of its first hundred steps for fifty steps.
public struct LossMonitor: Codable, Equatable, Sendable {
  /// The losses of the first steps.
  private var first: [Double] = []
  /// For how many steps it has been too large.
  private var stepsAbove = 0

  /// How many losses are looked at to know what is usual.
  static let beginning = 100
  /// How many times their median is too large.
  static let ratio = 10.0
  /// For how many steps it may be.
  static let longest = 50

  /// A monitor that has seen nothing.
  public init() {}

  /// What the losses of the first steps were usually; nil before they are known.
  public var usual: Double? {
    first.count == Self.beginning ? GradientMonitor.median(first) : nil
  }

  /// Takes in the loss of a step, and says whether the training has diverged.
  public mutating func add(_ loss: Double) -> Bool {
    guard let usual else {
      first.append(loss)
      return false
    }
    stepsAbove = loss > Self.ratio * usual ? stepsAbove + 1 : 0
    return stepsAbove >= Self.longest
  }

  /// How many steps back it was when the loss began to be too large.
  public var stepsSinceUsual: Int { stepsAbove }
}
