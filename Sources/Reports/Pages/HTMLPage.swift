import Files

/// A page of HTML in one file, which needs nothing else and loads nothing.
struct HTMLPage {
  /// Its title, as text.
  let title: String
  /// What its style sheet has besides the one of all pages.
  let style: [UInt8]
  /// What it does, if anything.
  let script: [UInt8]?
  /// Its content, in HTML.
  let body: String

  /// By what it is told that this program has written a page.
  static let generator = "<meta name=\"generator\" content=\"gen\">"

  /// The file's text.
  var text: String {
    let common = String(decoding: PackageResources.page_css, as: UTF8.self)
    let scripts = script.map { "<script>\n\(String(decoding: $0, as: UTF8.self))</script>\n" }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      \(Self.generator)
      <link rel="icon" href="data:,">
      <title>\(Self.escaped(title))</title>
      <style>
      \(common)\(String(decoding: style, as: UTF8.self))</style>
      </head>
      <body>
      \(body)
      \(scripts ?? "")</body>
      </html>

      """
  }

  /// Tiles with what tells most: its name, its value, and what is to be said to it.
  static func figures(_ figures: [(name: String, value: String, note: String)]) -> String {
    let tiles = figures.map { name, value, note in
      "<div><dt>\(escaped(name))</dt><dd>\(escaped(value))"
        + (note.isEmpty ? "" : "<small>\(escaped(note))</small>") + "</dd></div>"
    }
    return "<dl class=\"figures\">\(tiles.joined())</dl>"
  }

  /// Text as HTML, in an element or in quotes.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      // HTML has no way to write these.
      case "\0"..."\u{8}", "\u{b}", "\u{c}", "\u{e}"..."\u{1f}": result += "\u{fffd}"
      case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
      // What turns the direction of a name would turn that of the page around it.
      default: result += scalar.isUnprintable ? oneLine(String(scalar)) : String(scalar)
      }
    }
    return result
  }
}
