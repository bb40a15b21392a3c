import Runs

/// What a key says that must be null.
struct Null: RecipeValue {
  /// For messages.
  static let typeName = "null"

  /// The only value.
  init() {}

  /// A plain null.
  init?(_ node: RecipeNode) {
    guard case .some(.none) = String?(node) else { return nil }
  }

  /// null.
  var yaml: String { Self.typeName }
}
