import ArgumentParser
import Images
import Models

/// The flags of images that move.
struct AnimationFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Frames of an animation: 64 of a walk by default, and at most 50 of a denoising.",
      valueName: "n"))
  var frames: Int?

  @Option(
    help: ArgumentHelp("Seconds that a frame is shown; 0.08 by default.", valueName: "x"))
  var delay: Double?

  func validate() throws {
    if let frames, !(2...1000).contains(frames) {
      throw ValidationError("--frames is \(frames), but must be 2 to 1000")
    }
    if let delay, !(0.01...60).contains(delay) {
      throw ValidationError("--delay is \(delay), but must be 0.01 to 60 seconds")
    }
  }

  /// The first of the flags that were given; nil where there is none.
  var first: String? { frames != nil ? "--frames" : delay != nil ? "--delay" : nil }

  /// The walk that they ask for.
  var walk: LatentWalk { LatentWalk(frames: frames ?? 64) }

  /// A film of those frames.
  func film(_ frames: [[Image]], finalDelay: Double? = nil) -> Film {
    Film(frames: frames, delay: delay ?? 0.08, finalDelay: finalDelay)
  }
}
