import Files
import Foundation
import Models
import Runs

extension RunReport {
  /// The recipe, in which what is not a default stands out.
  var recipeSection: String {
    let lines = lines(of: recipe)
    var sections: [(indent: Int, key: Substring)] = []
    let marked = lines.map { line -> String in
      let indent = line.prefix { $0 == " " }.count
      let code = line.range(of: "  #").map { line[..<$0.lowerBound] } ?? line[...]
      let note = line[code.endIndex...]
      let key = code.dropFirst(indent).prefix { $0 != ":" }
      sections.removeAll { $0.indent >= indent }
      let path = (sections.map(\.key) + [key]).joined(separator: ".")
      if code.hasSuffix(":") { sections.append((indent, key)) }
      let shown = HTMLPage.escaped(String(code.dropFirst(indent)))
      let isChanged = changedKeys.contains(path)
      return String(repeating: " ", count: indent) + (isChanged ? "<mark>\(shown)</mark>" : shown)
        + (note.isEmpty ? "" : "<i>\(HTMLPage.escaped(String(note)))</i>")
    }
    let remark =
      changedKeys.isEmpty ? "" : "<p>What differs from a key's default is marked.</p>"
    return """
      <section>
      <h2>Recipe</h2>
      \(remark)
      <details><summary>recipe.yaml, \(lines.count { !$0.isEmpty }) lines</summary>
      <div class="scroll"><pre class="code" tabindex="0">\(marked.joined(separator: "\n"))</pre></div>
      </details>
      </section>
      """
  }

  /// Where, when and how it was trained.
  var originSection: String {
    var rows = environment?.facts ?? []
    if !checkpoints.isEmpty {
      rows.append(
        ("checkpoints", checkpoints.map { brief(Double($0)) }.joined(separator: ", ")))
    }
    let cells = rows.map { name, value in
      "<div><dt>\(HTMLPage.escaped(name))</dt><dd>\(HTMLPage.escaped(value))</dd></div>"
    }
    let told = command.map {
      "<pre class=\"code command\" tabindex=\"0\">\(HTMLPage.escaped($0))</pre>"
    }
    let notes = problems.map { problem in
      let shown = problem.replacing(run.path, with: run.name)
      return "<p class=\"note\">Not shown: \(HTMLPage.escaped(shown))</p>"
    }
    return """
      <section>
      <h2>Where it comes from</h2>
      \(told ?? "")
      <dl class="origin">\(cells.joined(separator: "\n"))</dl>
      \(notes.joined(separator: "\n"))
      </section>
      """
  }

  /// The commands that one wants next.
  var nextSection: String {
    guard let output, !checkpoints.isEmpty else { return "" }
    let name = shellQuoted(run.name)
    var commands: [(words: String, what: String)] =
      switch output {
      case .images:
        [
          ("gen sample \(name) --seed 1 -o \(name).png", "more images"),
          ("gen eval \(name)", "how good they are, beside held-out ones"),
          ("gen explain \(name) --nearest", "whether they are copies of training images"),
        ]
      case .text:
        [
          ("gen sample \(name) --prompt \"The \"", "writes on"),
          ("gen eval \(name)", "how well it predicts held-out text"),
          ("gen explain \(name) --prompt \"The \"", "where attention looks, what else was likely"),
        ]
      case .classes: [("gen eval \(name)", "how often it is right")]
      }
    if !isForOthers {
      let isDone = plannedSteps.map { (step ?? 0) >= $0 } ?? true
      commands.append(
        isDone
          ? ("gen train --resume \(name) --budget 10m", "ten more minutes")
          : ("gen train --resume \(name)", "trains it to its end"))
    }
    let width = commands.map(\.words.count).max() ?? 0
    let lines = commands.map { words, what in
      let gap = String(repeating: " ", count: width - words.count)
      return "\(HTMLPage.escaped(words))\(gap)  <i># \(what)</i>"
    }
    return """
      <section>
      <h2>What next</h2>
      <div class="scroll"><pre class="code" tabindex="0">\(lines.joined(separator: "\n"))</pre></div>
      </section>
      """
  }
}
