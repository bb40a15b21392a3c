import Datasets
import Files
import Images

/// The nearest training images of generated and of held-out ones.
public struct NearestReport: Sendable {
  /// An image with what is nearest to it.
  public struct Row: Sendable {
    /// Its number among the generated or the chosen held-out ones.
    public let number: Int
    /// The image.
    public let image: Image
    /// The nearest training images, the nearest first.
    public let neighbors: [Neighbor]

    /// The distance to the nearest.
    public var distance: Double { neighbors[0].distance }
  }

  /// A training image that is near.
  public struct Neighbor: Sendable, Encodable {
    /// Its number in the data.
    public let index: Int
    /// Whether it is nearer mirrored, as the model has seen it, too.
    public let mirrored: Bool
    /// How far it is.
    public let distance: Double
  }

  /// The data: a built-in name or a path.
  public let dataSource: String
  /// What images were compared in.
  public let space: String
  /// Whether that were pixels, whose distances are in levels of 256.
  public let isInPixels: Bool
  /// Whether mirrored training images were looked at, too.
  public let isMirrored: Bool
  /// The generated images.
  public let drawn: [Row]
  /// The held-out images.
  public let heldOut: [Row]
  /// The training images.
  public let training: ImageDataset
  /// What the comparison says.
  public let test: CopyingTest

  /// The finding in a sentence or two.
  public var finding: String {
    let level = "\(Int((test.level * 100).rounded())) %"
    let count =
      "\(test.near) of \(test.samples) generated images (\(percent(test.near))) are nearer to a training "
      + "image than \(level) of the held-out images are"
    let equal =
      test.equal == 0
      ? "" : " \(test.equal) \(test.equal == 1 ? "is" : "are") the same as one."
    let expected = "\(Self.percent(test.expected)) would be by accident"
    if test.isTooFew {
      let needed =
        test.fewestSamples.map { "at least \($0) are needed" }
        ?? "with these held-out images, no number of them is enough"
      return
        "Too few images to tell whether the model copies: \(count); \(expected), and even all "
        + "\(test.samples) near ones would not be less likely than p = \(brief(CopyingTest.significance)):"
        + " \(needed).\(equal)"
    }
    if test.isFar && !test.findsCopying {
      return
        "Still far from the training images: \(percent(test.far)) of \(test.samples) generated images are farther "
        + "from all of them than 95 % of the held-out images are. Whether the model copies can be told once it makes "
        + "images like those of the data.\(equal)"
    }
    let sign = test.fewestNear.map { ", and \($0) or more would be a sign of it" } ?? ""
    return test.findsCopying
      ? "It looks like copying: \(count), where \(expected).\(equal)"
      : "No sign of copying: \(count); \(expected)\(sign).\(equal)"
  }

  private func percent(_ count: Int) -> String {
    Self.percent(Double(count) / Double(test.samples))
  }

  private static func percent(_ part: Double) -> String {
    "\(fixed(part * 100, part > 0 && part < 0.1 ? 1 : 0)) %"
  }
}

/// The middle of some numbers, at least one: of an even count, the upper one.
package func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

extension NearestReport: Encodable {
  private enum Key: String, CodingKey {
    case data, space, samples, near, equal, threshold, level, expected, chance, copying, nearest
    case far
    case fewestNear = "near_needed"
    case fewestSamples = "samples_needed"
    case trainingImages = "training_images"
    case heldOutImages = "held_out_images"
    case median = "median_distance"
    case heldOutMedian = "median_distance_held_out"
  }

  /// One object; `nearest` has for each generated image its nearest training images.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(dataSource, forKey: .data)
    try container.encode(space, forKey: .space)
    try container.encode(training.count, forKey: .trainingImages)
    try container.encode(heldOut.count, forKey: .heldOutImages)
    try container.encode(test.samples, forKey: .samples)
    try container.encode(test.near, forKey: .near)
    try container.encode(test.equal, forKey: .equal)
    try container.encode(test.far, forKey: .far)
    try container.encode(test.threshold, forKey: .threshold)
    try container.encode(test.level, forKey: .level)
    try container.encode(test.expected, forKey: .expected)
    try container.encode(test.chance, forKey: .chance)
    // Neither true nor false of too few.
    try container.encode(test.isTooFew ? nil : test.findsCopying, forKey: .copying)
    try container.encode(test.fewestNear, forKey: .fewestNear)
    try container.encode(test.fewestSamples, forKey: .fewestSamples)
    try container.encode(median(drawn.map(\.distance)), forKey: .median)
    try container.encode(median(heldOut.map(\.distance)), forKey: .heldOutMedian)
    try container.encode(drawn.map(\.neighbors), forKey: .nearest)
  }
}
