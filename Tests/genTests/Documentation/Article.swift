import Foundation

/// A page of the documentation with code.
struct Article {
  /// The file's name without its extension.
  let name: String
  /// What stands in blocks of Swift, one after the other.
  let code: [String]

  /// The folder of this package.
  static let package = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../..")
    .standardized

  /// Reads a Markdown file by its path in the package.
  init(_ path: String) throws {
    let file = Self.package.appendingPathComponent(path)
    name = file.deletingPathExtension().lastPathComponent
    let text = try String(contentsOf: file, encoding: .utf8)
    // Between fences, every second part is a block, which begins with its language.
    code = text.components(separatedBy: "```").enumerated()
      .filter { $0.offset % 2 == 1 && $0.element.hasPrefix("swift\n") }
      .map { String($0.element.dropFirst("swift\n".count)) }
  }

  /// All pages of all libraries' catalogs.
  static let all: [Article] = {
    let pages = files(below: "Sources") { $0.contains(".docc/") && $0.hasSuffix(".md") }
    return pages.compactMap { try? Article($0) }
  }()

  /// The paths of files in the package, of those that are wanted.
  static func files(below folder: String, where isWanted: (String) -> Bool) -> [String] {
    let root = package.appendingPathComponent(folder).path
    return (FileManager.default.subpaths(atPath: root) ?? []).map { "\(folder)/\($0)" }
      .filter(isWanted).sorted()
  }

  /// The lines of a text that are not empty.
  static func lines(_ text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).map(String.init)
      .filter { !$0.allSatisfy(\.isWhitespace) }
  }
}
