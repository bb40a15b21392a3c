import Runs

extension UNetConfiguration {
  /// Its keys, under diffusers' names: those of a recipe's `model` section and of a `config.json`.
  public static let keys: [RecipeKey<UNetConfiguration>] = [
    RecipeKey("sample_size", \.sampleSize, .in(1...4096), "Pixels of an image's side."),
    RecipeKey("in_channels", \.inChannels, .in(1...1024), "Channels of the input."),
    RecipeKey("out_channels", \.outChannels, .in(1...1024), "Channels of the output."),
    RecipeKey(
      "center_input_sample", \.centerInputSample,
      "Whether the input is in 0 to 1 and brought to -1 to 1 first."),
    RecipeKey(
      "time_embedding_dim", \.timeEmbeddingDim, .orNull(.in(1...65536)),
      "Numbers in the time's embedding; null for 4 times the first level's channels."),
    RecipeKey(
      "freq_shift", \.freqShift, .in(0...1024),
      "Taken from the number of the time's frequencies where it divides."),
    RecipeKey("flip_sin_to_cos", \.flipSinToCos, "Cosines of the time before its sines."),
    RecipeKey(
      "down_block_types", \.downBlocks, "The kinds of the levels on the way down."),
    RecipeKey(
      "mid_block_type", \.midBlockType, "The blocks between the ways; null for none."),
    RecipeKey(
      "up_block_types", \.upBlocks, "The kinds of the levels on the way up, the lowest first."),
    RecipeKey(
      "block_out_channels", \.blockOutChannels, .each(.in(1...65536)), "Channels of each level."),
    RecipeKey(
      "layers_per_block", \.layersPerBlock, .in(1...64),
      "Residual blocks of a level on the way down; there is one more on the way up."),
    RecipeKey(
      "mid_block_scale_factor", \.midBlockScaleFactor, .above(0),
      "What the outputs of the middle's blocks are divided by."),
    RecipeKey(
      "downsample_padding", \.downsamplePadding, .among(0, 1),
      "Zeros around the input of a halving convolution: 1 on each side, or 0 for right and bottom."),
    RecipeKey(
      "downsample_type", \.downsampleType, "How levels with attention halve the size."),
    RecipeKey("upsample_type", \.upsampleType, "How levels with attention double the size."),
    RecipeKey("dropout", \.dropout, .in(0..<1), "What part of the elements training drops."),
    RecipeKey(
      "attention_head_dim", \.attentionHeadDim, .orNull(.in(1...65536)),
      "Channels of an attention head; null for a single head."),
    RecipeKey("norm_num_groups", \.normNumGroups, .in(1...65536), "Groups of the norms."),
    RecipeKey(
      "attn_norm_num_groups", \.attnNormNumGroups, .orNull(.in(1...65536)),
      "Groups of the norm of the middle's attention; null for those of the others."),
    RecipeKey("norm_eps", \.normEps, .above(0), "Added to the variance in norms."),
    RecipeKey(
      "resnet_time_scale_shift", \.resnetTimeScaleShift, "How residual blocks take the time in."),
    RecipeKey("add_attention", \.addAttention, "Whether the middle has attention."),
    RecipeKey(
      "num_class_embeds", \.classCount, .orNull(.in(1...1_000_000)),
      "Rows of the table of classes, the last of them for no class; null for no classes."),
  ]

  /// `hasMidBlock` as diffusers says it.
  var midBlockType: UNetMidBlockKind? {
    get { hasMidBlock ? .plain : nil }
    set { hasMidBlock = newValue != nil }
  }
}

/// What the middle of a UNet is made of, under diffusers' name.
enum UNetMidBlockKind: String, RecipeChoice {
  /// A residual block, attention, a residual block.
  case plain = "UNetMidBlock2D"
}

extension UNetDownBlockKind: RecipeChoice {
  /// One of the names, with or without the prefix that old files have.
  public init?(_ node: RecipeNode) { self.init(blockName: node) }
}

extension UNetUpBlockKind: RecipeChoice {
  /// One of the names, with or without the prefix that old files have.
  public init?(_ node: RecipeNode) { self.init(blockName: node) }
}

extension UNetResampling: RecipeChoice {}
extension UNetTimeScaleShift: RecipeChoice {}

extension RecipeChoice {
  /// The kind of block that was named so: `DownBlock2D` was once `UNetResDownBlock2D`.
  fileprivate init?(blockName node: RecipeNode) {
    guard let name = String(node) else { return nil }
    let prefix = "UNetRes"
    self.init(rawValue: name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name)
  }
}
