/// How many frequencies a tile has in Winograd's F(2x2, 3x3): those of 4x4 pixels.
public let winogradFrequencies = 16

/// The transforms of Winograd's F(2x2, 3x3), which makes a tile of 2x2 output pixels of 4x4 input pixels
/// d and 3x3 weights g as A^T [(G g G^T) (B^T d B)] A, the product being elementwise: 16
/// multiplications instead of 36. With the transposed transforms the same products make gradients.
///
/// With B^T = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1], G = [1 0 0; 1/2 1/2 1/2; 1/2 -1/2 1/2; 0 0 1]
/// and A^T = [1 1 1 0; 0 1 -1 -1]. Frequencies are numbered row by row; `frequencyStride` is the number
/// of floats from one to the next. Channels are transformed side by side, and rows of frequencies have
/// room for whole vectors of them: what is beyond `channels` becomes what the transform makes of zeros.
public protocol WinogradKernels {
  /// The frequencies B^T d B of input tiles; `pixels` are [tiles][4][4].
  static func winogradInput(
    _ pixels: UnsafePointer<UnsafeRawPointer>, tiles: Int, channels: Int,
    into v: UnsafeMutablePointer<Float>, tileStride: Int, frequencyStride: Int)

  /// Output tiles = or += A^T m A; `pixels` are [tiles][2][2], of which the channels begin `offset`
  /// bytes behind the pointers.
  static func winogradOutput(
    _ m: UnsafePointer<Float>, tiles: Int, tileStride: Int, frequencyStride: Int, channels: Int,
    into pixels: UnsafePointer<UnsafeMutableRawPointer>, offset: Int, accumulate: Bool)

  /// The frequencies G g G^T of weights: `rows` rows of `columns` floats, `stride` apart, of nine taps
  /// that are `tapStride` floats apart.
  static func winogradWeights(
    _ w: UnsafePointer<Float>, tapStride: Int, stride: Int, rows: Int, columns: Int,
    into u: UnsafeMutablePointer<Float>, rowStride: Int, frequencyStride: Int)

  /// The frequencies A y A^T of tiles of the output's gradient; `pixels` are [tiles][2][2], of which
  /// the channels begin `offset` bytes behind the pointers.
  static func winogradOutputGradient(
    _ pixels: UnsafePointer<UnsafeRawPointer>, offset: Int, tiles: Int, channels: Int,
    into m: UnsafeMutablePointer<Float>, tileStride: Int, frequencyStride: Int)

  /// The gradient of weights, = or += G^T u G, from that of their frequencies.
  static func winogradWeightGradient(
    _ u: UnsafePointer<Float>, rowStride: Int, frequencyStride: Int, rows: Int, columns: Int,
    into dw: UnsafeMutablePointer<Float>, tapStride: Int, stride: Int, accumulate: Bool)
}
