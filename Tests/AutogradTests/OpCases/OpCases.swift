extension OpCase {
  /// The table: rows by family of ops.
  static let all = shape + linear + sampling
}
