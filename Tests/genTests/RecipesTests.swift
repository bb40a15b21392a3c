import Foundation
import Testing

@testable import gen

/// The list of recipes, and what they are called elsewhere.
struct RecipesTests {
  let gen = Program()

  private static let folder = URL(fileURLWithPath: Program.license)
    .deletingLastPathComponent().appendingPathComponent("recipes")

  private static let shipped: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }()

  /// Each that is shipped is in the list, with what its author says of it and how long it takes.
  @Test func theList() throws {
    let list = try gen("recipes")
    #expect(list.status == 0 && list.messages.isEmpty)
    #expect(list.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let json = try gen("recipes", "--json").output.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    #expect(json.compactMap { $0["name"] as? String }.sorted() == Self.shipped)
    for recipe in json {
      let (name, text) = (recipe["name"] as? String ?? "", recipe["description"] as? String ?? "")
      #expect(list.output.contains("\n\(name) "), "\(name)")
      #expect(!text.contains("FOLDER A") && !text.contains("RUN T"), "\(text)")
      #expect(text.contains(/minute|hour|night/), "\(name) does not say how long it takes")
      #expect(list.output.contains(text.prefix(40)), "\(name)")
      #expect(recipe["steps"] as? Int ?? 0 > 0 && recipe["kind"] is String, "\(recipe)")
      #expect((recipe["data"] is String) == (name != "consistency"), "\(recipe)")
    }
  }

  @Test(arguments: shipped) func aRecipeAsItIsShipped(name: String) throws {
    let result = try gen("recipes", name)
    let file = Self.folder.appendingPathComponent("\(name).yaml")
    #expect(result.status == 0)
    #expect(try Data(result.output.utf8) == Data(contentsOf: file))
  }

  @Test func whatIsPrintedTrains() throws {
    try gen.write(gen("recipes", "gan").output, to: "my.yaml")
    let small = Program.smallGAN.map { $0 == "gan" ? "my.yaml" : $0 }
    let result = try gen.start(small + ["--steps", "1"]).wait()
    #expect(result.status == 0 && result.output == "my-001\n", "\(result.messages)")
  }

  @Test func aRecipeThatIsNotThere() throws {
    for (call, answer) in [
      ("recipes gna", "did you mean \"gan\"?"), ("recipes zzz", "name gan, gan-photos"),
      ("recipes gru", "did you mean \"rnn --set model.cell=gru\"?"),
      ("train gru", "did you mean \"rnn --set model.cell=gru\"?"),
      ("recipes gan --json", "--json is for the list"),
    ] {
      let result = try gen.start(call.split(separator: " ").map(String.init)).wait()
      #expect(result.status == 64 && result.output.isEmpty, "\(call)")
      #expect(result.messages.hasPrefix("gen: ") && result.messages.contains(answer), "\(call)")
    }
  }

  @Test(arguments: Recipes.all.flatMap { recipe in recipe.aliases.map { ($0, recipe.name) } })
  func anAliasIsTheRecipe(alias: String, name: String) throws {
    #expect(try gen("recipes", alias).output == gen("recipes", name).output)
    #expect(try gen("recipes").output.contains(alias))
    #expect(!Recipes.names.contains(alias))
  }

  /// A run is called as the recipe is, whatever name that was found by.
  @Test func aRunIsNamedByTheRecipe() throws {
    let small = Program.smallGAN.map { $0 == "gan" ? "dcgan" : $0 }
    let result = try gen.start(small + ["--steps", "1"]).wait()
    #expect(result.status == 0 && result.output == "gan-001\n", "\(result.messages)")
    let plan = try gen("train", "lstm", "--data", Program.license, "--dry-run")
    #expect(plan.output.contains("kind: rnn") && plan.output.contains("cell: lstm"))
  }
}
