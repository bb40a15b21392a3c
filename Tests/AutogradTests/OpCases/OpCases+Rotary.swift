import Autograd
import Compute
import Foundation

extension OpCase {
  /// Shapes, heads, first positions, bases and norms.
  static let rotations: [OpCase] =
    [
      ([1, 1, 6], 1, 0, 10000, nil), ([2, 5, 24], 2, 3, 10000, nil),
      ([1, 3, 192], 2, 1, 100, 1e-2), ([2, 2, 60], 1, 7, nil, 1e-2), ([1, 2, 36], 3, 0, nil, nil),
    ].map { (shape: [Int], heads: Int, first: Int, base: Float?, epsilon: Float?) in
      OpCase(
        .rotary,
        "of \(shape), \(heads) heads, from \(first), base \(base ?? 0), norm \(epsilon ?? 0)",
        [Input(shape)], tolerance: 5e-6
      ) {
        rotary(
          qkv: $0[0], heads: heads, firstPosition: first, base: base, normEpsilon: epsilon)
      } reference: {
        Naive.rotary(
          $0[0], heads: heads, first: first, base: base.map(Double.init),
          epsilon: epsilon.map(Double.init))
      }
    }
}

extension Naive {
  /// Heads of queries and keys, as complex numbers x[i] + i x[i + D / 2], turned.
  static func rotary(
    _ qkv: Reference, heads: Int, first: Int, base: Double?, epsilon: Double?
  ) -> Reference {
    let (size, length) = (qkv.shape[2] / (3 * heads), qkv.shape[1])
    var y = qkv
    for row in 0..<qkv.rows {
      for head in 0..<2 * heads {
        let start = row * qkv.columns + head * size
        var x = Array(qkv.elements[start..<start + size])
        if let epsilon {
          let square = x.reduce(0) { $0 + $1 * $1 } / Double(size)
          x = x.map { $0 / (square + epsilon).squareRoot() }
        }
        for i in 0..<size / 2 {
          let frequency = base.map { pow($0, -2 * Double(i) / Double(size)) } ?? 0
          let angle = Double(first + row % length) * frequency
          let (a, b) = (x[i], x[i + size / 2])
          y.elements[start + i] = a * cos(angle) - b * sin(angle)
          y.elements[start + i + size / 2] = b * cos(angle) + a * sin(angle)
        }
      }
    }
    return y
  }
}
