import CProcessor
import Synchronization

/// A rehearsal of work, which does everything but the work: it predicts what memory the work takes.
///
/// Within `rehearse`, arrays have sizes and no memory of their own, and parallel regions, where all that
/// takes long is done, are left out. What the program asks of its pool is asked of a model of the pool
/// instead, with the same blocks in the same order. So the sizes of everything come from the code that
/// does the work, and there is no second description of it that could be wrong:
/// ```swift
/// let plan = MemoryPlan()
/// plan.rehearse { _ = try? Trainer(recipe).step() }
/// print(plan.peak)
/// ```
/// Whatever is computed within is of no use, but it is finite. No storage may be kept for later.
public final class MemoryPlan: @unchecked Sendable {
  /// Memory in bytes: what is in use, and the address space that it takes.
  public struct Usage: Equatable, Sendable {
    /// Memory that has been written to.
    public var resident = 0
    /// Blocks in whole, as the pool rounds them.
    public var reserved = 0

    /// So much, or nothing.
    public init(resident: Int = 0, reserved: Int = 0) {
      (self.resident, self.reserved) = (resident, reserved)
    }
  }

  /// A block of the pool: its size, and how much of it has been written to so far.
  private struct Block {
    let size: Int
    var touched = 0
    /// Its memory if it is small, as it may be written to by single numbers.
    let memory: UnsafeMutableRawPointer?
  }

  private struct State {
    var free: [Int: [Block]] = [:]
    var usage = Usage()
    var peak = Usage()
    var live = 0
    /// The largest scratch memory that a thread is asked to have.
    var scratch = 0
    var window: (base: UnsafeMutableRawPointer, size: Int)?
    var windows: [(base: UnsafeMutableRawPointer, size: Int)] = []
  }
  private let state = Locked(State())
  /// Of the rehearsal's thread alone.
  var rotaryTables: [RotaryTable.Key: RotaryTable] = [:]

  /// A block that is in use; it goes back when the storage that shows it goes away.
  private final class Loan {
    let plan: MemoryPlan
    let block: Block

    init(_ plan: MemoryPlan, _ block: Block) { (self.plan, self.block) = (plan, block) }

    deinit { plan.give(block) }
  }

  private static let active = Atomic<Int>(0)
  @TaskLocal private static var local: MemoryPlan?

  /// The plan of the rehearsal that this is part of; nil where work is done.
  static var current: MemoryPlan? {
    active.load(ordering: .relaxed) == 0 ? nil : local
  }

  /// Whether this is part of a rehearsal: what is outside of parallel regions, and would take long or write
  /// to large arrays, is left out.
  public static var isRehearsal: Bool { current != nil }

  /// How many of so many rounds that are alike need to be rehearsed: three, after which the pool has all
  /// that they take.
  public static func rounds(_ count: Int) -> Int { isRehearsal ? min(3, count) : count }

  /// Of parts that are worked on one after the other, those that need to be rehearsed: the first ones, and
  /// the last, which may have another size.
  public static func parts<Part>(_ parts: [Part]) -> [Part] {
    isRehearsal && parts.count > 3 ? Array(parts.prefix(2) + parts.suffix(1)) : parts
  }

  /// A plan of nothing yet.
  public init() {}

  deinit {
    state.withLock { state in
      for block in state.free.values.joined() { block.memory?.deallocate() }
      for window in state.windows { memory_unreserve(window.base, window.size) }
    }
  }

  /// Rehearses what `body` does, on this thread.
  public func rehearse<Result>(_ body: () throws -> Result) rethrows -> Result {
    Self.active.wrappingAdd(1, ordering: .relaxed)
    defer {
      // They refer to this plan.
      rotaryTables = [:]
      Self.active.wrappingSubtract(1, ordering: .relaxed)
    }
    return try Self.$local.withValue(self) { try body() }
  }

  /// The most that there has been, the scratch memory of all threads included.
  public var peak: Usage {
    let (pool, scratch) = (peakOfPool, state.withLock(\.scratch) * ThreadPool.shared.count)
    return Usage(resident: pool.resident + scratch, reserved: pool.reserved + scratch)
  }

  /// The most that the pool comes to hold.
  package var peakOfPool: Usage { state.withLock(\.peak) }

  /// The bytes of the storage that is in use now.
  public var live: Int { state.withLock { $0.live } }

  /// Blocks up to that size are real.
  private static let small = 1 << 16

  /// A block for `count` floats, and what gives it back.
  func take(_ count: Int) -> (base: UnsafeMutablePointer<Float>, loan: AnyObject) {
    let size = StoragePool.sizeClass(count)
    let touched = StoragePool.touched(min(count, 1 << 58) * 4, of: size)
    let (block, memory) = state.withLock { state in
      var block: Block
      if let free = state.free[size]?.popLast() {
        block = free
      } else {
        block = Block(size: size, memory: size <= Self.small ? Self.zeros(size) : nil)
        state.usage.reserved = Self.sum(state.usage.reserved, size)
      }
      state.usage.resident = Self.sum(state.usage.resident, max(0, touched - block.touched))
      block.touched = max(touched, block.touched)
      state.peak.resident = max(state.peak.resident, state.usage.resident)
      state.peak.reserved = max(state.peak.reserved, state.usage.reserved)
      state.live = Self.sum(state.live, block.touched)
      return (block, block.memory ?? Self.window(of: size, &state))
    }
    return (memory.assumingMemoryBound(to: Float.self), Loan(self, block))
  }

  private func give(_ block: Block) {
    state.withLock { state in
      state.live -= block.touched
      state.free[block.size, default: []].append(block)
    }
  }

  /// As `StoragePool.trim`.
  func trim() {
    state.withLock { state in
      for block in state.free.values.joined() {
        state.usage.resident -= block.touched
        state.usage.reserved -= block.size
        block.memory?.deallocate()
      }
      state.free = [:]
    }
  }

  /// Takes note of scratch memory that each thread will have.
  func note(scratch bytes: Int) {
    state.withLock { $0.scratch = max($0.scratch, bytes) }
  }

  /// A sum that stays below what would overflow.
  private static func sum(_ a: Int, _ b: Int) -> Int { min(a + min(b, 1 << 61), 1 << 61) }

  private static func zeros(_ size: Int) -> UnsafeMutableRawPointer {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    return memory
  }

  /// Addresses that all large blocks share: what is in them means nothing, and hardly anything looks.
  private static func window(of size: Int, _ state: inout State) -> UnsafeMutableRawPointer {
    if let window = state.window, window.size >= size { return window.base }
    var wanted = max(2 * size, 1 << 26)
    while wanted > Self.small {
      if wanted <= state.window?.size ?? 0 { break }
      if let base = memory_reserve(wanted) {
        state.window = (base, wanted)
        state.windows.append((base, wanted))
        break
      }
      // Where the system has not so many addresses, fewer must do.
      wanted /= 2
    }
    guard let window = state.window else { memory_exhausted(wanted) }
    return window.base
  }
}
