import Autograd
import Runs

/// A step that was stopped before it touched the weights, because a number is not finite, or a training
/// that has come apart.
public struct NumericalFault: Error, CustomStringConvertible {
  /// What was seen: "the loss is nan".
  public let finding: String
  /// Where it first arose; nil where the step, done again, does not tell.
  public var origin: NonFiniteOrigin?
  /// What the step was given.
  public var batch: [NamedArray] = []
  /// How many steps back the training was still as it should be.
  public var stepsSinceSound = 0
  /// Whether a generator has come to make one image, rather than numbers to run away.
  var isCollapse = false

  /// A fault that was seen as that.
  public init(_ finding: String) { self.finding = finding }

  /// The finding and its origin.
  public var description: String {
    finding + (origin.map { ", which began with \($0)" } ?? "")
  }

  /// The same fault with its origin, which `step`, the step as it was, brings to light again.
  public func traced(_ step: () throws -> Void) -> NumericalFault {
    var fault = self
    fault.origin = try? NonFiniteSearch.origin(in: step)
    return fault
  }

  /// Does a step, and keeps what it was given if it is at fault.
  /// - Throws: what the step throws.
  public static func keeping<Result>(
    _ batch: @autoclosure () -> [NamedArray], _ step: () throws -> Result
  ) throws -> Result {
    do { return try step() } catch var fault as NumericalFault {
      fault.batch = batch()
      throw fault
    }
  }
}
