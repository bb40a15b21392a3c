import Synchronization

/// Work that is given up as soon as its end is asked for.
///
/// From then on parallel regions, where all that takes long is done, are left out, so that whatever is under way
/// returns at once with arrays that mean nothing; its result is dropped:
/// ```swift
/// let measurements = Abandonment.permitted(when: { Interrupts.request != nil }) { try trainer.step() }
/// ```
/// Before it begins to change what is kept, work asks for ``commit()``; from then on it is done to its end.
public final class Abandonment: @unchecked Sendable {
  private let isAskedFor: () -> Bool
  private var isGivenUp = false
  private var isCommitted = false

  private static let active = Atomic<Int>(0)
  @TaskLocal private static var local: Abandonment?

  private init(_ isAskedFor: @escaping () -> Bool) { self.isAskedFor = isAskedFor }

  private static var current: Abandonment? {
    active.load(ordering: .relaxed) == 0 ? nil : local
  }

  /// Does what may be given up, on this thread, if `isAskedFor` says so at the start of a parallel region or
  /// at a commitment.
  /// - Returns: What `body` returns; nil where it was given up, whatever it then returned or threw.
  /// - Throws: what `body` throws.
  public static func permitted<Result>(
    when isAskedFor: () -> Bool, _ body: () throws -> Result
  ) rethrows -> Result? {
    try withoutActuallyEscaping(isAskedFor) { isAskedFor in
      let work = Abandonment(isAskedFor)
      active.wrappingAdd(1, ordering: .relaxed)
      defer { active.wrappingSubtract(1, ordering: .relaxed) }
      return try $local.withValue(work) {
        do {
          let result = try body()
          return work.isGivenUp ? nil : result
        } catch {
          if work.isGivenUp { return nil }
          throw error
        }
      }
    }
  }

  /// Whether the work under way on this thread has been given up, so that its results mean nothing.
  public static var isGivenUp: Bool {
    guard let work = current else { return false }
    return work.look()
  }

  /// Makes sure that the work under way on this thread is done to its end, as it changes what is kept.
  /// - Returns: Whether it may: false where it has been given up already.
  public static func commit() -> Bool {
    guard let work = current else { return true }
    if work.look() { return false }
    work.isCommitted = true
    return true
  }

  private func look() -> Bool {
    if !isCommitted && !isGivenUp { isGivenUp = isAskedFor() }
    return isGivenUp
  }
}
