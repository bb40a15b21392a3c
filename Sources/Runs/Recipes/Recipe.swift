/// All that a training run of some kind needs to know: model, data, optimizer, lengths.
///
/// ```swift
/// struct GANRecipe: Recipe {
///   var model = Model()
///   static let kind = "gan"
///   static let summary = "A DCGAN for small images."
///   static let schema: RecipeSchema<GANRecipe> = [
///     RecipeKey("model.channels", \.model.channels, .in(1...1024), "Channels of the widest layer."),
///   ]
/// }
/// ```
public protocol Recipe: Sendable {
  /// The name of the kind, which a file of this kind has under the key `kind`.
  static var kind: String { get }

  /// What it trains, in one line.
  static var summary: String { get }

  /// Its keys.
  static var schema: RecipeSchema<Self> { get }

  /// The recipe with all defaults.
  init()

  /// Makes sure that values go together that are each in range.
  func check() throws(RecipeProblem)
}

extension Recipe {
  /// Everything goes together.
  public func check() throws(RecipeProblem) {}

  /// The recipe as YAML, each key with its meaning, from which the same recipe is read again.
  public var yaml: String {
    "kind: \(Self.kind)\n"
      + Self.lines(Self.schema.keys.map { ($0.path[...], $0) }, self, indent: "")
  }

  /// The lines of keys, given with their paths from here on.
  private static func lines(
    _ keys: [(rest: Substring, key: RecipeKey<Self>)], _ recipe: Self, indent: String
  ) -> String {
    var text = ""
    var done: Set<Substring> = []
    for (rest, key) in keys {
      guard let dot = rest.firstIndex(of: ".") else {
        text += "\(indent)\(rest): \(key.yaml(recipe))  # \(key.meaning)\n"
        continue
      }
      // All keys of a section are written where the first of them stands.
      let section = rest[..<dot]
      guard done.insert(section).inserted else { continue }
      let members = keys.filter { $0.rest.hasPrefix("\(section).") }
        .map { ($0.rest.dropFirst(section.count + 1), $0.key) }
      text += "\(indent)\(section):\n" + lines(members, recipe, indent: indent + "  ")
    }
    return text
  }
}
