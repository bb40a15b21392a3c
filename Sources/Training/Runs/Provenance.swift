/// What a picture's file says about where it comes from.
public struct Provenance: Sendable {
  /// The text chunks of its PNG.
  public let text: [(key: String, value: String)]

  /// The record of a picture.
  ///
  /// - Parameters:
  ///   - version: the program's.
  ///   - run: the run's name.
  ///   - step: how many steps the model had learned.
  ///   - seed: the picture's.
  ///   - sampler: how it was drawn.
  ///   - settings: of the sampler, each under a key of its own.
  ///   - command: the words of what makes it again.
  public init(
    version: String, run: String, step: Int, seed: UInt64, sampler: String,
    settings: [(key: String, value: String)] = [], command: [String]
  ) {
    let origin = [
      (key: "Software", value: "gen \(version)"), ("run", run), ("step", "\(step)"),
      ("seed", "\(seed)"), ("sampler", sampler),
    ]
    text = origin + settings + [("command", command.map(shellQuoted).joined(separator: " "))]
  }
}
