/// The convolutions that Winograd's algorithm serves: how large their tiles are, and what becomes of them.
///
/// A tile of input pixels d and the weights g become frequencies, which are multiplied and summed over the
/// channels; the sums m become a tile of output pixels: A^T [(G g G^T) (B^T d B)] A, the product being
/// elementwise. With the transposed transforms the same products make gradients.
public enum WinogradAlgorithm: Sendable {
  /// 3x3 kernels with stride 1, by F(2x2, 3x3): 16 multiplications to a tile in place of 36.
  ///
  /// B^T = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1], G = [1 0 0; 1/2 1/2 1/2; 1/2 -1/2 1/2; 0 0 1] and
  /// A^T = [1 1 1 0; 0 1 -1 -1].
  case same
  /// 4x4 kernels with stride 2, by F(2x2, 2x2): 36 multiplications in place of 64.
  ///
  /// Tap 2a + p of an output row o reads input row 2(o + a) + p - 1. So the convolution is the sum over four
  /// phases (p, q) of 2x2 convolutions with stride 1 of images that have half the size.
  /// B^T = [1 -1 0; 0 1 0; 0 1 -1], G = [1 0; 1 1; 0 1] and A^T = [1 1 0; 0 1 -1].
  case halving
  /// The gradient of the input of such a convolution: phase (p, q) of the larger image is a 2x2 convolution of
  /// the smaller one, with its taps in the opposite order.
  case doubling

  /// The side of a tile of input pixels, those of all phases.
  public var inputSide: Int { self == .halving ? 6 : 4 }

  /// Input pixels from one tile to the next; the first begins one pixel outside the image.
  public var inputStep: Int { self == .halving ? 4 : 2 }

  /// The side of a tile of output pixels, which do not overlap.
  public var outputSide: Int { self == .doubling ? 4 : 2 }

  /// How many phases there are, each with products of its own.
  public var phases: Int { self == .same ? 1 : 4 }

  /// Whether the phases are summed.
  public var sumsPhases: Bool { self == .halving }

  /// How many products there are to a phase.
  public var frequencies: Int { self == .same ? 16 : 9 }

  /// The taps of a row of the kernel.
  public var kernelSide: Int { self == .same ? 3 : 4 }

  /// The place of a phase's first pixel or tap in rows of so many.
  public func place(ofPhase phase: Int, side: Int) -> Int { phase / 2 * side + phase % 2 }
}

/// The transforms of Winograd's algorithm.
///
/// Frequencies are numbered row by row; `frequencyStride` is the number of floats from one to the next.
/// Channels are transformed side by side, and rows of frequencies have room for whole vectors of them: what
/// is beyond `channels` becomes what the transform makes of zeros.
public protocol WinogradKernels {
  /// The frequencies of input tiles, of one phase; `pixels` are [tiles][inputSide][inputSide] from the phase's
  /// first pixel on.
  static func winogradInput(
    _ algorithm: WinogradAlgorithm, _ pixels: UnsafePointer<UnsafeRawPointer>, tiles: Int,
    channels: Int, into v: UnsafeMutablePointer<Float>, tileStride: Int, frequencyStride: Int)

  /// Output tiles, of one phase, = or += those of products; `pixels` are [tiles][outputSide][outputSide] from the
  /// phase's first pixel on, and the channels begin `offset` bytes behind the pointers.
  static func winogradOutput(
    _ algorithm: WinogradAlgorithm, _ m: UnsafePointer<Float>, tiles: Int, tileStride: Int,
    frequencyStride: Int, channels: Int, into pixels: UnsafePointer<UnsafeMutableRawPointer>,
    offset: Int, accumulate: Bool)

  /// The frequencies of weights, phase after phase: `rows` rows of `columns` floats, `stride` apart, of taps
  /// that are `tapStride` floats apart.
  static func winogradWeights(
    _ algorithm: WinogradAlgorithm, _ w: UnsafePointer<Float>, tapStride: Int, stride: Int,
    rows: Int, columns: Int, into u: UnsafeMutablePointer<Float>, rowStride: Int,
    frequencyStride: Int)

  /// The frequencies of tiles of the output's gradient, for `same` and `halving`; `pixels` are [tiles][2][2],
  /// of which the channels begin `offset` bytes behind the pointers.
  static func winogradOutputGradient(
    _ algorithm: WinogradAlgorithm, _ pixels: UnsafePointer<UnsafeRawPointer>, offset: Int,
    tiles: Int, channels: Int, into m: UnsafeMutablePointer<Float>, tileStride: Int,
    frequencyStride: Int)

  /// The gradient of weights, = or +=, from that of their frequencies, for `same` and `halving`; of the
  /// latter, that of one phase, whose first tap is at `dw`.
  static func winogradWeightGradient(
    _ algorithm: WinogradAlgorithm, _ u: UnsafePointer<Float>, rowStride: Int,
    frequencyStride: Int, rows: Int, columns: Int, into dw: UnsafeMutablePointer<Float>,
    tapStride: Int, stride: Int, accumulate: Bool)
}
