import Images

/// Images that are asked of a model; what is nil is left to the model.
public struct ImageRequest {
  /// How images follow from latent vectors.
  public enum Form: Sendable {
    /// Each from a vector of its own.
    case independent
    /// In rows, each from one vector to another.
    case interpolation
    /// Frame by frame, on a walk among vectors.
    case walk(LatentWalk)
  }

  /// How many images, or rows of an interpolation.
  public var count: Int?
  /// How many stand in a row.
  public var columns: Int?
  /// The seed of all of them.
  public var seed: UInt64
  /// The class of all of them, by its number or name.
  public var label: String?
  /// How they follow from latent vectors.
  public var form = Form.independent
  /// Into how many frames at most it is recorded how they come out of noise; nil for no recording.
  public var recordedFrames: Int?

  /// A request for images of a seed.
  public init(seed: UInt64) { self.seed = seed }

  /// The most images of an animation, all frames together: that many fit into memory.
  private static let mostAnimated = 65536

  /// How many images are meant where none are asked for.
  var countOrDefault: Int {
    switch form {
    case .independent: count ?? 64
    case .interpolation: count ?? 8
    case .walk: count ?? 16
    }
  }

  /// As wide as high, but at least eight, where nothing else is asked for.
  var columnsOrDefault: Int {
    columns ?? max(8, Int(Double(count ?? 64).squareRoot().rounded(.up)))
  }

  /// Makes sure that an animation of so many images in so many frames fits into memory.
  static func check(animated count: Int, frames: Int) throws(SamplingError) {
    guard count * frames <= mostAnimated else {
      throw SamplingError(
        "\(count) images in \(frames) frames are \(count * frames), but an animation may have "
          + "\(mostAnimated): give a lower --count or --frames")
    }
  }
}

/// Images that a model has generated on request.
public struct GeneratedImages {
  /// The images; empty where a walk was asked for.
  public var images: [Image] = []
  /// The frames of the walk, or those that were recorded.
  public var frames: [[Image]] = []
  /// How many stand in a row.
  public var columns: Int
  /// The sampler's name, for provenance.
  public var sampler: String
  /// The sampler's settings, for provenance.
  public var settings: [(key: String, value: String)] = []
}
