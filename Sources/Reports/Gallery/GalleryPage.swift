/// The page about all nights: a card for each, and how the measurements of each model went.
struct GalleryPage {
  /// The nights, the latest first.
  let nights: [GalleryNight]

  private typealias Page = HTMLPage

  /// The file's text.
  var text: String {
    let latest = nights.first
    let figures = [
      ("Nights", "\(nights.count)", ""),
      ("Models", "\(latest?.shown.count ?? 0)", "in the latest night"),
      ("Latest", latest?.date.description ?? "", latest?.date.weekday ?? ""),
    ]
    let body = """
      <main>
      <header>
      <p class="kind">Gallery</p>
      <h1>What the models make</h1>
      <p>The same seeds and prompts each night, so that what changes is the models.</p>
      \(Page.figures(figures))
      </header>
      <section>
      <h2>Nights</h2>
      <div class="nights">
      \(nights.map(card).joined(separator: "\n"))
      </div>
      </section>
      <section>
      <h2>Measurements</h2>
      \((latest?.entries ?? []).map(curves).joined(separator: "\n"))
      </section>
      </main>
      """
    return HTMLPage(
      title: "Gallery", style: PackageResources.document_css + PackageResources.gallery_css,
      script: nil, body: body
    ).text
  }

  private func card(_ night: GalleryNight) -> String {
    let isDrawn = night.shown.contains { $0.samples.first?.isText == false }
    let height = night.coverHeight
    let cover =
      isDrawn
      ? "<img src=\"\(night.date)/\(GalleryCover.fileName)\" alt=\"\" "
        + "width=\"\(GalleryCover.columns * GalleryCover.side)\" height=\"\(height)\">" : ""
    let badges = night.summary.map { "<span class=\"badge \($0.style)\">\($0.words)</span>" }
    return """
      <a class="night" href="\(night.date)/index.html">\(cover)
      <b>\(night.date.words)</b> <small>\(night.date.weekday)</small>
      <span class="badges">\(badges.joined(separator: " "))</span></a>
      """
  }

  /// The measurements of a model over the nights.
  private func curves(_ entry: GalleryNight.Entry) -> String {
    let names = entry.figures.isEmpty ? lastFigures(of: entry.name) : entry.figures
    let sparks = names.map { figure -> String in
      let points = nights.reversed().compactMap { night -> MetricsCurve.Point? in
        let then = night.entries.first { $0.name == entry.name }
        guard let value = then?.figures.first(where: { $0.name == figure.name })?.value else {
          return nil
        }
        return MetricsCurve.Point(step: night.date.number, value: value)
      }
      return Sparkline(
        title: figure.title, curve: MetricsCurve(figure.name, points), days: days
      ).figure
    }
    let place = nights.first.map { "\($0.date)/index.html#\(entry.folder)" } ?? ""
    return """
      <article>
      <h3><a href="\(place)">\(Page.escaped(entry.name))</a>
      <small>\(Page.escaped(entry.kind ?? ""))</small></h3>
      <div class="sparks">\(sparks.joined(separator: "\n"))</div>
      </article>
      """
  }

  private func lastFigures(of name: String) -> [GalleryNight.Figure] {
    nights.lazy.compactMap { night in
      night.shown.first { $0.name == name }?.figures
    }.first ?? []
  }

  private var days: ClosedRange<Int> {
    let numbers = nights.map(\.date.number)
    return (numbers.min() ?? 0)...(numbers.max() ?? 0)
  }
}
