import Runs

extension UNetConfiguration {
  /// Makes sure that there is a UNet of this configuration.
  /// - Throws: `RecipeProblem`, which blames a key under diffusers' name.
  public func check() throws(RecipeProblem) {
    try checkLevels()
    try checkTime()
    try checkNorms()
    try checkHeads()
    for (key, value) in [
      ("sample_size", sampleSize), ("in_channels", inChannels), ("out_channels", outChannels),
      ("layers_per_block", layersPerBlock), ("num_class_embeds", classCount ?? 1),
    ] {
      try require(value > 0, key, "\(value) is not positive")
    }
    try require(
      sampleSize % sizeMultiple == 0, "sample_size",
      "\(sampleSize) is not a multiple of \(sizeMultiple), as \(blockOutChannels.count) levels need "
        + "it, which halve it \(blockOutChannels.count - 1) times")
    try require(
      downsamplePadding == 0 || downsamplePadding == 1, "downsample_padding",
      "\(downsamplePadding) is neither 0 nor 1")
    try require(
      dropout >= 0 && dropout < 1, "dropout", "\(dropout) is not at least 0 and less than 1")
    try require(
      midBlockScaleFactor.isNormal, "mid_block_scale_factor",
      "\(midBlockScaleFactor) is nothing to divide by")
  }

  /// How many parameters there are in the second convolutions of its residual blocks on the way down:
  /// fewer than in all, and soon told.
  var leastParameters: Int {
    blockOutChannels.reduce(0) { $0 + 9 * layersPerBlock * $1 * $1 }
  }

  private func checkLevels() throws(RecipeProblem) {
    let key = "block_out_channels"
    try require(
      (1...16).contains(blockOutChannels.count), key, "\(blockOutChannels) are not 1 to 16 levels")
    for (name, count) in [
      ("down_block_types", downBlocks.count), ("up_block_types", upBlocks.count),
    ] {
      try require(
        count == blockOutChannels.count, name,
        "has \(count) blocks, and \(key) \(blockOutChannels.count) levels: give as many")
    }
    for channels in blockOutChannels {
      try require(channels > 0, key, "\(channels) channels are not positive")
    }
  }

  private func checkTime() throws(RecipeProblem) {
    try require(
      timeEmbeddingChannels > 0, "time_embedding_dim", "\(timeEmbeddingChannels) is not positive")
    let frequencies = blockOutChannels[0] / 2
    try require(
      freqShift < max(frequencies, 1), "freq_shift",
      "\(freqShift) leaves nothing of the \(frequencies) frequencies that "
        + "\(blockOutChannels[0]) channels have: give at most \(max(frequencies, 1) - 1)")
  }

  private func checkNorms() throws(RecipeProblem) {
    for (key, groups, divided) in [
      ("norm_num_groups", normNumGroups, blockOutChannels),
      ("attn_norm_num_groups", attnNormNumGroups ?? 1, blockOutChannels.suffix(1)),
    ] {
      try require(groups > 0, key, "\(groups) is not positive")
      for channels in divided {
        try require(
          channels % groups == 0, key,
          "\(groups) groups do not divide the \(channels) channels of a level")
      }
    }
    try require(
      normEps > 0 && normEps.isFinite, "norm_eps", "\(normEps) is not a positive number")
  }

  private func checkHeads() throws(RecipeProblem) {
    guard let head = attentionHeadDim else { return }
    let key = "attention_head_dim"
    try require(head > 0, key, "\(head) is not positive")
    var divided = zip(downBlocks, blockOutChannels).filter { $0.0 == .attention }.map(\.1)
    divided += zip(upBlocks, blockOutChannels.reversed()).filter { $0.0 == .attention }.map(\.1)
    if hasMidBlock && addAttention { divided += blockOutChannels.suffix(1) }
    for channels in divided {
      try require(
        channels % head == 0, key,
        "heads of \(head) channels do not divide the \(channels) channels of a level with attention: "
          + "give a divisor, or null for a single head")
    }
  }

  private func require(_ holds: Bool, _ key: String, _ message: String) throws(RecipeProblem) {
    if !holds { throw RecipeProblem(key, message) }
  }
}
