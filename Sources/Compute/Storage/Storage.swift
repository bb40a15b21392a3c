import CProcessor

/// A block of floats, 64-byte aligned, that goes back to the pool when the last value that shows it
/// goes away.
public final class Storage: @unchecked Sendable {
  /// The first float; the content of fresh storage is arbitrary.
  public let base: UnsafeMutablePointer<Float>
  /// How many floats may be used.
  public let count: Int
  private let owner: AnyObject?

  /// Takes a block of `count` floats from the pool.
  public init(count: Int) {
    if let plan = MemoryPlan.current {
      (base, owner) = plan.take(count)
    } else {
      base = StoragePool.shared.take(count)
      owner = nil
    }
    self.count = count
  }

  /// So many zeros.
  static func zeros(_ count: Int) -> Storage {
    let zeros = Storage(count: count)
    if !MemoryPlan.isRehearsal { zeros.base.update(repeating: 0, count: count) }
    return zeros
  }

  /// A window of `count` floats onto `whole` from `offset` on, such as a parameter's part of a slab.
  public init(_ whole: Storage, offset: Int, count: Int) {
    precondition(
      offset >= 0 && count >= 0 && offset + count <= whole.count,
      "a window of \(count) at \(offset) in storage of \(whole.count)")
    base = whole.base + offset
    self.count = count
    owner = whole
  }

  deinit { if owner == nil { StoragePool.shared.give(base, count) } }
}

/// Free blocks by size class.
///
/// Shapes repeat from step to step, so a warm training step takes everything from here.
public final class StoragePool: Sendable {
  /// The program's pool.
  public static let shared = StoragePool()

  private struct State {
    var free: [Int: [UInt]] = [:]
    var allocations = 0
    var reserved = 0
    var mostReserved = 0
  }
  private let state = Locked(State())

  /// How many blocks have ever been allocated: constant in a warm training step.
  public var allocations: Int { state.withLock { $0.allocations } }

  /// The most bytes that the blocks have ever had together, used or not.
  package var mostReserved: Int { state.withLock { $0.mostReserved } }

  /// Returns all unused blocks to the system, as after an evaluation with shapes of its own.
  public func trim() {
    if let plan = MemoryPlan.current { return plan.trim() }
    state.withLock { state in
      for (size, blocks) in state.free {
        state.reserved -= size * blocks.count
        for block in blocks { memory_block_free(UnsafeMutableRawPointer(bitPattern: block), size) }
      }
      state.free = [:]
    }
  }

  /// The size in bytes that a request for `count` floats gets: four classes to each power of two.
  static func sizeClass(_ count: Int) -> Int {
    // What no machine has is asked for as it is, and refused.
    guard count < 1 << 58 else { return 1 << 61 }
    let bytes = max(count * 4, 64)
    let step = max(64, (1 << (Int.bitWidth - 1 - bytes.leadingZeroBitCount)) / 4)
    return (bytes + step - 1) / step * step
  }

  /// How much of a block of that size is in use once the first `bytes` have been written to: memory comes
  /// by the page.
  static func touched(_ bytes: Int, of size: Int) -> Int {
    guard bytes < 1 << 60 else { return size }
    let page = size >= memory_huge_page() ? memory_huge_page() : 1 << 12
    return size < 1 << 12 ? size : min((bytes + page - 1) / page * page, size)
  }

  func take(_ count: Int) -> UnsafeMutablePointer<Float> {
    let bytes = Self.sizeClass(count)
    let address = state.withLock { state -> UInt? in
      if let address = state.free[bytes]?.popLast() { return address }
      state.allocations += 1
      state.reserved &+= bytes
      state.mostReserved = max(state.mostReserved, state.reserved)
      return nil
    }
    if let block = address.flatMap({ UnsafeMutableRawPointer(bitPattern: $0) }) {
      return block.assumingMemoryBound(to: Float.self)
    }
    var block = memory_block(bytes)
    if block == nil {
      // What lies unused in other sizes may be what is missing.
      trim()
      block = memory_block(bytes)
    }
    guard let block else { memory_exhausted(bytes) }
    return block.bindMemory(to: Float.self, capacity: bytes / 4)
  }

  func give(_ base: UnsafeMutablePointer<Float>, _ count: Int) {
    state.withLock {
      $0.free[Self.sizeClass(count), default: []].append(UInt(bitPattern: base))
    }
  }
}
