import Evaluation
import Models

/// What the nearest training images say of a run.
public struct NearestExplanation: Encodable {
  /// The run's name.
  let run: String
  /// How many steps it had learned.
  let step: Int
  /// The seed of the images.
  let seed: UInt64
  /// What was found.
  let report: NearestReport

  /// What was found of images that a run has generated.
  public init(_ report: NearestReport, of sampler: any ImageSampler, seed: UInt64) {
    (run, step, self.seed, self.report) = (sampler.run.name, sampler.step, seed, report)
  }

  private enum Key: CodingKey { case run, step, seed }

  /// The members of the report, and where the images come from, in one object.
  public func encode(to encoder: any Encoder) throws {
    try report.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(run, forKey: .run)
    try container.encode(step, forKey: .step)
    try container.encode(seed, forKey: .seed)
  }
}
