import Files

/// What a text holds, and what is wrong with it.
public struct TextCheck: Equatable, Sendable, Codable {
  /// What was asked for: a name, or a path.
  public let name: String
  /// How many files it is made of, those that cannot be read among them.
  public let files: Int
  /// How many bytes they have.
  public let bytes: Int
  /// How many characters (Unicode scalars) there are, without what is no UTF-8.
  public let characters: Int
  /// How many different ones.
  public let distinct: Int
  /// How many lines.
  public let lines: Int
  /// The files that are no text, and why.
  public let unreadable: [BrokenFile]
  /// How many files of the folder are neither named like text nor are any.
  public let otherFiles: Int

  private enum CodingKeys: String, CodingKey {
    case name, files, bytes, characters, distinct, lines, unreadable
    case otherFiles = "other_files"
  }

  /// Reads every file of a text.
  ///
  /// - Throws: ``DatasetError`` of the kind `missing` if nothing is there. What cannot be read is in
  ///   the report.
  public init(_ what: String) throws(DatasetError) {
    let location = try TextLocation(what)
    var (files, bytes, unreadable) = (location.broken.count, 0, location.broken)
    var (characters, lines, alphabet) = (0, 0, ScalarSet())
    var otherFiles = location.otherFiles
    for path in location.paths {
      do throws(DatasetError) {
        let file = try TextFile(path)
        let content = file.content
        let survey = file.isSurelyNoText ? nil : try TextSurvey(content)
        if let survey, survey.isSound {
          bytes += content.count
          characters += survey.characters
          lines += survey.lines
          alphabet.formUnion(survey.alphabet)
        } else if location.form != .file && !TextFile.isNamedLikeText(path) {
          otherFiles += 1
          continue
        } else {
          let scan = try file.scan()
          unreadable.append(BrokenFile(path: path.escaped, reason: file.fault(scan)))
          bytes += scan.bytes
          characters += scan.characters
          lines += scan.lines
          alphabet.formUnion(scan.alphabet)
        }
      } catch {
        unreadable.append(BrokenFile(path: path.escaped, reason: error.problem))
      }
      files += 1
    }
    name = what
    (self.files, self.bytes, self.otherFiles) = (files, bytes, otherFiles)
    (self.characters, self.lines, distinct) = (characters, lines, alphabet.count)
    self.unreadable = unreadable.sortedByPath
  }
}

extension TextCheck: CustomStringConvertible {
  /// The report on a few lines.
  public var description: String {
    var lines = [
      "\(oneLine(name)): \(characters) characters of text in \(files) file\(files == 1 ? "" : "s"), "
        + "\(bytes) bytes",
      "distinct characters: \(distinct)",
      "lines: \(self.lines)",
      "unreadable: "
        + (unreadable.isEmpty
          ? "none" : "\(unreadable.count)" + unreadable.map { "\n  \($0)" }.joined()),
    ]
    if otherFiles > 0 { lines.append("other files: \(otherFiles)") }
    return lines.joined(separator: "\n")
  }
}
