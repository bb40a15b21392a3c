import Compute
import Foundation
import Models

extension TextExplanation {
  /// A page of HTML that needs nothing else: the prompt, colored by surprise; what else might have come
  /// at each place; and a map of each head's attention.
  public var page: String {
    let name = HTMLPage.escaped(source.run.name)
    let mean = bitsPerToken.map { bits in
      " The model was surprised by \(Self.decimal(bits)) bits a token; had all been equally likely, "
        + "it would be \(Self.decimal(log2(Double(source.model.vocabularySize))))."
    }
    let body = """
      <h1>What <em>\(name)</em> makes of a prompt</h1>
      <p>After \(source.step) training steps.\(mean ?? "")</p>
      <h2>The prompt</h2>
      <p>The stronger the color, the more surprising a token was to the model, which knew only what is
      before it. A token leads to what else it might have been.</p>
      <p class="legend"><span style="--a:0"></span>certain <span style="--a:0.375"></span>1 in 8
      <span style="--a:0.75"></span>1 in 64 <span style="--a:1"></span>1 in 256 or less</p>
      <p id="prompt">\(promptText)</p>
      \(attentionText)<h2>What else it might have been</h2>
      <ol id="steps" start="0">
      \(steps.indices.dropFirst().map(stepText).joined(separator: "\n"))
      </ol>
      """
    return HTMLPage(
      title: "\(source.run.name) explained", style: PackageResources.explanation_css,
      script: attention.isEmpty ? nil : PackageResources.explanation_js, body: body
    ).text
  }

  private func label(_ token: Int32) -> String {
    HTMLPage.escaped(VisibleText.of(source.tokenizer.bytes(of: token)))
  }

  /// The prompt's tokens, each a link to its alternatives.
  private var promptText: String {
    steps.enumerated().compactMap { place, step -> String? in
      guard let token = step.token else { return nil }
      let strength = step.probability.map { min(1, Self.bits($0) / 8) } ?? 0
      let title = step.probability.map { " title=\"\(Self.percent($0))\"" } ?? ""
      let link = place == 0 ? "" : " href=\"#step-\(place)\""
      let newline = source.tokenizer.bytes(of: token).last == UInt8(ascii: "\n") ? "<br>" : ""
      return
        "<a\(link) style=\"--a:\(Self.decimal(strength))\"\(title)>\(label(token))</a>\(newline)"
    }.joined()
  }

  /// A token of the prompt, and what was likeliest where it came.
  private func stepText(_ place: Int) -> String {
    let step = steps[place]
    let head =
      step.token.map { token in
        let probability = step.probability ?? 0
        let strength = Self.decimal(min(1, Self.bits(probability) / 8))
        return
          "<b style=\"--a:\(strength)\">\(label(token))</b> <i>\(Self.percent(probability))</i>"
      } ?? "<b>?</b> <i>what comes next</i>"
    let alternatives = step.alternatives.map { alternative in
      let mark = alternative.token == step.token ? " class=\"came\"" : ""
      return "<li\(mark) style=\"--p:\(Self.decimal(Double(alternative.probability), digits: 4))\">"
        + "<b>\(label(alternative.token))</b> \(Self.percent(alternative.probability))</li>"
    }
    return "<li id=\"step-\(place)\"><div>\(head)</div><ul>\(alternatives.joined())</ul></li>"
  }

  /// The heads' maps, layer by layer, which the page's script draws.
  private var attentionText: String {
    guard !attention.isEmpty else { return "" }
    let columns = (1...max(1, attention.map(\.count).max() ?? 1)).map {
      "<span class=\"column\">Head \($0)</span>"
    }
    let rows = attention.enumerated().map { layer, heads in
      let maps = heads.enumerated().map { head, map in
        "<button data-map=\"\(Self.encoded(map))\" data-name=\"Layer \(layer + 1), head "
          + "\(head + 1)\"><canvas></canvas><span>head \(head + 1)</span></button>"
      }
      return "<h3>Layer \(layer + 1)</h3>\n" + maps.joined(separator: "\n")
    }
    return """
      <h2>Where the heads look</h2>
      <p>A row is a token, a column a token before it or itself; the stronger the color, the more the row
      takes from the column. Open a map to read it.</p>
      <noscript><p>The maps are drawn by a script, which this browser does not run.</p></noscript>
      <div class="heads" style="--heads:\(columns.count)">
      <span class="column"></span>\(columns.joined())
      \(rows.joined(separator: "\n"))
      </div>
      <dialog id="large">
      <form method="dialog"><h3></h3><button>Close</button></form>
      <output>Point at a cell.</output>
      <div><canvas></canvas></div>
      </dialog>

      """
  }

  /// The lower triangle of a map, row by row: a byte for each weight, its root in 255ths, so that little
  /// weights are told apart.
  private static func encoded(_ map: Values) -> String {
    var bytes = Data()
    for row in 0..<map.shape[0] {
      for column in 0...row {
        let weight = map.pointer[row * map.shape[1] + column]
        bytes.append(UInt8(min(255, (weight.squareRoot() * 255).rounded())))
      }
    }
    return bytes.base64EncodedString()
  }

  private static func decimal(_ value: Double, digits: Int = 2) -> String {
    String(format: "%.\(digits)f", value)
  }

  private static func percent(_ probability: Float) -> String {
    let percent = Double(probability) * 100
    if percent >= 9.95 { return "\(decimal(percent, digits: 0)) %" }
    return percent >= 0.005 ? "\(decimal(percent, digits: percent >= 0.95 ? 1 : 2)) %" : "< 0.01 %"
  }
}
