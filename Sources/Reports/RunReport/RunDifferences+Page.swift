import Files
import Foundation

extension RunDifferences {
  private typealias Page = HTMLPage

  /// A page of HTML that needs nothing else.
  public var page: String {
    let title = names.joined(separator: " and ")
    let curves = ReportCurves(charts)
    let sections = [header(title), samplesSection, recipeSection, curves.section]
    return HTMLPage(
      title: "\(title): two training runs",
      style: PackageResources.document_css + PackageResources.report_css,
      script: PackageResources.report_js,
      body: "<main>\n" + sections.joined(separator: "\n") + curves.data + "</main>"
    ).text
  }

  private func header(_ title: String) -> String {
    let figures = zip(names, reports).flatMap { name, report in
      [(name, "\(report.step ?? 0)", report.kind.map { "steps of a \($0)" } ?? "steps")]
        + (report.best.map {
          [
            (
              "\(name), best \($0.metric.name.replacing("_", with: " "))",
              brief($0.metric.value), "at step \(brief(Double($0.step)))"
            )
          ]
        } ?? [])
    }
    return """
      <header>
      <p class="kind">two runs</p>
      <h1>\(Page.escaped(title))</h1>
      \(Page.figures(figures))
      </header>
      """
  }

  private var samplesSection: String {
    let figures = zip(names, samples).map { name, sample -> String in
      let head = "<figure><figcaption><h3>\(Page.escaped(name))</h3>"
      guard let sample else {
        return head + "</figcaption><p>It has generated nothing yet.</p></figure>"
      }
      let place = "<p class=\"note\">after step \(brief(Double(sample.step)))</p></figcaption>"
      switch sample.content {
      case .image(let width, let height, let png):
        let data = Data(png).base64EncodedString()
        return head + place
          + "<img width=\"\(width)\" height=\"\(height)\" alt=\"Images of \(Page.escaped(name))\" "
          + "src=\"data:image/png;base64,\(data)\"></figure>"
      case .text(let text):
        return head + place + "<pre>\(Page.escaped(text))</pre></figure>"
      }
    }
    return """
      <section>
      <h2>Samples</h2>
      <div class="pair">
      \(figures.joined(separator: "\n"))
      </div>
      </section>
      """
  }

  private var recipeSection: String {
    let rows = settings.map { setting in
      let values = setting.values.map { "<td>\(Page.escaped($0 ?? ""))</td>" }.joined()
      return "<tr><th scope=\"row\">\(Page.escaped(setting.key))</th>\(values)</tr>"
    }
    let heads = names.map { "<th scope=\"col\">\(Page.escaped($0))</th>" }.joined()
    let table = """
      <div class="scroll"><table>
      <thead><tr><th scope="col">Key</th>\(heads)</tr></thead>
      <tbody>\(rows.joined(separator: "\n"))</tbody>
      </table></div>
      """
    return """
      <section>
      <h2>What differs in the recipes</h2>
      \(rows.isEmpty ? "<p>Nothing: they are the same.</p>" : table)
      </section>
      """
  }
}
