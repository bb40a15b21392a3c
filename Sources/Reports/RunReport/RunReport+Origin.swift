import Files
import Foundation

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
  func originSection(_ samples: ReportSamples) -> String {
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
}
