/// A named array's part of a slab, the one array that holds them all.
public struct SlabEntry: Equatable, Sendable {
  /// Where the model keeps it, such as `down_blocks.0.conv.weight`.
  public let path: String
  /// The further paths of an array that the model uses in several places.
  public let aliases: [String]
  /// The length of each dimension.
  public let shape: [Int]
  /// The number of its first float in the slab.
  public private(set) var offset = 0

  /// An array that no slab has placed yet.
  public init(path: String, aliases: [String] = [], shape: [Int]) {
    self.path = path
    self.aliases = aliases
    self.shape = shape
  }

  /// How many floats it has.
  public var count: Int { shape.reduce(1, *) }

  /// Its floats in the slab.
  public var range: Range<Int> { offset..<offset + count }

  /// The entries side by side from `start` on, each at a multiple of 64 bytes, and where they end.
  public static func placed(
    _ entries: [SlabEntry], from start: Int = 0
  ) -> (entries: [SlabEntry], end: Int) {
    let alignment = 16
    var end = start
    let placed = entries.map { entry in
      var entry = entry
      entry.offset = end
      end = (end + entry.count + alignment - 1) / alignment * alignment
      return entry
    }
    return (placed, end)
  }
}
