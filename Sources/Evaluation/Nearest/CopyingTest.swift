import Datasets
import Foundation
import Models

/// Whether generated images are nearer to those that a model has learned from than images are that it
/// has never seen.
///
/// An image counts as near if its nearest training image is nearer than those of all but a hundredth
/// of the held-out images, or equal to it; with fewer than a hundred held-out images, all but a
/// twentieth or a tenth, and with fewer than ten, all of them. What is sampled from the same
/// distribution as the data, without a look at single images, is near as often as held-out images are;
/// so the number of near ones has a binomial distribution, whose tail is the chance of as many by
/// accident.
public struct CopyingTest: Sendable {
  /// The part of the held-out images that are not near: 0.99, 0.95 or 0.9.
  public let level: Double
  /// The distance below which an image is near.
  public let threshold: Double
  /// How many generated images there are.
  public let samples: Int
  /// How many of them are near.
  public let near: Int
  /// How many of them have the distance 0.
  public let equal: Int
  /// How many of them are farther from the training images than nearly all held-out images are, of which a
  /// twentieth are.
  public let far: Int
  /// The part that is near by accident.
  public let expected: Double
  /// The chance of as many near ones, or more, by accident.
  public let chance: Double
  /// How many near ones would be taken for copying; nil where not even all would, since there are too
  /// few images.
  public let fewestNear: Int?
  /// How many generated images there must be for all of them to be taken for copying, were they near; nil
  /// where no number is enough, since so many of the held-out images are as near.
  public let fewestSamples: Int?

  /// Chances below are taken for copying.
  static let significance = 0.001

  /// With fewer held-out images there is no comparison.
  static let fewestHeldOut = 5

  /// How many images a training has learned from, counting each time, that is followed by a comparison: each a
  /// hundred times, where they are few and enough are held out to tell; nil where none is.
  public static func fewestSeen(of training: ImageDataset) -> Int? {
    guard training.count < ImageDataset.few,
      ((try? training.heldOut().count) ?? 0) >= fewestHeldOut
    else { return nil }
    return 100 * training.count
  }

  /// Compares distances to the nearest training image of generated and of held-out images.
  init(drawn: [Double], heldOut: [Double]) {
    precondition(
      !drawn.isEmpty && heldOut.count >= Self.fewestHeldOut,
      "\(heldOut.count) held-out images")
    let level = heldOut.count >= 100 ? 0.99 : heldOut.count >= 20 ? 0.95 : 0.9
    let sorted = heldOut.sorted()
    let threshold = sorted[Int((1 - level) * Double(sorted.count) + 1e-9)]
    func isNear(_ distance: Double) -> Bool { distance < threshold || distance == 0 }
    let near = drawn.count(where: isNear)
    // The chance of a further held-out image, whose rank among them can be any.
    let expected = Double(heldOut.count(where: isNear) + 1) / Double(heldOut.count + 1)
    (self.level, self.threshold, self.near, self.expected) = (level, threshold, near, expected)
    (samples, equal) = (drawn.count, drawn.count { $0 == 0 })
    let edge = sorted[sorted.count - 1 - sorted.count / 20]
    far = drawn.count { $0 > edge }
    chance = Self.binomialTail(near, of: drawn.count, expected)
    fewestNear = (1...drawn.count).first {
      Self.binomialTail($0, of: drawn.count, expected) < Self.significance
    }
    fewestSamples = Self.fewestSamples(expected)
  }

  /// Whether more of the generated images are near than accident explains.
  public var findsCopying: Bool { chance < Self.significance }

  /// Whether most of the generated images are like none of the data, as noise is: then they are no copies, but may
  /// yet become some.
  public var isFar: Bool { 2 * far > samples }

  /// Whether there are too few images to find copying, whatever they are.
  public var isTooFew: Bool { fewestNear == nil }

  /// The fewest of which each is near by accident with the chance `p`, and all with one that is small
  /// enough.
  private static func fewestSamples(_ p: Double) -> Int? {
    guard p < 1 else { return nil }
    let count = Int((log(significance) / log(p)).rounded(.down))
    // Rounding must not decide; the chance must be less than asked for, not equal to it.
    return (max(1, count - 1)...count + 2).first { binomialTail($0, of: $0, p) < significance }
  }

  /// The chance of at least `least` among `count` of probability `p`.
  static func binomialTail(_ least: Int, of count: Int, _ p: Double) -> Double {
    guard p < 1 else { return 1 }
    var sum = 0.0
    for number in 0..<least {
      let ways =
        lgamma(Double(count) + 1) - lgamma(Double(number) + 1)
        - lgamma(Double(count - number) + 1)
      sum += exp(ways + Double(number) * log(p) + Double(count - number) * log1p(-p))
    }
    // Small tails are differences from one, of which nothing is left below its rounding.
    return max(0, 1 - sum)
  }
}
