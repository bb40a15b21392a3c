import TestSupport
import Testing

@testable import Files
@testable import Runs

struct ConfigurationFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = TemporaryFolder(inMemory: true) }

  private func file(_ text: String) throws -> ConfigurationFile {
    try put(text.utf8, at: folder("config.json"))
    return try ConfigurationFile(path: folder("config.json"))
  }

  /// What is said about a text that is refused, after the file's path.
  private func message(_ text: String) throws -> String {
    let error = try #require(throws: RecipeError.self) {
      var recipe = ExampleRecipe()
      try file(text).read(ExampleRecipe.schema.keys, into: &recipe)
    }
    return String(error.description.dropFirst(folder("config.json").count))
  }

  @Test func valuesOfEveryType() throws {
    // As json.dumps writes it, apart from its spaces: also what is not JSON by the book.
    let text =
      "{\"_class_name\":\"Example\",\"name\" : \"a\\u00e9\\/\\n\\\"\",\n\t\"model.multipliers\":[1,\n2],"
      + "\"optimizer.rate\":1e-06, \"optimizer.clip\": null,\"loss\":\"hinge\",\"flip\":false,"
      + "\"least\":-Infinity,\"empty\":{},\"none\":[]}\n"
    let file = try file(text)
    var recipe = ExampleRecipe()
    recipe.optimizer.clip = 3
    try file.read(ExampleRecipe.schema.keys, into: &recipe)
    var expected = ExampleRecipe()
    expected.name = "aé/\n\""
    expected.model.multipliers = [1, 2]
    expected.optimizer.rate = 1e-6
    expected.loss = .hinge
    expected.flip = false
    #expect(recipe == expected)
    #expect(try file.value("_class_name") == "Example")
    #expect(try file.value("absent", as: Int.self) == nil)
    #expect(file.names.suffix(3) == ["least", "empty", "none"])
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    var recipe = ExampleRecipe()
    (recipe.name, recipe.budget) = ("null \"é\"\n", Budget("90s"))
    recipe.optimizer.betas = [1e-5, 0.25]
    let text = ConfigurationFile.content(
      [("_class_name", "Example")], ExampleRecipe.schema.keys, of: recipe)
    #expect(text.hasPrefix("{\n  \"_class_name\": \"Example\",\n  \"budget\": \"90s\",\n"))
    #expect(text.contains("\"optimizer.betas\": [1e-05, 0.25],\n  \"optimizer.clip\": null,"))
    var read = ExampleRecipe()
    try file(text).read(ExampleRecipe.schema.keys, into: &read)
    #expect(read == recipe)
  }

  /// JSON that is no YAML, or is something else there.
  @Test func whatYAMLReadsOtherwise() throws {
    let key = String(repeating: "k", count: 2000)
    let text =
      "\u{feff}{\"name\": \"x\\ud83d\\ude00\u{7f}\\/&a *b\", \"\(key)\": 1, \"seed\":7,"
      + "\"flip\":true,\"nan\": NaN, \"large\": 1e400, \"zero\": -0, \"*a\": [\"&b\"]}"
    let file = try file(text)
    var recipe = ExampleRecipe()
    try file.read(ExampleRecipe.schema.keys, into: &recipe)
    #expect(recipe.name == "x\u{1f600}\u{7f}/&a *b" && recipe.flip)
    #expect(try file.value(key) == 1 && file.value("zero") == 0)
    for name in ["nan", "large"] {
      let error = #expect(throws: RecipeError.self) { try file.value(name, as: Double.self) }
      #expect(error?.message.contains(", but must be a number") == true)
    }
    for text in [
      "{\"a\": 'b'}", "{a: 1}", "{\"a\": 1,}", "{\"a\": 1} # c", "{\"a\": yes}",
      "{\"a\": \"\\ud83d\"}",
      "{\"a\": .5}", "{\"a\": -NaN}", "{\"a\": \"\n\"}",
    ] {
      #expect(try message(text).hasPrefix(":1: is not JSON: "), "\(text)")
    }
    #expect(try message("{\n\n\"a\": tru}").hasPrefix(":3: is not JSON: "))
  }

  @Test func damage() throws {
    for text in ["", "  \n", "name: plain", "[1]", "<html>", "\"text\""] {
      #expect(try message(text) == ":1: is not an object of JSON: {\"key\": value, ...}")
    }
    #expect(try message("{\n\"seed\": 1,").contains(": is not JSON: "))
    #expect(try message("{\n\"seed\": 1,\n\"seed\": 2}").contains("comes twice"))
    #expect(
      try message("{\n\"model.size\": 33}")
        == ":2: model.size is 33, but must be a whole number, 32 or 64")
    #expect(
      try message("{\"seed\": \"1\"}")
        == ":1: seed is \"1\", but must be a whole number, not negative")
    #expect(throws: FileError(.missing, folder("no"), cannot: "open it", code: 2)) {
      try ConfigurationFile(path: folder("no"))
    }
    #expect(throws: RecipeError.self) {
      try file("{\"name\": 3.5}").value("name", as: Int.self)
    }
  }
}
