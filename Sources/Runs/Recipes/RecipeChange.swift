/// A key that has another value than before.
public struct RecipeChange: Equatable, Sendable {
  /// The key, such as "model.channels".
  public let key: String
  /// Its value before, as YAML.
  public let was: String
  /// Its value now.
  public let now: String
}

extension Recipe {
  /// All keys, and their values as YAML.
  public var settings: [(key: String, value: String)] {
    Self.schema.keys.map { ($0.path, $0.yaml(self)) }
  }

  /// The keys whose values differ in another recipe, and both values.
  public func changes(in other: Self) -> [RecipeChange] {
    Self.schema.keys.compactMap { key in
      let (was, now) = (key.yaml(self), key.yaml(other))
      return was == now ? nil : RecipeChange(key: key.path, was: was, now: now)
    }
  }
}
