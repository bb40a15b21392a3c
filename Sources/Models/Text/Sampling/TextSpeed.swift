/// How fast texts were written, what it took to read their prompt apart.
public struct TextSpeed: Equatable, Sendable {
  /// How many tokens were drawn, in all texts.
  public internal(set) var tokens = 0
  /// How many characters (Unicode scalars) they are.
  public internal(set) var characters = 0
  /// How often the model was asked for the next token of a batch: each time it reads its weights once.
  public internal(set) var steps = 0
  /// How long that took, drawing included.
  public internal(set) var seconds = 0.0
  /// The bytes of the model's weights.
  public let weightBytes: Int

  init(weightBytes: Int) { self.weightBytes = weightBytes }

  /// Tokens a second.
  public var tokensPerSecond: Double { Double(tokens) / max(seconds, 1e-9) }

  /// At what rate weights were read, in bytes a second.
  public var bandwidth: Double { Double(weightBytes) * Double(steps) / max(seconds, 1e-9) }
}
