/// A text to learn from: that of a file, of all text files in a folder, or one known by name.
///
/// The text is UTF-8 as it stands in the files: line ends are left as they are, and only a byte-order
/// mark is taken away. The same name and files give the same text on every machine.
public struct TextSource: Sendable {
  /// What the text was asked for by: a name, or a path.
  public let name: String
  /// The text; it has a character at least.
  public let text: String

  /// The texts that are known by name. `fortunes` is Debian's package of that name: the fortunes of
  /// all its files in the order of the files' names, with an empty line, in place of the files' "%",
  /// between two.
  public static var names: [String] { TextLocation.names }

  /// Whether a name or path is that of text rather than of images, as far as names tell.
  public static func isText(_ what: String) -> Bool { TextLocation.isText(what) }

  /// Reads a text by its name, or by the path of a file or folder.
  ///
  /// A folder's text is that of all its files and those of the folders below it, in the order of their
  /// paths, with a newline between two. Files that are named `.txt` or `.md` must be text; of others
  /// those count that are UTF-8.
  /// - Throws: ``DatasetError``: of the kind `missing` if nothing is there, with the package that
  ///   brings it; `damaged` if something is that is no text, with the place of what is wrong.
  public init(_ what: String) throws(DatasetError) {
    try self.init(what, at: TextLocation(what))
  }

  init(_ what: String, at location: TextLocation) throws(DatasetError) {
    var (parts, broken, size) = ([[UInt8]](), location.broken, 0)
    for path in location.paths {
      let bytes = try TextFile.bytes(of: path, limit: TextFile.limit - size)
      if let fault = TextFile.fault(of: bytes) {
        guard location.form != .file else { throw DatasetError(.damaged, path.escaped, fault) }
        if TextFile.isNamedLikeText(path) {
          broken.append(BrokenFile(path: path.escaped, reason: fault))
        }
      } else if !bytes.isEmpty {
        parts.append(location.form == .fortunes ? Self.fortunes(in: bytes) : bytes)
        size += bytes.count
      }
    }
    guard broken.isEmpty else { throw Self.refusal(of: broken, in: what) }
    guard !parts.isEmpty else {
      throw DatasetError(
        .damaged, what,
        location.form == .file ? "empty, but there must be text" : "no text in this folder")
    }
    name = what
    let separator = location.form == .fortunes ? "\n\n" : "\n"
    text = String(decoding: Array(parts.joined(separator: separator.utf8)), as: UTF8.self)
  }

  /// The fortunes in a file, which stand between lines of "%", with an empty line between two.
  private static func fortunes(in bytes: [UInt8]) -> [UInt8] {
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
      .map { $0.elementsEqual("%".utf8) || $0.elementsEqual("%\r".utf8) ? [] : $0 }
    let last = lines.lastIndex { !$0.isEmpty } ?? lines.startIndex
    return Array(lines[...last].joined(separator: [10]))
  }

  private static func refusal(of broken: [BrokenFile], in name: String) -> DatasetError {
    let listed = broken.prefix(10).map { "\n  \($0)" }.joined()
    let more = broken.count > 10 ? "\n  and \(broken.count - 10) more" : ""
    return DatasetError(
      .damaged, name,
      "\(broken.count) of the text files cannot be read; mend or remove them\(listed)\(more)",
      brokenFiles: broken)
  }
}
