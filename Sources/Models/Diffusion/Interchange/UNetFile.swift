import Runs

/// What diffusers' `unet/config.json` says: the arguments of a `UNet2DModel`.
struct UNetFile {
  /// All that a UNet may differ in here.
  var configuration = UNetConfiguration()
  /// The embedding of the time.
  var timeEmbeddingType = TimeEmbeddingType.positional
  /// The activation.
  var activation = ActivationName.silu
  /// How classes are embedded; null is a table.
  var classEmbedType = Null()
  /// Rows of a table of times, which is another embedding's.
  var trainTimesteps: Int?

  /// Embeddings of the time.
  enum TimeEmbeddingType: String, RecipeChoice {
    /// Sines and cosines.
    case positional
  }

  /// Names of one activation.
  enum ActivationName: String, RecipeChoice {
    /// x sigmoid(x).
    case silu
    /// Its older name.
    case swish
  }

  /// The class, as the file's `_class_name` says it.
  enum Class: String, RecipeChoice {
    /// The only one.
    case unet = "UNet2DModel"
  }

  /// The row of the table of classes that stands for none, in files of ours; diffusers, like all
  /// readers of its files, passes over keys with an underscore in front.
  static let nullClassKey = "_no_class"

  /// All keys of the file.
  static let keys: [RecipeKey<UNetFile>] =
    UNetConfiguration.keys.map { $0.at(\.configuration) } + [
      RecipeKey("time_embedding_type", \.timeEmbeddingType, "How the time is embedded."),
      RecipeKey("act_fn", \.activation, "The activation."),
      RecipeKey("class_embed_type", \.classEmbedType, "How classes are embedded."),
      RecipeKey("num_train_timesteps", \.trainTimesteps, "Rows of a table of times."),
    ]

  /// The file of a configuration.
  init(_ configuration: UNetConfiguration) { self.configuration = configuration }

  /// What a file says; keys that are absent take the class's defaults.
  /// - Throws: `RecipeError` that names the key.
  init(_ file: ConfigurationFile, notes: inout [String]) throws(RecipeError) {
    _ = try file.value(PipelineFolder.classKey, as: Class.self)
    try file.read(Self.keys, into: &self)
    let known = Set(Self.keys.map(\.path))
    let unknown = file.names.filter { !$0.hasPrefix("_") && !known.contains($0) }
    if let name = unknown.first(where: { !file.isOff($0) }) {
      throw file.error(name, "is not an argument of UNet2DModel that is known here")
    }
    if !unknown.isEmpty {
      notes.append("\(file.path): passing over \(unknown.joined(separator: ", "))")
    }
    do { try configuration.check() } catch { throw file.error(error.key, error.message) }
    guard configuration.inChannels == configuration.outChannels else {
      throw file.error(
        "out_channels",
        "is \(configuration.outChannels), but must be in_channels, \(configuration.inChannels): a "
          + "UNet that also tells the variance is not supported")
    }
  }
}
