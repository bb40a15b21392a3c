/// A key of a recipe: its name, its place in the recipe's type, what it may be and what it means.
///
/// Its default is what the recipe has there when it is made with `init()`.
public struct RecipeKey<R>: Sendable {
  /// Its name with its sections: "model.channels".
  public let path: String
  /// What it was called before, by which it is still read; nil for nothing else.
  public let formerPath: String?
  /// What it means, in one line.
  public let meaning: String
  /// What it may be: "a whole number, 1 to 1024".
  public let allowed: String
  /// The names between which it is a choice; empty where it is none.
  public let choices: [String]
  /// The value in a recipe as YAML.
  let yaml: @Sendable (R) -> String
  /// The value in a recipe as JSON.
  let json: @Sendable (R) -> String
  /// Puts what the node says into a recipe, if it is allowed.
  let read: @Sendable (RecipeNode, inout R) -> Bool
  let isAllowed: @Sendable (R) -> Bool

  /// A key at `keyPath` whose values `rule` allows.
  public init<Value>(
    _ path: String, _ keyPath: WritableKeyPath<R, Value> & Sendable,
    _ rule: RecipeRule<Value>, formerly formerPath: String? = nil, _ meaning: String
  ) {
    (self.path, self.formerPath) = (path, formerPath)
    self.meaning = meaning
    allowed = rule.phrase.isEmpty ? Value.typeName : "\(Value.typeName), \(rule.phrase)"
    choices = Value.choices
    yaml = { $0[keyPath: keyPath].yaml }
    json = { $0[keyPath: keyPath].json }
    isAllowed = { rule.allows($0[keyPath: keyPath]) }
    read = { node, recipe in
      guard let value = Value(node), rule.allows(value) else { return false }
      recipe[keyPath: keyPath] = value
      return true
    }
  }

  /// A key at `keyPath` that may have any value of its type.
  public init<Value: RecipeValue>(
    _ path: String, _ keyPath: WritableKeyPath<R, Value> & Sendable, _ meaning: String
  ) {
    self.init(path, keyPath, .any, meaning)
  }

  /// The key of a part of a recipe as a key of the whole, which has the part at `place`, and its keys
  /// in a section if one is given.
  public func at<Whole>(
    _ place: WritableKeyPath<Whole, R> & Sendable, under section: String? = nil
  ) -> RecipeKey<Whole> {
    func placed(_ path: String) -> String { section.map { "\($0).\(path)" } ?? path }
    return RecipeKey<Whole>(
      path: placed(path), formerPath: formerPath.map(placed), meaning: meaning, allowed: allowed,
      choices: choices,
      yaml: { yaml($0[keyPath: place]) },
      json: { json($0[keyPath: place]) },
      read: { read($0, &$1[keyPath: place]) },
      isAllowed: { isAllowed($0[keyPath: place]) })
  }

  private init(
    path: String, formerPath: String?, meaning: String, allowed: String, choices: [String],
    yaml: @escaping @Sendable (R) -> String, json: @escaping @Sendable (R) -> String,
    read: @escaping @Sendable (RecipeNode, inout R) -> Bool,
    isAllowed: @escaping @Sendable (R) -> Bool
  ) {
    (self.path, self.formerPath, self.meaning) = (path, formerPath, meaning)
    (self.allowed, self.choices) = (allowed, choices)
    (self.yaml, self.json) = (yaml, json)
    (self.read, self.isAllowed) = (read, isAllowed)
  }

  /// What is wrong with a value, to follow the key's name: what would be right, and what was probably
  /// meant.
  func refusal(of value: RecipeNode) -> String {
    let words =
      switch value {
      case .list(let elements): elements.compactMap(\.plainText)
      default: value.plainText.map { [$0] } ?? []
      }
    let wrong = words.first { !choices.contains($0) } ?? ""
    return "is \(value.phrase), but must be \(allowed)\(suggestion(for: wrong, among: choices))"
  }
}

/// All keys of a kind of recipe, once: decoding, checks, the written recipe and the reference follow
/// from them.
public struct RecipeSchema<R: Recipe>: Sendable, ExpressibleByArrayLiteral {
  /// The keys in the order in which they are written.
  public let keys: [RecipeKey<R>]
  /// The names of sections, former ones too: "model".
  let sections: Set<String>
  private let places: [String: Int]

  /// A schema of those keys, as below.
  public init(arrayLiteral keys: RecipeKey<R>...) { self.init(keys) }

  /// A schema of those keys. Their names must differ, none may be another's section, and the
  /// defaults must be allowed.
  public init(_ keys: [RecipeKey<R>]) {
    self.keys = keys
    var places: [String: Int] = [:]
    var sections: Set<String> = []
    let recipe = R()
    for (index, key) in keys.enumerated() {
      for path in [key.path, key.formerPath].compactMap({ $0 }) {
        precondition(places.updateValue(index, forKey: path) == nil, "\(path) comes twice")
        sections.formUnion(Self.sections(of: path))
      }
      precondition(key.isAllowed(recipe), "\(key.path) must be \(key.allowed), also by default")
    }
    for section in sections {
      precondition(places[section] == nil, "\(section) is a key and a section")
    }
    precondition(places[RecipeDocument.kindKey] == nil, "the key kind is the document's")
    self.places = places
    self.sections = sections
  }

  subscript(path: String) -> RecipeKey<R>? { places[path].map { keys[$0] } }

  /// The sections around a key: "a" and "a.b" for "a.b.c".
  private static func sections(of path: String) -> [String] {
    path.indices.filter { path[$0] == "." }.map { String(path[..<$0]) }
  }

  /// What keys are called in other programs, by their last part.
  private static var synonyms: [String: String] {
    [
      "lr": "optimizer.learning_rate", "wd": "optimizer.weight_decay", "bs": "batch",
      "batch_size": "batch", "epochs": "steps", "iterations": "steps", "max_steps": "steps",
      "max_iters": "steps", "n_layer": "model.layers", "num_layers": "model.layers",
      "n_head": "model.heads", "num_heads": "model.heads", "n_embd": "model.width",
      "d_model": "model.width", "block_size": "model.context", "hidden_size": "model.hidden",
    ]
  }

  /// Says that there is no such key, and what may have been meant.
  func unknown(_ path: String) -> String {
    let names = keys.map(\.path) + Set(keys.flatMap { Self.sections(of: $0.path) }).sorted()
    let synonym = path.split(separator: ".").last.flatMap { Self.synonyms[String($0)] }
    let meant =
      synonym.flatMap { names.contains($0) ? "; did you mean \"\($0)\"?" : nil }
      ?? suggestion(for: path, among: names)
    guard meant.isEmpty else { return "unknown key \"\(path)\"\(meant)" }
    let section = path.lastIndex(of: ".").map { path[...$0] } ?? ""
    let siblings = names.filter {
      $0.hasPrefix(section) && !$0.dropFirst(section.count).contains(".")
    }
    guard !siblings.isEmpty else { return "unknown key \"\(path)\"; keys are \(oneOf(names))" }
    return "unknown key \"\(path)\"; valid keys: \(oneOf(siblings))"
  }
}
