import Files

/// A JSON file of settings, such as other programs keep beside their models' weights.
///
/// Python writes and reads NaN and Infinity as numbers, so they may be there. Keys are tables of the
/// same type as the recipes'.
public struct ConfigurationFile: Sendable {
  /// Where it was read.
  public let path: String
  /// The whole file, for what no table of keys describes.
  public let root: JSONNode
  private let members: [RecipeNode.Member]

  /// Larger files are an error.
  static let maximumSize = 4 << 20

  /// Reads the file at `path`.
  /// - Throws: `FileError` when it cannot be read; `RecipeError` when it does not hold an object of
  ///   JSON, or breaks a limit (4 MiB, 127 levels).
  public init(path: String) throws {
    let bytes = try InputFile(path).readAll(limit: Self.maximumSize)
    var line = 1
    let content: JSONContent
    do {
      var scanner = try JSONScanner(bytes, takesNonFinite: true)
      defer { line = scanner.line }
      // Anything may be here, such as the page that a server sent instead of the file.
      guard scanner.startsObject else {
        throw RecipeOrigin.file(path, line: 1).error(
          "is not an object of JSON: {\"key\": value, ...}")
      }
      content = try scanner.content()
      try scanner.end()
    } catch let error as JSONError {
      throw RecipeOrigin.file(path, line: line).error("is not JSON: \(error.message)")
    }
    self.path = path
    root = JSONNode(path, "", content)
    guard case .section(let members) = RecipeNode(content) else { preconditionFailure("no object") }
    self.members = members
  }

  /// All its keys, in the file's order.
  public var names: [String] { members.map(\.key) }

  /// Whether a key says nothing, or no: null or false.
  public func isOff(_ name: String) -> Bool {
    let value = members.first { $0.key == name }?.value
    return value == .scalar("null", isQuoted: false) || value == .scalar("false", isQuoted: false)
  }

  /// Whether a key says nothing, no, or a number that changes nothing: null, false, 0 or 1.
  public func isNeutral(_ name: String) -> Bool {
    if isOff(name) { return true }
    let value = members.first { $0.key == name }?.value
    return value == .list([]) || value.flatMap(Double.init).map { $0 == 0 || $0 == 1 } ?? false
  }

  /// What a key says, or nil where the file does not have it.
  /// - Throws: `RecipeError` where it is not of that type.
  public func value<Value: RecipeValue>(
    _ name: String, as type: Value.Type = Value.self
  ) throws(RecipeError) -> Value? {
    guard let member = members.first(where: { $0.key == name }) else { return nil }
    guard let value = Value(member.value) else {
      throw error(name, "is \(member.value.phrase), but must be \(Value.typeName)")
    }
    return value
  }

  /// Puts what the file says to some keys into a configuration, and leaves the others' values.
  /// - Throws: `RecipeError` that names the line, the key, and what would be right.
  public func read<C>(_ keys: [RecipeKey<C>], into configuration: inout C) throws(RecipeError) {
    for key in keys {
      guard let member = members.first(where: { $0.key == key.path }) else { continue }
      guard key.read(member.value, &configuration) else {
        throw error(key.path, key.refusal(of: member.value))
      }
    }
  }

  /// An error that blames a key; `message` follows its name.
  public func error(_ name: String, _ message: String) -> RecipeError {
    let line = members.first { $0.key == name }?.line ?? 1
    return RecipeOrigin.file(path, line: line).error("\(name) \(message)")
  }

  /// The content of a file with some values, and those of keys of a configuration in the order of
  /// their names.
  public static func content<C>(
    _ values: [(name: String, value: any RecipeValue)], _ keys: [RecipeKey<C>], of configuration: C
  ) -> String {
    content(
      values.map { ($0.name, $0.value.json) }
        + keys.map { ($0.path, $0.json(configuration)) }.sorted { $0.0 < $1.0 })
  }

  /// The content of a file with some values.
  public static func content(_ values: [(name: String, value: any RecipeValue)]) -> String {
    content(values.map { ($0.name, $0.value.json) })
  }

  private static func content(_ members: [(name: String, json: String)]) -> String {
    "{\n" + members.map { "  \($0.name.json): \($0.json)" }.joined(separator: ",\n") + "\n}\n"
  }
}
