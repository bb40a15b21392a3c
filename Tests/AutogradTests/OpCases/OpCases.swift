extension OpCase {
  /// The table: rows by family of ops.
  static let all =
    attentions + attentionDropouts + rotations + elementwise + activations + activationTangents
    + shape + linear + convolutions
    + transposedConvolutions
    + norms
    + losses + sampling + resampling + distortion + recurrent
}
