import Compute
import Synchronization

/// Where the time of steps goes, by op, forward and backward.
///
/// It counts laps: what happens from the end of one to the end of the next belongs to the row that the
/// latter names. So no time is missed or counted twice, and the rows add up to the steps. Each recorded
/// op and each pullback ends a lap; what computes without an op may end one with a name of its own.
public final class Profile {
  /// Which way an op went.
  public enum Pass: String, Encodable, Sendable {
    /// From inputs to values.
    case forward
    /// From the values' gradients to those of the inputs.
    case backward
  }

  /// What all laps of a name and pass took together.
  public struct Row: Sendable {
    /// The op's name, or what else a lap is called.
    public let name: String
    /// Nil for what is not an op's.
    public let pass: Pass?
    /// How many laps there were; 0 of what is left over.
    public private(set) var calls = 0
    /// The time they took.
    public private(set) var duration = Duration.zero
    /// The arithmetic and the traffic of memory of all threads in that time.
    public private(set) var work = Work()
    /// How many blocks of memory were newly allocated.
    public private(set) var allocations = 0

    fileprivate mutating func add(
      calls: Int, _ duration: Duration, _ work: Work, allocations: Int
    ) {
      self.calls += calls
      self.duration += duration
      self.work += work
      self.allocations += allocations
    }
  }

  private struct Key: Hashable {
    let name: String
    let pass: Pass?
  }

  /// What is known where a lap ends.
  private struct Mark {
    let time = ContinuousClock.now
    let work = Work.total
    let allocations = StoragePool.shared.allocations
  }

  /// How many profiles are being taken: as long as it is none, a lap costs one comparison.
  private static let count = Atomic<Int>(0)

  @TaskLocal private static var active: Reference?

  /// A profile never leaves the task that measures.
  private struct Reference: @unchecked Sendable { let profile: Profile }

  /// How many steps have been measured.
  public private(set) var steps = 0
  private var rowsByKey: [Key: Row] = [:]
  private var mark = Mark()

  /// A profile of no steps.
  public init() {}

  /// The rows, the longest first.
  public var rows: [Row] { rowsByKey.values.sorted { $0.duration > $1.duration } }

  /// The length of all steps together: the sum of the rows.
  public var duration: Duration { rowsByKey.values.reduce(.zero) { $0 + $1.duration } }

  /// Runs a step whose laps are counted.
  public func measure<Result>(_ step: () throws -> Result) rethrows -> Result {
    Self.count.wrappingAdd(1, ordering: .relaxed)
    mark = Mark()
    defer {
      lap(nil, nil)
      steps += 1
      Self.count.wrappingSubtract(1, ordering: .relaxed)
    }
    return try Self.$active.withValue(Reference(profile: self)) { try step() }
  }

  /// Ends a lap of the profile that is being taken, if one is; nil names what is left over, such as
  /// data and code of the caller's.
  public static func lap(_ name: String?) {
    if count.load(ordering: .relaxed) > 0 { active?.profile.lap(name, nil) }
  }

  /// Ends a lap of an op.
  static func lap(_ name: OpName?, _ pass: Pass) {
    guard count.load(ordering: .relaxed) > 0 else { return }
    active?.profile.lap(name?.rawValue ?? "unnamed", pass)
  }

  private func lap(_ name: String?, _ pass: Pass?) {
    let (start, end) = (mark, Mark())
    mark = end
    let key = Key(name: name ?? "other", pass: pass)
    rowsByKey[key, default: Row(name: key.name, pass: pass)].add(
      calls: name == nil ? 0 : 1, end.time - start.time, end.work - start.work,
      allocations: end.allocations - start.allocations)
  }
}
