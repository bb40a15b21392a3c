/// The keys and values of the positions that a decoder has read, for one layer of attention.
///
/// Texts side by side have the same length. What a text's queries find does not depend on the texts
/// beside it.
public final class KeyValueCache {
  /// How many texts there are.
  public let batch: Int
  /// How many positions fit.
  public let capacity: Int
  /// Channels of all heads: C.
  public let channels: Int
  /// How many positions have been read.
  public internal(set) var count = 0
  /// [batch, capacity, C].
  let keys: Values
  /// [batch, capacity, C].
  let values: Values

  /// An empty cache of those sizes.
  public init(batch: Int, capacity: Int, channels: Int) {
    precondition(
      batch >= 0 && capacity > 0 && channels > 0,
      "a cache of [\(batch), \(capacity), \(channels)]")
    (self.batch, self.capacity, self.channels) = (batch, capacity, channels)
    keys = Values([batch, capacity, channels])
    values = Values([batch, capacity, channels])
  }

  /// Takes in the keys and values of T further positions, and returns what their queries find: causal
  /// attention, [batch, T, C].
  ///
  /// - Parameter qkv: [batch, T, 3C]: a position's queries, then its keys, then its values.
  public func attend(qkv: Values, heads: Int) -> Values {
    precondition(
      qkv.shape.count == 3 && qkv.shape[0] == batch && qkv.shape[1] > 0
        && qkv.shape[2] == 3 * channels && heads > 0 && channels % heads == 0,
      "\(qkv.shape) with \(heads) heads, to a cache of [\(batch), \(capacity), \(channels)]")
    let statistics = Values([batch * qkv.shape[1] * heads])
    return Values([batch, qkv.shape[1], channels]) {
      attend(
        qkv: qkv.pointer, length: qkv.shape[1], heads: heads, into: $0,
        logSumExp: statistics.storage.base)
    }
  }

  /// The same into memory of the caller's.
  ///
  /// - Parameters:
  ///   - qkv: [batch, length, 3C].
  ///   - y: [batch, length, C].
  ///   - logSumExp: [batch, heads, length], which is of no further use.
  public func attend(
    qkv: UnsafePointer<Float>, length: Int, heads: Int, into y: UnsafeMutablePointer<Float>,
    logSumExp: UnsafeMutablePointer<Float>
  ) {
    precondition(
      count + length <= capacity, "\(length) more positions for a cache of \(count)/\(capacity)")
    for sequence in 0..<batch {
      let rows = qkv + sequence * length * 3 * channels
      let place = (sequence * capacity + count) * channels
      for (part, cache) in [(1, keys), (2, values)] {
        Elementwise.copyRows(
          rows + part * channels, distance: 3 * channels, into: cache.storage.base + place,
          distance: channels, rows: length, columns: channels)
      }
    }
    count += length
    let attention = Attention(
      batch: batch, queries: length, keys: count, heads: heads, headSize: channels / heads,
      isCausal: true)
    attention.forward(
      q: .init(qkv, stride: 3 * channels), k: input(keys), v: input(values),
      into: .init(y, stride: channels), logSumExp: logSumExp)
  }

  /// Forgets all positions, so that others have room.
  public func removeAll() { count = 0 }

  private func input(_ cache: Values) -> Attention.Input {
    Attention.Input(cache.pointer, stride: channels, batchStride: capacity * channels)
  }
}
