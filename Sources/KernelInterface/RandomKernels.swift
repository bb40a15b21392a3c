/// Where on the map of random numbers an array begins: all of Philox's key and counter but the block.
public struct RandomPlace: Sendable {
  /// The key.
  public let seed: UInt64
  /// The second word of the counter.
  public let sample: UInt32
  /// The third word of the counter.
  public let step: UInt32
  /// The fourth word of the counter: purpose and layer.
  public let stream: UInt32

  /// A place from its parts.
  public init(seed: UInt64, sample: UInt32, step: UInt32, stream: UInt32) {
    (self.seed, self.sample, self.step, self.stream) = (seed, sample, step, stream)
  }
}

/// Random numbers as pure functions of place and element, by Philox4x32-10 (Salmon et al., "Parallel
/// Random Numbers: As Easy as 1, 2, 3", 2011).
///
/// Element 64 g + 16 w + l of a place belongs to word w of block 16 g + l: sixteen blocks run side by
/// side in the lanes of a vector, and their words are stored as they come. `first`, a multiple of 64, is
/// the element that the first float of the array is.
public protocol RandomKernels {
  /// y = low + (high - low) u with u = (word >> 8) / 2^24, in [0, 1).
  static func fillUniforms(
    _ y: UnsafeMutablePointer<Float>, _ count: Int, _ place: RandomPlace, _ first: Int,
    _ low: Float, _ high: Float)

  /// y = mean + deviation z, with z normal by Box and Muller: words 0 and 1 of a block are a radius and
  /// an angle and give elements of words 0 and 1; so are words 2 and 3. |z| is below 6.8.
  static func fillNormals(
    _ y: UnsafeMutablePointer<Float>, _ count: Int, _ place: RandomPlace, _ first: Int,
    _ mean: Float, _ deviation: Float)

  /// y = or += scale x where the element's word is at least `threshold`, 0 elsewhere; `y` may be `x`.
  static func dropout(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int,
    _ place: RandomPlace, _ first: Int, _ threshold: UInt32, _ scale: Float, _ accumulate: Bool)
}
