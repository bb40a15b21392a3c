import Testing

@testable import Compute

@Suite struct StorageTests {
  /// In a process of its own, since the pool belongs to the whole program.
  @Test func blocksOfASizeAreUsedAgain() async {
    await #expect(processExitsWith: .success) {
      let pool = StoragePool.shared
      for count in [0, 100, 1000, 1_000_000] {
        let first = UInt(bitPattern: Storage(count: count).base)
        let allocations = pool.allocations
        precondition(UInt(bitPattern: Storage(count: count).base) == first)
        precondition(pool.allocations == allocations)
        let (a, b) = (Storage(count: count), Storage(count: count))
        precondition(a.base != b.base && pool.allocations == allocations + 1)
      }
      pool.trim()
      let allocations = pool.allocations
      _ = Storage(count: 1000)
      precondition(pool.allocations == allocations + 1)
    }
  }

  @Test(arguments: [1, 17, 4096, 524_288, 600_001]) func blocksAreAligned(count: Int) {
    let storage = Storage(count: count)
    #expect(UInt(bitPattern: storage.base) % 64 == 0)
    storage.base.update(repeating: 1, count: count)
    #expect(storage.base[count - 1] == 1)
  }

  @Test func aWindowKeepsTheWholeAlive() {
    var whole: Storage? = Storage(count: 100)
    whole?.base.update(repeating: 3, count: 100)
    let window = whole.map { Storage($0, offset: 90, count: 10) }
    whole = nil
    let other = Storage(count: 100)
    other.base.update(repeating: 4, count: 100)
    #expect(window?.base[0] == 3 && window?.count == 10)
  }

  @Test func aMatrixIsTransposed() {
    for (rows, columns) in [(1, 1), (3, 50), (50, 3), (33, 17)] {
      let values = Values([rows, columns], (0..<rows * columns).map(Float.init))
      let turned = values.transposed
      #expect(turned.shape == [columns, rows])
      #expect(
        turned.elements
          == (0..<rows * columns).map { Float($0 % rows * columns + $0 / rows) })
    }
  }
}
