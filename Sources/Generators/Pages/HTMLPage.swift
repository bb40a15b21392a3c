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
      <meta name="generator" content="gen">
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
      // HTML has no way to write the others.
      case "\0"..."\u{8}", "\u{b}", "\u{c}", "\u{e}"..."\u{1f}": result += "\u{fffd}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
