import Runs

extension UNetConfiguration {
  /// Its keys, under diffusers' names: those of a recipe's `model` section and of a `config.json`.
  public static let keys: [RecipeKey<UNetConfiguration>] = [
    RecipeKey("sample_size", \.sampleSize, .in(1...4096), "Image height and width in pixels."),
    RecipeKey("in_channels", \.inChannels, .in(1...1024), "Channels of the input."),
    RecipeKey("out_channels", \.outChannels, .in(1...1024), "Channels of the output."),
    RecipeKey(
      "center_input_sample", \.centerInputSample,
      "Whether the input lies in 0 to 1 and is scaled to -1 to 1 first."),
    RecipeKey(
      "time_embedding_dim", \.timeEmbeddingDim, .orNull(.in(1...65536)),
      "Size of the time embedding; null for 4 times the first block's channels."),
    RecipeKey(
      "freq_shift", \.freqShift, .in(0...1024),
      "Frequency shift of the sinusoidal time embedding."),
    RecipeKey(
      "flip_sin_to_cos", \.flipSinToCos, "Whether cosines come before sines in the time embedding."),
    RecipeKey(
      "down_block_types", \.downBlocks, "Types of the down blocks."),
    RecipeKey(
      "mid_block_type", \.midBlockType, "Type of the mid block; null for none."),
    RecipeKey(
      "up_block_types", \.upBlocks, "Types of the up blocks, the deepest first."),
    RecipeKey(
      "block_out_channels", \.blockOutChannels, .each(.in(1...65536)),
      "Output channels of each block."),
    RecipeKey(
      "layers_per_block", \.layersPerBlock, .in(1...64),
      "Residual layers of a down block; an up block has one more."),
    RecipeKey(
      "mid_block_scale_factor", \.midBlockScaleFactor, .above(0),
      "Scale by which the outputs of the mid block's layers are divided."),
    RecipeKey(
      "downsample_padding", \.downsamplePadding, .among(0, 1),
      "Padding of downsampling convolutions: 1 on each side, or 0 for right and bottom alone."),
    RecipeKey(
      "downsample_type", \.downsampleType, "Downsampling of blocks with attention."),
    RecipeKey("upsample_type", \.upsampleType, "Upsampling of blocks with attention."),
    RecipeKey("dropout", \.dropout, .in(0..<1), "Dropout rate."),
    RecipeKey(
      "attention_head_dim", \.attentionHeadDim, .orNull(.in(1...65536)),
      "Channels per attention head; null for a single head."),
    RecipeKey("norm_num_groups", \.normNumGroups, .in(1...65536), "Groups of the group norms."),
    RecipeKey(
      "attn_norm_num_groups", \.attnNormNumGroups, .orNull(.in(1...65536)),
      "Groups of the group norm in the mid block's attention; null for norm_num_groups."),
    RecipeKey("norm_eps", \.normEps, .above(0), "Epsilon of the group norms."),
    RecipeKey(
      "resnet_time_scale_shift", \.resnetTimeScaleShift,
      "Time conditioning of residual blocks: added, or as scale and shift."),
    RecipeKey("add_attention", \.addAttention, "Whether the mid block has attention."),
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
