/// Pieces of one block of scratch memory, each 64-byte aligned.
///
/// Sizes are added up first (`reserve`), then the pieces are taken in any order from the block.
struct Workspace {
  private(set) var bytes = 0
  private var base: UnsafeMutableRawPointer?

  /// A piece of a workspace: so many elements of a type.
  struct Piece<Element> {
    fileprivate let offset: Int
  }

  /// Sets memory for `count` elements aside.
  mutating func reserve<Element>(_ type: Element.Type, _ count: Int) -> Piece<Element> {
    defer {
      bytes += (count * MemoryLayout<Element>.stride + 63) & ~63
      MemoryPlan.current?.note(scratch: bytes)
    }
    return Piece(offset: bytes)
  }

  /// The same workspace in the scratch memory of `worker`.
  func placed(in pool: ThreadPool, _ worker: Int) -> Workspace {
    var placed = self
    placed.base = pool.scratch(worker, bytes: bytes)
    return placed
  }

  /// Where a piece lies, in a placed workspace.
  subscript<Element>(piece: Piece<Element>) -> UnsafeMutablePointer<Element> {
    guard let base else { preconditionFailure("a workspace that was not placed") }
    return (base + piece.offset).assumingMemoryBound(to: Element.self)
  }
}
