import Files

/// The page about one night: each model with what it has made, and what has become different.
struct GalleryNightPage {
  let night: GalleryNight
  /// The texts by their files.
  let texts: [String: String]

  private typealias Page = HTMLPage
  private typealias Entry = GalleryNight.Entry

  /// So many pairs of old and new stand there at once.
  private static let pairsAtOnce = 8

  /// The file's text.
  var text: String {
    let body = """
      <main>
      <nav class="path"><a href="../index.html">All nights</a></nav>
      \(header)
      \(night.entries.map(section).joined(separator: "\n"))
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
    let (shown, missing) = (night.shown, night.entries.filter { $0.failure != nil })
    let samples = shown.flatMap(\.samples)
    let texts = samples.count(where: \.isText)
    var figures = [("Models", "\(shown.count)", "")]
    if texts < samples.count { figures.append(("Images", "\(samples.count - texts)", "")) }
    if texts > 0 { figures.append(("Texts", "\(texts)", "")) }
    if let date = night.comparedWith {
      figures.append(("Differ", "\(night.changed.count)", "since \(date.words)"))
    }
    if !missing.isEmpty { figures.append(("Not shown", "\(missing.count)", "")) }
    let links = night.entries.map { entry in
      "<a href=\"#\(entry.folder)\"\(entry.failure == nil ? "" : " class=\"bad\"")>"
        + "\(Page.escaped(entry.name))</a>"
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

  private func section(_ entry: Entry) -> String {
    let kind = entry.kind ?? "unknown kind"
    let head = """
      <section id="\(entry.folder)">
      <p class="kind">\(Page.escaped(kind))\(entry.isPretrained ? ", pretrained" : "")</p>
      <h2>\(Page.escaped(entry.name)) \(badge(entry))</h2>
      """
    if let failure = entry.failure {
      return head + "\n<p class=\"failure\">\(Page.escaped(failure))</p>\n</section>"
    }
    let origin = [
      entry.step.map { "step \(brief(Double($0)))" }, entry.data.map { "learned from \($0)" },
      entry.settings,
    ].compactMap { $0 }
    let notes = entry.notes.map { "<p class=\"note\">\(Page.escaped($0))</p>" }
    let figures = entry.figures.map { ($0.title, brief($0.value), $0.note ?? "") }
    let parts =
      [
        head, "<p class=\"note\">\(Page.escaped(origin.joined(separator: " · ")))</p>",
        samples(entry), entry.animations.map(animation).joined(separator: "\n"), differences(entry),
        Page.figures(figures),
      ] + notes + [command(entry), "</section>"]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func badge(_ entry: Entry) -> String {
    let (style, words): (String, String)
    if entry.failure != nil {
      (style, words) = ("bad", entry.lastShown.map { "last shown \($0.words)" } ?? "not shown")
    } else if let change = entry.change {
      let count = change.different.count
      (style, words) =
        count == 0
        ? ("same", "as on \(change.date.words)")
        : ("other", "\(count) of \(entry.samples.count) differ from \(change.date.words)")
    } else {
      let isOld = entry.notes.contains { $0.hasPrefix(Entry.notCompared) }
      (style, words) = ("new", isOld ? "not compared" : "new")
    }
    return "<span class=\"badge \(style)\">\(words)</span>"
  }

  private func samples(_ entry: Entry) -> String {
    if entry.samples.first?.isText == true {
      return entry.samples.map { sample in
        """
        <figure class="text">
        <figcaption>\(Self.promptWords(sample))</figcaption>
        \(passage(sample.file, after: sample.label))
        </figure>
        """
      }.joined(separator: "\n")
    }
    let old = Dictionary(
      (entry.change?.different ?? []).map { ($0.sample, $0.file) }, uniquingKeysWith: { $1 })
    let images = entry.samples.enumerated().map { number, sample -> String in
      let words = Page.escaped(
        "\(entry.name), image \(number + 1)" + (sample.label.map { ", \($0)" } ?? ""))
      let before = old[number].map { " data-before=\"\($0)\" class=\"changed\"" } ?? ""
      return
        "<a href=\"\(sample.file)\" data-caption=\"\(words)\" data-hash=\"\(sample.hash)\"\(before)>"
        + "<img src=\"\(sample.file)\" alt=\"\(words)\" width=\"64\" height=\"64\"></a>"
    }
    return "<div class=\"images\">\n\(images.joined(separator: "\n"))\n</div>"
  }

  private static func promptWords(_ sample: GalleryNight.Sample) -> String {
    guard let prompt = sample.label, !prompt.isEmpty else { return "Without a prompt" }
    return "Prompt <b>\(Page.escaped(prompt))</b>"
  }

  /// A text, in which the prompt stands out.
  private func passage(_ file: String, after prompt: String?) -> String {
    let text = texts[file] ?? ""
    let prompt = prompt.flatMap { text.hasPrefix($0) ? $0 : nil } ?? ""
    return "<pre tabindex=\"0\"><b>\(Page.escaped(prompt))</b>"
      + "\(Page.escaped(String(text.dropFirst(prompt.count))))</pre>"
  }

  private func animation(_ animation: GalleryNight.Animation) -> String {
    let title = Page.escaped(animation.title)
    return """
      <figure class="animation">
      <figcaption><h3>\(title)</h3><p class="note">\(Page.escaped(animation.caption))</p></figcaption>
      <img class="still" src="\(animation.still)" alt="\(title), moment by moment"
      width="\(animation.width)" height="\(animation.height)">
      <img class="moving" src="\(animation.moving)" alt="\(title), moving">
      </figure>
      """
  }

  // MARK: - What differs

  private func differences(_ entry: Entry) -> String {
    guard let change = entry.change, !change.different.isEmpty else { return "" }
    let pairs = change.different.map { old -> String in
      let now = entry.samples[old.sample]
      let title = now.isText ? Self.promptWords(now) : "No. \(old.sample + 1)"
      let sides =
        now.isText
        ? [old.file, now.file].map { passage($0, after: now.label) }
        : [("before", old.file), ("now", now.file)].map { when, file in
          "<img src=\"\(file)\" alt=\"image \(old.sample + 1) \(when)\" width=\"64\" height=\"64\">"
        }
      return """
        <figure class="pair">
        <div>\(sides[0])</div><div>\(sides[1])</div>
        <figcaption>\(title) <code>\(old.hash.prefix(6))</code> → <code>\(now.hash.prefix(6))</code></figcaption>
        </figure>
        """
    }
    func list(_ pairs: some Sequence<String>) -> String {
      let style = entry.samples.first?.isText == true ? "pairs texts" : "pairs"
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

  private func command(_ entry: Entry) -> String {
    guard !entry.command.isEmpty else { return "" }
    let isOne = !entry.command.contains("\n")
    return """
      <details><summary>\(isOne ? "The command that makes it" : "The commands that make them") again</summary>
      <pre class="code command" tabindex="0">\(Page.escaped(entry.command))</pre>
      </details>
      """
  }

  /// Where a single image is looked at; without a script its link opens it.
  private static let viewer = """
    <dialog id="viewer" aria-label="An image">
    <div class="stage"><figure id="old"><img alt=""><figcaption>before</figcaption></figure>
    <figure id="new"><img alt=""><figcaption>now</figcaption></figure></div>
    <p id="caption" aria-live="polite"></p>
    <div class="controls"><button id="previous" aria-label="Previous image">←</button>
    <button id="close">Close</button><button id="next" aria-label="Next image">→</button></div>
    </dialog>
    """
}
