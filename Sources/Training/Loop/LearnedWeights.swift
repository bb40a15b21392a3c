/// Which of a checkpoint's weights a model takes.
public enum LearnedWeights: String, CaseIterable, Sendable {
  /// Their moving average, which is what is used.
  case average = "ema"
  /// As the latest step left them.
  case latest = "raw"
}
