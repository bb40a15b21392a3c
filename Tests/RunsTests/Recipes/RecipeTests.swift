import TestSupport
import Testing

@testable import Files
@testable import Runs

struct RecipeTests {
  private func recipe(_ yaml: String, _ sets: String...) throws -> ExampleRecipe {
    try RecipeDocument(text: "kind: example\n\(yaml)", source: "x.yaml")
      .recipe(overriding: sets.map { try RecipeOverride(set: $0) })
  }

  @Test func defaultsFileAndOverrides() throws {
    #expect(try recipe("") == ExampleRecipe())
    let yaml = """
      name: yes & "no"   # a comment with *stars* & more
      model: {channels: 1_024, multipliers: [1]}
      optimizer:
        rate: 1e-3
        betas:
        - 0
        - .5
        clip: ~
      loss: "hinge"
      flip: false
      seed: 18446744073709551615
      budget: 1h30m
      """
    var expected = ExampleRecipe()
    expected.name = "yes & \"no\""
    expected.model = ExampleRecipe.Model(channels: 1024, multipliers: [1])
    expected.optimizer = ExampleRecipe.Optimizer(rate: 1e-3, betas: [0, 0.5])
    expected.loss = .hinge
    expected.flip = false
    expected.seed = .max
    expected.budget = Budget("90m")
    #expect(try recipe(yaml) == expected)
    expected.model.channels = 16
    expected.name = ""
    expected.optimizer.clip = 1
    expected.budget = nil
    #expect(
      try recipe(
        yaml, "model.channels=8", "model.channels=16", "name=''", "optimizer.clip=1",
        "budget=null", "model.multipliers=[ 1 ]") == expected)
    #expect(try recipe("model:\noptimizer:\n") == ExampleRecipe())
    let flagged: ExampleRecipe = try RecipeDocument(text: "kind: example", source: "x").recipe(
      overriding: [
        RecipeOverride("name", toText: "#1: null", words: "--name '#1: null'"),
        RecipeOverride("seed", to: "7", words: "--seed 7"),
      ])
    #expect(flagged.name == "#1: null")
    #expect(flagged.seed == 7)
  }

  /// A recipe from before a key was renamed is read, and what the key is called now is said.
  @Test func formerNamesOfKeys() throws {
    let old = "kind: example\nclipping:\n  norm: 2\n"
    var remarks: [String] = []
    let read: ExampleRecipe = try RecipeDocument(text: old, source: "x.yaml").recipe(
      overriding: [try RecipeOverride(set: "clipping.norm=3")]
    ) { remarks.append($0) }
    #expect(read.optimizer.clip == 3)
    #expect(
      remarks == [
        "x.yaml:3: clipping.norm is now called optimizer.clip",
        "--set clipping.norm=3: clipping.norm is now called optimizer.clip",
      ])
    #expect(read.yaml.contains("optimizer:") && !read.yaml.contains("clipping"))
    let both = "clipping: {norm: 1}\noptimizer: {clip: 2}"
    let twice = try #require(throws: RecipeError.self) { try recipe(both) }
    #expect(twice.message == "the key \"optimizer.clip\" comes twice")
    let wrong = try #require(throws: RecipeError.self) { try recipe("clipping: {norm: -1}") }
    #expect(wrong.message.hasPrefix("clipping.norm is -1, but must be null or a number, above 0"))
    let unknown = try #require(throws: RecipeError.self) { try recipe("what: 1") }
    #expect(!unknown.message.contains("clipping"))
  }

  @Test func writtenAndReadAgain() throws {
    var example = ExampleRecipe()
    for name in ["a", "- a", "null", "", "5", "true", "a: b # c", "é\n\"\\", "*x", "~", "-", "..."]
    {
      example.name = name
      example.optimizer.clip = name.isEmpty ? nil : 0.1
      example.optimizer.rate = 1e-20 / 3
      example.budget = Budget("0.5s")
      let document = try RecipeDocument(text: example.yaml, source: "written")
      #expect(try document.recipe() == example)
    }
    #expect(
      ExampleRecipe().yaml.hasPrefix(
        """
        kind: example
        name: "an example"  # What it is called.
        model:
          channels: 64  # Channels of the widest layer.
          multipliers: [1, 2, 4]  # Width by level.
          size: 32  # Height and width in pixels.
        optimizer:
        """))
  }

  @Test(arguments: [
    ("modle:\n  channels: 1", 2, "unknown key \"modle\"; did you mean \"model\"?"),
    ("model:\n  chanels: 1", 3, "unknown key \"model.chanels\"; did you mean \"model.channels\"?"),
    ("channels: 1", 2, "unknown key \"channels\"; did you mean \"model.channels\"?"),
    ("optimizer: {rtae: 1}", 2, "did you mean \"optimizer.rate\"?"),
    ("model:\n  zzzzzzzz: 1", 3, "valid keys: model.channels, model.multipliers or model.size"),
    ("model:\n  channels: 0", 3, "model.channels is 0, but must be a whole number, 1 to 1024"),
    ("model:\n  channels: many", 3, "is many, but must be a whole number"),
    ("model:\n  channels: \"64\"", 3, "is \"64\", but must be a whole number"),
    ("model:\n  channels: 64.0", 3, "is 64.0, but must be a whole number"),
    ("model:\n  channels: 99999999999999999999", 3, "must be a whole number, 1 to 1024"),
    ("model:\n  channels: [1]", 3, "is [1], but must be a whole number"),
    ("model:\n  channels:", 3, "is empty, but must be a whole number"),
    ("model:\n  channels: {a: 1}", 3, "is a section, but must be a whole number"),
    ("model:\n  multipliers: [1, 0]", 3, "is [1, 0], but must be a list, each a whole number, at"),
    ("model:\n  multipliers: 1", 3, "is 1, but must be a list"),
    ("model:\n  size: 48", 3, "is 48, but must be a whole number, 32 or 64"),
    ("model: 5", 2, "model is 5, but must be a section with keys of its own"),
    ("optimizer:\n  rate: 0", 3, "is 0, but must be a number, above 0.0"),
    ("optimizer:\n  rate: nan", 3, "is nan, but must be a number"),
    ("optimizer:\n  rate: 1e999", 3, "must be a number"),
    ("optimizer:\n  betas: [0.5, 1]", 3, "each a number, at least 0.0 and below 1.0"),
    ("optimizer:\n  clip: -1", 3, "must be null or a number, above 0.0"),
    ("loss: hing", 2, "loss is hing, but must be non-saturating or hinge"),
    ("flip: yes", 2, "flip is yes, but must be true or false"),
    ("seed: -1", 2, "must be a whole number, not negative"),
    ("budget: 10", 2, "must be null or a time such as 90s, 10m or 2h"),
    ("name: ~", 2, "name is ~, but must be text"),
    ("name: a\nname: b", 2, "the key \"name\" comes twice"),
    ("model.channels: 1\nmodel: {channels: 2}", 3, "the key \"model.channels\" comes twice"),
    ("kind: example", 1, "the key \"kind\" comes twice"),
    ("name: &a text", 2, "anchor"),
    ("name: &a text\nloss: *a", 2, "anchor"),
    ("model: &a\n  channels: 1", 2, "anchor"),
    ("&a name: text", 2, "a key must be a plain name"),
    ("name: *a", 2, "is not YAML: found undefined alias"),
    ("[a]: 1", 2, "a key must be a plain name"),
    ("name: [", 3, "is not YAML"),
    ("name: \"\u{1}\"", 1, "is not YAML"),
    ("--- \nname: a", 2, "is not YAML: but found another document"),
    ("model:\n  channels: 48", 3, "model.channels: must divide model.size"),
  ])
  func errorsOfFiles(_ yaml: String, _ line: Int, _ message: String) throws {
    let error = try #require(throws: RecipeError.self) { try recipe(yaml) }
    #expect(error.kind == .data)
    #expect(error.place == "x.yaml:\(line)")
    #expect(error.message.contains(message))
  }

  @Test(arguments: [
    ("model.chanels=64", "unknown key \"model.chanels\"; did you mean \"model.channels\"?"),
    ("model.channels", "write --set KEY=VALUE"),
    ("=3", "write --set KEY=VALUE"),
    ("model.channels=4096", "model.channels is 4096, but must be a whole number, 1 to 1024"),
    ("model.channels=", "is empty, but must be a whole number"),
    ("model.channels=[", "is not YAML"),
    ("model.channels=&a 1", "anchor"),
    ("model=5", "model is a section: name one of its keys"),
    ("kind=gan", "unknown key \"kind\""),
    ("model.channels=48", "must divide"),
  ])
  func errorsOfOverrides(_ text: String, _ message: String) throws {
    let error = try #require(throws: RecipeError.self) { try recipe("", text) }
    #expect(error.kind == .usage)
    #expect(error.place == "--set \(text)")
    #expect(error.message.contains(message))
  }

  @Test func limits() throws {
    func problem(_ text: String) -> String? {
      do throws(RecipeError) { _ = try RecipeDocument(text: text, source: "x") } catch {
        return error.message
      }
      return nil
    }
    func nested(_ depth: Int) -> String {
      "kind: x\na: \(String(repeating: "[", count: depth))\(String(repeating: "]", count: depth))"
    }
    #expect(problem(nested(31)) == nil)
    #expect(problem(nested(33))?.contains("nests deeper than 32") == true)
    #expect(problem(nested(2000))?.contains("is not YAML") == true)
    #expect(problem(nested(100_000))?.contains("more than 10000 lines and values") == true)
    let million = String(repeating: "#", count: 1 << 20)
    #expect(problem("kind: x\n\(million)")?.contains("more than 1048576 bytes") == true)
    #expect(problem("name: x")?.contains("it needs a line such as \"kind: gan\"") == true)
    #expect(problem("")?.contains("does not say what it is") == true)
    #expect(problem("- a")?.contains("\"key: value\"") == true)
    #expect(problem("kind: [x]")?.contains("kind is [x]") == true)
    #expect(problem("kind: x\n# 2*3 * 4 & *a* *b*\nname: 'it is *c*'") == nil)
    // Each key is twice the one before: comparing the last would take for ever.
    var laughs = "kind: x\na0: &a0 x\n"
    for level in 1...64 { laughs += "? &a\(level) [*a\(level - 1), *a\(level - 1)]\n: 1\n" }
    #expect(problem(laughs)?.contains("anchors or aliases") == true)
  }

  @Test func otherKindsAndFiles() throws {
    let error = try #require(throws: RecipeError.self) {
      try RecipeDocument(text: "name: x\nkind: gan", source: "x").recipe(as: ExampleRecipe.self)
    }
    #expect(error.description == "x:2: kind is gan, but must be example")
    let folder = TemporaryFolder(inMemory: true)
    #expect(throws: FileError.self) { try RecipeDocument(path: folder("none.yaml")) }
    try put([0x6b, 0xff], at: folder("bad.yaml"))
    #expect(throws: RecipeError.self) { try RecipeDocument(path: folder("bad.yaml")) }
    try put(ExampleRecipe().yaml.utf8, at: folder("good.yaml"))
    #expect(try RecipeDocument(path: folder("good.yaml")).recipe() == ExampleRecipe())
  }

  @Test func reference() {
    let page = RecipeReference.markdown(for: [ExampleRecipe.self])
    #expect(page.contains("\n## example\n\nA recipe for tests.\n"))
    #expect(
      page.contains(
        "\n| `model.channels` | a whole number, 1 to 1024 | `64` | Channels of the widest layer. |\n"
      ))
    #expect(page.contains("| null or a number, above 0.0 | `null` | Largest norm. |"))
    #expect(page.contains("| `[0.5, 0.999]` | Adam's beta1 \\| beta2. |"))
  }

  @Test func distancesAndNames() {
    #expect(editDistance(Array("kitten"), Array("sitting")) == 3)
    #expect(editDistance(Array("ab"), Array("ba")) == 1)
    #expect(editDistance([], Array("abc")) == 3)
    #expect(nearestName(to: "sede", among: ["seed", "steps"]) == "seed")
    #expect(nearestName(to: "xy", among: ["ab"]) == nil)
    #expect(nearestName(to: "cat", among: ["gan"]) == nil)
    #expect(nearestName(to: "evaluate", among: ["gallery", "eval"]) == "eval")
    #expect(nearestName(to: "gan", among: ["rnn-001", "gan-001"]) == "gan-001")
    #expect(suggestion(for: "sede", among: ["seed"]) == "; did you mean \"seed\"?")
    #expect(suggestion(for: "model.zzz", among: ["model"]).isEmpty)
  }

  @Test func budgets() {
    #expect(Budget("90s")?.seconds == 90)
    #expect(Budget("10m")?.seconds == 600)
    #expect(Budget("2h")?.seconds == 7200)
    #expect(Budget("1h30m")?.description == "5400s")
    #expect(Budget("1.5m")?.seconds == 90)
    for text in ["", "10", "m", "-5m", "10 m", "1.2.3s", "0s", "10d", "1e3s", "nan"] {
      #expect(Budget(text) == nil)
    }
  }
}
