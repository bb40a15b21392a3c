import Files

/// A change to one key of a recipe from the command line.
public struct RecipeOverride: Equatable, Sendable {
  /// What the key is set to: YAML to be parsed, or text as it is.
  enum Value: Equatable { case yaml(String), text(String) }

  /// The key that is changed.
  public let key: String
  let value: Value
  /// The words as they were typed, for messages.
  public let words: String

  /// What `--set key=value` asks for.
  /// - Throws: `RecipeError` where there is no "=".
  public init(set text: String) throws(RecipeError) {
    words = "--set \(text)"
    guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
      throw RecipeOrigin.commandLine(words).error("write --set KEY=VALUE")
    }
    key = String(text[..<sign])
    value = .yaml(String(text[text.index(after: sign)...]))
  }

  /// What a flag of its own asks for: "--steps 500" sets "training.steps" to "500".
  public init(_ key: String, to value: String, words: String) {
    (self.key, self.value, self.words) = (key, .yaml(value), words)
  }

  /// What a flag asks for whose value is a text, which may look like anything: "--data '#1: new'".
  public init(_ key: String, toText text: String, words: String) {
    (self.key, value, self.words) = (key, .text(text), words)
  }
}

/// A recipe file that has been parsed, but not yet understood as one of some kind.
public struct RecipeDocument: Sendable {
  /// What the file is called in messages.
  public let source: String
  /// The kind of recipe that it says it is.
  public let kind: String
  private let members: [RecipeNode.Member]

  static let kindKey = "kind"
  static let extendsKey = "extends"

  /// Whether it says only what is to be other than in the recipe of a run from whose weights it starts.
  public let extendsRun: Bool

  /// Reads the file at `path`.
  /// - Throws: `FileError` when it cannot be read; `RecipeError` when it is not YAML, breaks a limit
  ///   (1 MiB, 32 levels, no anchors or aliases), or has no kind.
  public init(path: String) throws {
    let bytes = try InputFile(path).readAll(limit: RecipeNode.maximumSize)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw RecipeOrigin.file(path, line: 1).error("is not UTF-8 text")
    }
    try self.init(text: text, source: path)
  }

  /// Parses the text of a recipe; `source` is its name in messages.
  /// - Throws: `RecipeError`.
  public init(text: String, source: String) throws(RecipeError) {
    self.source = source
    let root = try RecipeNode.parse(text) { .file(source, line: $0) }
    guard case .section(let members) = root else {
      throw RecipeOrigin.file(source, line: 1).error("a recipe is made of \"key: value\" lines")
    }
    guard let member = members.first(where: { $0.key == Self.kindKey }) else {
      throw RecipeOrigin.file(source, line: 1).error(
        "does not say what it is: it needs a line such as \"kind: gan\"")
    }
    guard let kind = String(member.value) else {
      throw RecipeOrigin.file(source, line: member.line).error(
        "kind is \(member.value.phrase), but must be the name of a kind of recipe")
    }
    self.kind = kind
    self.members = members
    guard let member = members.first(where: { $0.key == Self.extendsKey }) else {
      extendsRun = false
      return
    }
    guard String(member.value) == "run" else {
      throw RecipeOrigin.file(source, line: member.line).error(
        "extends is \(member.value.phrase), but must be run")
    }
    extendsRun = true
  }

  /// The text that a key of a section has; nil where it has none.
  package func text(of key: String) -> String? {
    func find(_ members: [RecipeNode.Member], _ prefix: String) -> String? {
      for member in members {
        if prefix + member.key == key { return String(member.value) }
        if case .section(let inner) = member.value,
          let text = find(inner, "\(prefix)\(member.key).")
        {
          return text
        }
      }
      return nil
    }
    return find(members, "")
  }

  /// The error that there are no recipes of the document's kind.
  public func unknownKind(among kinds: [String]) -> RecipeError {
    let line = members.first { $0.key == Self.kindKey }?.line ?? 1
    return RecipeOrigin.file(source, line: line).error(
      "kind is \"\(kind)\", but must be \(oneOf(kinds))\(suggestion(for: kind, among: kinds))")
  }

  /// The recipe that the document and then the overrides, in turn, make of the defaults.
  /// - Parameters:
  ///   - base: What gives the values that the document does not, in place of the defaults.
  ///   - remark: Called with a line for each key that has another name now.
  /// - Throws: `RecipeError` that names the place, the key, and what would be right.
  public func recipe<R: Recipe>(
    as type: R.Type = R.self, extending base: RecipeDocument? = nil,
    overriding overrides: [RecipeOverride] = [],
    remark: (String) -> Void = { _ in }
  ) throws(RecipeError) -> R {
    guard kind == R.kind else {
      let line = members.first { $0.key == Self.kindKey }?.line ?? 1
      throw RecipeOrigin.file(source, line: line).error("kind is \(kind), but must be \(R.kind)")
    }
    var decoder = RecipeDecoder<R>()
    for document in [base, self].compactMap({ $0 }) {
      let settings = document.members.filter { ![Self.kindKey, Self.extendsKey].contains($0.key) }
      decoder.begin()
      try decoder.apply(settings, under: "") { .file(document.source, line: $0) }
    }
    for override in overrides { try decoder.apply(override) }
    do { try decoder.recipe.check() } catch {
      let origin = decoder.origins[error.key] ?? .file(source, line: 1)
      throw origin.error("\(error.key): \(error.message)")
    }
    decoder.remarks.forEach(remark)
    return decoder.recipe
  }
}

/// A recipe in the making, which remembers where each value came from.
private struct RecipeDecoder<R: Recipe> {
  var recipe = R()
  var origins: [String: RecipeOrigin] = [:]
  /// The keys that the document at hand has set.
  private var seen: Set<String> = []
  /// What to say of keys by former names.
  var remarks: [String] = []

  /// Begins with another document, which may set keys again.
  mutating func begin() { seen = [] }

  mutating func apply(
    _ members: [RecipeNode.Member], under prefix: String, _ origin: (_ line: Int) -> RecipeOrigin
  ) throws(RecipeError) {
    for member in members {
      let path = prefix + member.key
      guard R.schema.sections.contains(path) else {
        let place = origin(member.line)
        guard R.schema[path].map({ seen.insert($0.path).inserted }) ?? true else {
          throw place.error("the key \"\(path)\" comes twice")
        }
        try set(path, member.value, place)
        continue
      }
      switch member.value {
      case .section(let members): try apply(members, under: "\(path).", origin)
      case .scalar("", isQuoted: false): continue
      default:
        throw origin(member.line).error(
          "\(path) is \(member.value.phrase), but must be a section with keys of its own")
      }
    }
  }

  mutating func apply(_ override: RecipeOverride) throws(RecipeError) {
    let origin = RecipeOrigin.commandLine(override.words)
    if R.schema.sections.contains(override.key) {
      throw origin.error("\(override.key) is a section: name one of its keys")
    }
    switch override.value {
    case .text(let text): try set(override.key, .scalar(text, isQuoted: true), origin)
    case .yaml(let yaml):
      let node = try RecipeNode.parse(yaml) { _ in origin }
      // What parses as nothing at all is an empty value.
      let value = node == .section([]) ? .scalar("", isQuoted: false) : node
      try set(override.key, value, origin)
    }
  }

  private mutating func set(
    _ path: String, _ value: RecipeNode, _ origin: RecipeOrigin
  ) throws(RecipeError) {
    guard let key = R.schema[path] else { throw origin.error(R.schema.unknown(path)) }
    guard key.read(value, &recipe) else {
      throw origin.error("\(path) \(key.refusal(of: value))")
    }
    origins[key.path] = origin
    if path == key.formerPath {
      remarks.append(origin.error("\(path) is now called \(key.path)").description)
    }
  }
}
