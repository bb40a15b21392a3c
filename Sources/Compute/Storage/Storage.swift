#if canImport(Glibc)
  import Glibc
#endif

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
    base = StoragePool.shared.take(count)
    self.count = count
    owner = nil
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
  }
  private let state = Locked(State())

  /// How many blocks have ever been allocated: constant in a warm training step.
  public var allocations: Int { state.withLock { $0.allocations } }

  /// Returns all unused blocks to the system, as after an evaluation with shapes of its own.
  public func trim() {
    state.withLock { state in
      for block in state.free.values.joined() {
        UnsafeMutableRawPointer(bitPattern: block)?.deallocate()
      }
      state.free = [:]
    }
  }

  /// The size in bytes that a request for `count` floats gets: four classes to each power of two.
  private static func sizeClass(_ count: Int) -> Int {
    let bytes = max(count * 4, 64)
    let step = max(64, (1 << (Int.bitWidth - 1 - bytes.leadingZeroBitCount)) / 4)
    return (bytes + step - 1) / step * step
  }

  /// Memory of the system; a large block in huge pages, as rows that lie whole pages apart would each
  /// need an entry of the processor's page tables otherwise.
  private static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    let hugePage = 2 << 20
    guard bytes >= hugePage else {
      return UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    }
    let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: hugePage)
    #if os(Linux)
      // Without huge pages it is slower, but works.
      _ = madvise(block, bytes, MADV_HUGEPAGE)
    #endif
    return block
  }

  func take(_ count: Int) -> UnsafeMutablePointer<Float> {
    let bytes = Self.sizeClass(count)
    let address = state.withLock { state -> UInt? in
      if let address = state.free[bytes]?.popLast() { return address }
      state.allocations += 1
      return nil
    }
    if let block = address.flatMap({ UnsafeMutableRawPointer(bitPattern: $0) }) {
      return block.assumingMemoryBound(to: Float.self)
    }
    return Self.allocate(bytes).bindMemory(to: Float.self, capacity: bytes / 4)
  }

  func give(_ base: UnsafeMutablePointer<Float>, _ count: Int) {
    state.withLock {
      $0.free[Self.sizeClass(count), default: []].append(UInt(bitPattern: base))
    }
  }
}
