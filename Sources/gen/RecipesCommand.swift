import ArgumentParser
import Files
import Models
import Reports
import Runs

/// `gen recipes`: the recipes that are bundled with the program.
struct RecipesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipes",
    abstract: "Lists the bundled recipes, or prints one.",
    discussion: """
      gen recipes
      gen recipes gan > my.yaml           to change, and train: gen train my.yaml
      gen recipes --json                  for programs

      What a recipe takes on this machine, in time and in memory, and all that is
      left to defaults: gen train RECIPE --dry-run.
      """)

  @Argument(
    help: ArgumentHelp("A recipe to print as it is shipped.", valueName: "recipe"),
    completion: .recipes)
  var name: String?

  @Flag(help: "Print a line of JSON for each.")
  var json = false

  func validate() throws {
    if let name, json {
      throw ValidationError("--json is for the list: leave it out, or \(name)")
    }
  }

  func run() throws {
    if let name {
      guard let recipe = Recipes.bundled(name) else { throw Recipes.unknown(name) }
      return print("\(lines: recipe.text)", terminator: "")
    }
    let entries = try Recipes.all.map(Entry.init)
    if json { return try entries.forEach { print(try jsonLine($0)) } }
    let head = ["RECIPE", "KIND", "STEPS", "DATA", "ALIASES"]
    let rows = Reports.table([head] + entries.map(\.cells), numbers: [2]).split(separator: "\n")
    print(lines: String(rows[0]))
    let columns = TerminalStyle.standardOutput.columns
    for (row, entry) in zip(rows.dropFirst(), entries) {
      print(lines: String(row))
      for paragraph in entry.remark.split(separator: "\n") {
        for line in wrapped(paragraph, to: columns - 2) { print(lines: "  \(line)") }
      }
    }
  }

  /// The words of a paragraph in lines of at most so many characters.
  private func wrapped(_ text: Substring, to columns: Int) -> [String] {
    text.split(separator: " ").reduce(into: [String]()) { lines, word in
      if let last = lines.last, last.count + 1 + word.count <= columns {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append(String(word))
      }
    }
  }
}

/// What is told of a bundled recipe.
private struct Entry: Encodable {
  let name: String
  let aliases: [String]
  let kind: String
  let steps: Int
  /// What it learns from unless told otherwise; nil where it goes on with a run, and learns from what that has.
  let data: String?
  /// What it trains, how long that takes, and what else its author says of it.
  let remark: String

  init(_ recipe: Recipes.Bundled) throws {
    let document = try recipe.document()
    (name, aliases, kind) = (recipe.name, recipe.aliases, document.kind)
    (steps, remark) = (try document.loop.steps, recipe.remark)
    data = document.extendsRun ? nil : try document.dataSource
  }

  /// The row of a table.
  var cells: [String] {
    [name, kind, "\(steps)", data ?? "of the run", aliases.joined(separator: ", ")]
  }

  /// As JSON: name, aliases, kind, steps, data and description.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(aliases, forKey: .aliases)
    try container.encode(kind, forKey: .kind)
    try container.encode(steps, forKey: .steps)
    try container.encode(data, forKey: .data)
    try container.encode(remark, forKey: .description)
  }

  private enum CodingKeys: String, CodingKey {
    case name, aliases, kind, steps, data, description
  }
}
