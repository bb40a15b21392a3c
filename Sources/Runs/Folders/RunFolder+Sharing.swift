import Files

/// What of a run goes along to others: of paths, only the last component.
extension RunFolder {
  /// The recipe's text. What was changed on the way stays in it, but for where the data was.
  /// - Throws: `FileError` when it cannot be read.
  public func sharedRecipe() throws(FileError) -> String {
    let text = String(
      decoding: try InputFile(recipePath).readAll(limit: RecipeNode.maximumSize), as: UTF8.self)
    // In a comment of a change, a path can stand in more ways than one.
    let kept = lines(of: text)
      .filter { !($0.hasPrefix("# after step ") && $0.contains(" data.source was ")) }
      .map { $0 + "\n" }.joined()
    guard let document = try? RecipeDocument(text: text, source: recipePath) else {
      // Of what is no recipe, no line that may tell.
      return lines(of: kept).filter { !$0.contains("source:") }.map { $0 + "\n" }.joined()
    }
    guard let source = document.text(of: "data.source"), source.contains("/") else { return kept }
    let name = shared(path: source)
    return kept.replacing(source.yaml, with: name.yaml).replacing(source, with: name)
  }

  /// The command that started it; nil where there is none.
  /// - Throws: `FileError` when it cannot be read.
  public func sharedCommand() throws(FileError) -> String? {
    guard fileKind(commandPath, followingLinks: true) != nil else { return nil }
    let text = String(decoding: try InputFile(commandPath).readAll(limit: 1 << 20), as: UTF8.self)
    return shared(command: shellWords(text)).map(shellQuoted).joined(separator: " ")
  }

  /// Where and with what it was started, but for where its data was.
  /// - Throws: `FileError` when it cannot be read.
  package func sharedEnvironment() throws -> [UInt8] {
    var environment = try environment()
    environment.dataPath = nil
    return try environment.encoded()
  }
}

/// A path without the folders that it leads through.
public func shared(path: String) -> String {
  let components = path.split(separator: "/").filter { $0 != "." }
  return components.last.map(String.init) ?? path
}

/// A command's words, with paths that only mean something on this machine cut to their last component:
/// those from a folder that has no name in them, and where data is.
package func shared(command words: [String]) -> [String] {
  var isData = false
  return words.map { word in
    defer { isData = word == "--data" }
    if isData { return shared(path: word) }
    guard let sign = word.firstIndex(of: "=") else {
      return isPlace(word) ? shared(path: word) : word
    }
    let (key, value) = (word[...sign], String(word[word.index(after: sign)...]))
    let namesData = key == "--data=" || key.hasSuffix("data.source=")
    return key + (namesData || isPlace(value) ? shared(path: value) : value)
  }
}

private func isPlace(_ word: String) -> Bool {
  word.count > 1 && ["/", "~/", "./", "../"].contains { word.hasPrefix($0) }
}

/// The words of a line as `shellQuoted` has made it.
func shellWords(_ line: String) -> [String] {
  var (words, word) = ([String](), nil as String?)
  var (isQuoted, isEscaped) = (false, false)
  for scalar in line.unicodeScalars {
    if isEscaped {
      word = (word ?? "") + String(scalar)
      isEscaped = false
    } else if scalar == "'" {
      isQuoted.toggle()
      word = word ?? ""
    } else if isQuoted {
      word = (word ?? "") + String(scalar)
    } else if scalar == "\\" {
      isEscaped = true
    } else if scalar == " " || scalar == "\n" {
      word.map { words.append($0) }
      word = nil
    } else {
      word = (word ?? "") + String(scalar)
    }
  }
  word.map { words.append($0) }
  return words
}
