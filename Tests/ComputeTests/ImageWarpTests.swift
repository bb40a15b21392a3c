import Foundation
import Testing

@testable import Compute

/// Affine changes of images against double precision, one change after the other.
@Suite struct ImageWarpTests {
  /// One change, by what it does to a point (x, y) from the middle of the image, to the right and down.
  enum Step {
    case scale(Double, Double)
    case turn(Double)
    case move(Double, Double)

    func apply(to warp: inout ImageWarp) {
      switch self {
      case .scale(let x, let y): warp.scale(x: Float(x), y: Float(y))
      case .turn(let angle): warp.rotate(cosine: Float(cos(angle)), sine: Float(sin(angle)))
      case .move(let right, let down): warp.move(right: Float(right), down: Float(down))
      }
    }

    /// Where a point comes from.
    func source(_ x: Double, _ y: Double) -> (Double, Double) {
      switch self {
      case .scale(let a, let b): (x / a, y / b)
      case .turn(let angle): (x * cos(angle) + y * sin(angle), y * cos(angle) - x * sin(angle))
      case .move(let right, let down): (x - right, y - down)
      }
    }
  }

  static let ways: [[Step]] = [
    [], [.scale(-1, 1)], [.scale(1, -1)], [.move(2, -1)], [.turn(.pi / 2)], [.scale(1.3, 0.6)],
    [.turn(0.7)], [.move(0.25, 1.5), .turn(-2), .scale(0.8, 1.1), .move(-3, 2)],
    [.scale(0.1, 0.1), .move(400, -900)],
  ]

  @Test(arguments: [(5, 7, 3), (8, 8, 1), (1, 1, 3), (1, 4, 4)])
  func agreesWithDouble(height: Int, width: Int, channels: Int) {
    let size = height * width * channels
    let x = numbers(Self.ways.count * size, 1)
    let warps = Self.ways.map { steps in
      var warp = ImageWarp()
      for step in steps { step.apply(to: &warp) }
      return warp
    }
    let y = everywhere {
      changed([Float](repeating: 9, count: x.count)) {
        ImageWarp.apply(warps, to: x, into: $0, height: height, width: width, channels: channels)
      }
    }
    let expected = x.indices.map { index -> Double in
      let (image, rest) = index.quotientAndRemainder(dividingBy: size)
      let (row, column) = (rest / channels / width, rest / channels % width)
      var point = (Double(column) - Double(width - 1) / 2, Double(row) - Double(height - 1) / 2)
      for step in Self.ways[image].reversed() { point = step.source(point.0, point.1) }
      let (u, v) = (point.0 + Double(width - 1) / 2, point.1 + Double(height - 1) / 2)
      let (left, top) = (floor(u), floor(v))
      return [0, 1].reduce(0) { sum, below in
        [0, 1].reduce(sum) { sum, right in
          let weight = abs(1 - Double(right) - (u - left)) * abs(1 - Double(below) - (v - top))
          let pixel =
            place(Int(top) + below, height) * width + place(Int(left) + right, width)
          return sum + weight * Double(x[image * size + pixel * channels + rest % channels])
        }
      }
    }
    // A place far outside of the image has few digits left behind the point.
    #expect(distance(Array(y.dropLast(size)), Array(expected.dropLast(size))) <= 2e-5)
    #expect(distance(y, expected) <= 5e-3)
    #expect(Array(y[..<size]) == Array(x[..<size]))
  }

  private func place(_ place: Int, _ count: Int) -> Int {
    var place = place
    while !(0..<count).contains(place) {
      place = place < 0 ? -1 - place : 2 * count - 1 - place
    }
    return place
  }

  @Test func aMirrorImageIsExact() {
    let x: [Float] = [1, 2, 3, 4, 5, 6]
    var warp = ImageWarp()
    warp.scale(x: -1, y: 1)
    let y = changed([Float](repeating: 9, count: 6)) {
      ImageWarp.apply([warp], to: x, into: $0, height: 2, width: 3, channels: 1)
    }
    #expect(y == [3, 2, 1, 6, 5, 4])
  }
}
