import Files

/// The page about one night: each model with what it has made, and what has become different.
struct GalleryNightPage {
  let night: GalleryNight
  /// The texts by their files.
  let texts: [String: String]

  private typealias Page = HTMLPage
  private typealias Exhibit = GalleryNight.Exhibit

  /// So many pairs of old and new stand there at once.
  private static let pairsAtOnce = 8

  /// The file's text.
  var text: String {
    let body = """
      <main>
      <nav class="path"><a href="../index.html">All nights</a></nav>
      \(header)
      \(night.exhibits.map(section).joined(separator: "\n"))
      </main>
      \(Self.viewer)
      """
    return HTMLPage(
      title: "Gallery of \(night.date.words)",
      style: PackageResources.document_css + PackageResources.gallery_css,
      script: PackageResources.gallery_js, body: body
    ).text
  }

  private var header: String {
    let (shown, missing) = (night.shown, night.exhibits.filter { $0.failure != nil })
    let pieces = shown.flatMap(\.pieces)
    let texts = pieces.count(where: \.isText)
    var figures = [("Models", "\(shown.count)", "")]
    if texts < pieces.count { figures.append(("Pictures", "\(pieces.count - texts)", "")) }
    if texts > 0 { figures.append(("Texts", "\(texts)", "")) }
    if let date = night.comparedWith {
      figures.append(("Differ", "\(night.changed.count)", "since \(date.words)"))
    }
    if !missing.isEmpty { figures.append(("Not shown", "\(missing.count)", "")) }
    let links = night.exhibits.map { exhibit in
      "<a href=\"#\(exhibit.folder)\"\(exhibit.failure == nil ? "" : " class=\"bad\"")>"
        + "\(Page.escaped(exhibit.name))</a>"
    }
    return """
      <header>
      <p class="kind">\(night.date.weekday)</p>
      <h1>\(night.date.words)</h1>
      \(Page.figures(figures))
      <nav class="models" aria-label="Models">\(links.joined(separator: "\n"))</nav>
      </header>
      """
  }

  // MARK: - A model

  private func section(_ exhibit: Exhibit) -> String {
    let kind = exhibit.kind ?? "unknown kind"
    let head = """
      <section id="\(exhibit.folder)">
      <p class="kind">\(Page.escaped(kind))\(exhibit.isPretrained ? ", pretrained" : "")</p>
      <h2>\(Page.escaped(exhibit.name)) \(badge(exhibit))</h2>
      """
    if let failure = exhibit.failure {
      return head + "\n<p class=\"failure\">\(Page.escaped(failure))</p>\n</section>"
    }
    let origin = [
      exhibit.step.map { "step \(brief(Double($0)))" }, exhibit.data.map { "learned from \($0)" },
      exhibit.settings,
    ].compactMap { $0 }
    let notes = exhibit.notes.map { "<p class=\"note\">\(Page.escaped($0))</p>" }
    let figures = exhibit.figures.map { ($0.title, brief($0.value), $0.note ?? "") }
    let parts =
      [
        head, "<p class=\"note\">\(Page.escaped(origin.joined(separator: " · ")))</p>",
        pieces(exhibit), exhibit.films.map(film).joined(separator: "\n"), differences(exhibit),
        Page.figures(figures),
      ] + notes + [command(exhibit), "</section>"]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func badge(_ exhibit: Exhibit) -> String {
    let (style, words): (String, String)
    if exhibit.failure != nil {
      (style, words) = ("bad", exhibit.lastShown.map { "last shown \($0.words)" } ?? "not shown")
    } else if let change = exhibit.change {
      let count = change.different.count
      (style, words) =
        count == 0
        ? ("same", "as on \(change.date.words)")
        : ("other", "\(count) of \(exhibit.pieces.count) differ from \(change.date.words)")
    } else {
      (style, words) = ("new", exhibit.notes.isEmpty ? "new" : "not compared")
    }
    return "<span class=\"badge \(style)\">\(words)</span>"
  }

  private func pieces(_ exhibit: Exhibit) -> String {
    if exhibit.pieces.first?.isText == true {
      return exhibit.pieces.map { piece in
        """
        <figure class="text">
        <figcaption>\(Self.promptWords(piece))</figcaption>
        \(passage(piece.file, after: piece.label))
        </figure>
        """
      }.joined(separator: "\n")
    }
    let old = Dictionary(
      (exhibit.change?.different ?? []).map { ($0.piece, $0.file) }, uniquingKeysWith: { $1 })
    let pictures = exhibit.pieces.enumerated().map { number, piece -> String in
      let words = Page.escaped(
        "\(exhibit.name), picture \(number + 1)" + (piece.label.map { ", \($0)" } ?? ""))
      let before = old[number].map { " data-before=\"\($0)\" class=\"changed\"" } ?? ""
      return
        "<a href=\"\(piece.file)\" data-caption=\"\(words)\" data-hash=\"\(piece.hash)\"\(before)>"
        + "<img src=\"\(piece.file)\" alt=\"\(words)\" width=\"64\" height=\"64\"></a>"
    }
    return "<div class=\"pictures\">\n\(pictures.joined(separator: "\n"))\n</div>"
  }

  private static func promptWords(_ piece: GalleryNight.Piece) -> String {
    guard let prompt = piece.label, !prompt.isEmpty else { return "Without a prompt" }
    return "Prompt <b>\(Page.escaped(prompt))</b>"
  }

  /// A text, in which the prompt stands out.
  private func passage(_ file: String, after prompt: String?) -> String {
    let text = texts[file] ?? ""
    let prompt = prompt.flatMap { text.hasPrefix($0) ? $0 : nil } ?? ""
    return "<pre tabindex=\"0\"><b>\(Page.escaped(prompt))</b>"
      + "\(Page.escaped(String(text.dropFirst(prompt.count))))</pre>"
  }

  private func film(_ film: GalleryNight.Film) -> String {
    let title = Page.escaped(film.title)
    return """
      <figure class="film">
      <figcaption><h3>\(title)</h3><p class="note">\(Page.escaped(film.caption))</p></figcaption>
      <img class="still" src="\(film.still)" alt="\(title), moment by moment"
      width="\(film.width)" height="\(film.height)">
      <img class="moving" src="\(film.moving)" alt="\(title), moving">
      </figure>
      """
  }

  // MARK: - What differs

  private func differences(_ exhibit: Exhibit) -> String {
    guard let change = exhibit.change, !change.different.isEmpty else { return "" }
    let pairs = change.different.map { old -> String in
      let now = exhibit.pieces[old.piece]
      let title = now.isText ? Self.promptWords(now) : "No. \(old.piece + 1)"
      let sides =
        now.isText
        ? [old.file, now.file].map { passage($0, after: now.label) }
        : [("before", old.file), ("now", now.file)].map { when, file in
          "<img src=\"\(file)\" alt=\"picture \(old.piece + 1) \(when)\" width=\"64\" height=\"64\">"
        }
      return """
        <figure class="pair">
        <div>\(sides[0])</div><div>\(sides[1])</div>
        <figcaption>\(title) <code>\(old.hash.prefix(6))</code> → <code>\(now.hash.prefix(6))</code></figcaption>
        </figure>
        """
    }
    func list(_ pairs: some Sequence<String>) -> String {
      let style = exhibit.pieces.first?.isText == true ? "pairs texts" : "pairs"
      return "<div class=\"\(style)\">\n\(pairs.joined(separator: "\n"))\n</div>"
    }
    let rest = pairs.dropFirst(Self.pairsAtOnce)
    let more =
      rest.isEmpty
      ? "" : "<details><summary>\(rest.count) more</summary>\(list(rest))</details>"
    return """
      <h3>\(change.date.words), and now</h3>
      \(list(pairs.prefix(Self.pairsAtOnce)))
      \(more)
      """
  }

  private func command(_ exhibit: Exhibit) -> String {
    guard !exhibit.command.isEmpty else { return "" }
    let isOne = !exhibit.command.contains("\n")
    return """
      <details><summary>\(isOne ? "The command that makes it" : "The commands that make them") again</summary>
      <pre class="code command" tabindex="0">\(Page.escaped(exhibit.command))</pre>
      </details>
      """
  }

  /// Where a single picture is looked at; without a script its link opens it.
  private static let viewer = """
    <dialog id="viewer" aria-label="A picture">
    <div class="stage"><figure id="old"><img alt=""><figcaption>before</figcaption></figure>
    <figure id="new"><img alt=""><figcaption>now</figcaption></figure></div>
    <p id="caption" aria-live="polite"></p>
    <div class="controls"><button id="previous" aria-label="Previous picture">←</button>
    <button id="close">Close</button><button id="next" aria-label="Next picture">→</button></div>
    </dialog>
    """
}
