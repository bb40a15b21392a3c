/// All parameters and buffers of a model by path, tied ones once for each path.
struct Reflection {
  private(set) var parameters: [(path: String, value: Parameter)] = []
  private(set) var buffers: [(path: String, value: Buffer)] = []

  /// Walks through the stored properties of `model`.
  init(_ model: some Module) { visit(model, at: "") }

  private mutating func visit(_ value: Any, at path: String) {
    if let parameter = value as? Parameter { return parameters.append((path, parameter)) }
    if let buffer = value as? Buffer { return buffers.append((path, buffer)) }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
      for child in mirror.children { visit(child.value, at: path) }
    case .collection where !Self.isPlain(mirror.children.first?.value):
      for (index, child) in mirror.children.enumerated() {
        visit(child.value, at: Self.join(path, "\(index)"))
      }
    case .struct where value is any Module, .class where value is any Module:
      for child in mirror.children {
        visit(child.value, at: Self.join(path, Self.snakeCase(child.label ?? "")))
      }
    default:
      var seen: Set<ObjectIdentifier> = []
      precondition(
        !Self.holdsParameters(value, &seen),
        "\(path) holds parameters or buffers in a \(type(of: value)), where nothing finds them: keep "
          + "them in a Module, an array or an optional")
    }
  }

  /// Whether parameters or buffers are anywhere in a value that is not to have any.
  private static func holdsParameters(_ value: Any, _ seen: inout Set<ObjectIdentifier>) -> Bool {
    if value is Parameter || value is Buffer { return true }
    if isPlain(value) { return false }
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .class {
      guard seen.insert(ObjectIdentifier(value as AnyObject)).inserted else { return false }
    }
    if mirror.displayStyle == .collection, isPlain(mirror.children.first?.value) { return false }
    return mirror.children.contains { holdsParameters($0.value, &seen) }
  }

  /// Numbers and text: an array of them, which may be long, need not be searched.
  private static func isPlain(_ value: Any?) -> Bool {
    value is any Numeric || value is any StringProtocol || value is Bool
  }

  private static func join(_ path: String, _ name: String) -> String {
    path.isEmpty ? name : "\(path).\(name)"
  }

  /// `downBlocks` as `down_blocks`: an underscore before each capital.
  private static func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { result, character in
      result += character.isUppercase ? "_" + character.lowercased() : String(character)
    }
  }
}
