/// What an image's file says about where it comes from.
public struct Provenance: Sendable {
  /// The text chunks of its PNG.
  public let text: [(key: String, value: String)]
  /// What makes it again, as a shell takes it.
  public let command: String

  /// The record of an image.
  ///
  /// - Parameters:
  ///   - version: the program's.
  ///   - run: the run's name.
  ///   - step: how many steps the model had learned.
  ///   - seed: the image's.
  ///   - sampler: how it was sampled.
  ///   - settings: of the sampler, each under a key of its own.
  ///   - command: the words of what makes it again; of places on this machine, the last component is
  ///     kept.
  public init(
    version: String, run: String, step: Int, seed: UInt64, sampler: String,
    settings: [(key: String, value: String)] = [], command: [String]
  ) {
    let origin = [
      (key: "Software", value: "gen \(version)"), ("run", run), ("step", "\(step)"),
      ("seed", "\(seed)"), ("sampler", sampler),
    ]
    self.command = shared(command: command).map(shellQuoted).joined(separator: " ")
    text = origin + settings + [("command", self.command)]
  }
}
