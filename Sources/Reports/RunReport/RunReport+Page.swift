import Files
import Foundation
import Models

extension RunReport {
  /// A page of HTML that needs nothing else.
  public var page: String {
    let (samples, curves) = (ReportSamples(of: run), ReportCurves(charts))
    let sections = [
      header, samplesSection(samples), curves.section, numbersSection, recipeSection,
      originSection, nextSection,
    ]
    return HTMLPage(
      title: "\(run.name): a training run",
      style: PackageResources.document_css + PackageResources.report_css,
      script: PackageResources.report_js,
      body: "<main>\n" + sections.joined(separator: "\n") + curves.data + "</main>"
    ).text
  }

  private typealias Page = HTMLPage

  // MARK: - What it is

  private var header: String {
    let what =
      recipeKinds.first { $0.kind == kind }?.summary ?? "A run whose recipe is not known here."
    return """
      <header>
      <p class="kind">\(Page.escaped(kind ?? "unknown kind"))</p>
      <h1>\(Page.escaped(run.name))</h1>
      <p>\(Page.escaped(what))\(learnedFrom.map { " \(Page.escaped($0))" } ?? "")</p>
      \(warning ?? "")
      \(Page.figures(figures))
      </header>
      """
  }

  private var warning: String? {
    failureReason.map { "<p class=\"warning\"><b>Failed:</b> \(Page.escaped($0))</p>" }
  }

  /// What the data is, and how much.
  private var learnedFrom: String? {
    guard let dataName else { return nil }
    let things = output == .text ? "characters" : "images"
    let counts = environment?.dataCount.map { count in
      let heldOut = environment?.heldOutCount.map { "; \(brief(Double($0))) are held out" } ?? ""
      return ": \(brief(Double(count))) \(things)\(heldOut)"
    }
    return "It learns from \(dataName)\(counts ?? "")."
  }

  /// The figures that tell most: name, value, and what is to be said to it.
  private var figures: [(String, String, String)] {
    var figures: [(String, String, String)] = []
    if let step {
      let planned = plannedSteps.map { $0 == step ? "all done" : "of \(brief(Double($0)))" }
      figures.append(("Steps", brief(Double(step)), planned ?? ""))
    }
    if let best {
      figures.append(
        (
          "Best " + Self.words(best.metric.name), brief(best.metric.value),
          "at step \(brief(Double(best.step)))"
        ))
    }
    if let baseline = environment?.baseline {
      figures.append(("To beat", brief(baseline, digits: 3), "an n-gram, nats a character"))
    }
    for loss in latestLosses {
      let name = loss.label == "training" ? "Training loss" : "Loss, \(loss.label)"
      figures.append(
        (name, brief(loss.value, digits: 3), loss.isSmoothed ? "last, smoothed" : "last"))
    }
    if let seconds, seconds >= 1 {
      figures.append(("Training", duration(seconds), ""))
    }
    return figures
  }

  private static func words(_ name: String) -> String { name.replacing("_", with: " ") }

  // MARK: - Samples

  private func samplesSection(_ samples: ReportSamples) -> String {
    let remarks = samples.remarks.map { "<p class=\"note\">\(Page.escaped($0))</p>" }.joined()
    guard let last = samples.samples.last else {
      let nothing = remarks.isEmpty ? "<p>The run has generated nothing yet.</p>" : remarks
      return "<section><h2>Samples</h2>\(nothing)</section>"
    }
    let frames = samples.samples.map { sample -> String in
      let head =
        "<div class=\"frame\" id=\"step-\(sample.step)\" data-step=\"\(brief(Double(sample.step)))\">"
      switch sample.content {
      case .image(let width, let height, let png):
        let data = Data(png).base64EncodedString()
        return head + "<img width=\"\(width)\" height=\"\(height)\" alt=\"Images after step "
          + "\(sample.step)\" src=\"data:image/png;base64,\(data)\"></div>"
      case .text(let text): return head + "<pre>\(Page.escaped(text))</pre></div>"
      }
    }
    let (count, examples) = (samples.samples.count, samples.examples.map(examplesFigure))
    let controls =
      count < 2
      ? ""
      : """
      <div class="controls">
      <button id="play" aria-pressed="false">Play</button>
      <input id="slider" type="range" min="0" max="\(count - 1)" value="\(count - 1)" step="1"
      aria-label="Training step of the sample">
      <output id="step" for="slider">step \(brief(Double(last.step)))</output>
      </div>
      """
    return """
      <section id="samples">
      <h2>Samples</h2>
      <p>The same noise or random numbers each time, so that what changes is what was learned.</p>
      \(examples == nil ? "<div>" : "<div class=\"beside\">")
      <div>
      <div id="stage">
      \(frames.joined(separator: "\n"))
      </div>
      \(controls)
      </div>
      \(examples ?? "")
      </div>
      \(remarks)
      </section>
      """
  }

  /// What the samples should look like.
  private func examplesFigure(_ examples: ReportSamples.Content) -> String {
    switch examples {
    case .image(let width, let height, let png):
      let data = Data(png).base64EncodedString()
      return """
        <figure><img width="\(width)" height="\(height)" alt="Training images"
        src="data:image/png;base64,\(data)"><figcaption class="note">Training images</figcaption></figure>
        """
    case .text(let text):
      return "<figure><pre>\(Page.escaped(text))</pre>"
        + "<figcaption class=\"note\">From the training text</figcaption></figure>"
    }
  }

  // MARK: - Curves and numbers

  private var numbersSection: String {
    let curves = charts.flatMap { $0.curves.map(\.curve) }
    guard !curves.isEmpty else { return "" }
    func cell(_ point: MetricsCurve.Point?, saysStep: Bool = true) -> String {
      guard let point else { return "<td></td>" }
      return "<td>\(brief(point.value))"
        + (saysStep ? " <small>at \(brief(Double(point.step)))</small>" : "") + "</td>"
    }
    let rows = curves.map { curve in
      let odd = curve.notFinite > 0 ? " <small>\(curve.notFinite) not finite</small>" : ""
      return "<tr><th scope=\"row\">\(Page.escaped(Self.words(curve.name)))\(odd)</th>"
        + cell(curve.last, saysStep: false) + cell(curve.least) + cell(curve.greatest) + "</tr>"
    }
    return """
      <section>
      <h2>Numbers</h2>
      <div class="scroll"><table>
      <thead><tr><th scope="col">Measurement</th><th scope="col">Last</th><th scope="col">Least</th>
      <th scope="col">Greatest</th></tr></thead>
      <tbody>\(rows.joined(separator: "\n"))</tbody>
      </table></div>
      </section>
      """
  }
}
