/// The name that was probably meant by `word`, or nil where none is near, or it is one itself.
///
/// A name is near when few letters differ, when it ends with the whole word ("channels" for
/// "model.channels"), or when one begins with the other ("evaluate" for "eval").
public func nearestName(to word: String, among names: [String]) -> String? {
  let distances = names.map { name in
    let distance = editDistance(Array(word), Array(name))
    if name.hasSuffix(".\(word)") { return 1 }
    // What a key begins with is its section, and not what was meant by it.
    let isBeginning =
      min(word.count, name.count) >= 3 && !word.hasPrefix("\(name).")
      && (name.hasPrefix(word) || word.hasPrefix(name))
    return isBeginning ? min(distance, 2) : distance
  }
  guard let least = distances.min(), least > 0, least <= max(2, word.count / 4),
    let index = distances.firstIndex(of: least), 2 * least <= names[index].count
  else { return nil }
  return names[index]
}

/// What to add to a message about a word that is none of those names: the name that was probably
/// meant, as a question, or nothing where none is near.
public func suggestion(for word: String, among names: [String]) -> String {
  nearestName(to: word, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
}

/// How many letters must be added, removed, changed or swapped with their neighbor to make `b` of `a`
/// (Damerau's distance in its restricted form).
func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var twoBack: [Int] = []
  var previous = Array(0...b.count)
  for i in a.indices {
    var current = [i + 1]
    for j in b.indices {
      let changed = previous[j] + (a[i] == b[j] ? 0 : 1)
      var least = min(changed, previous[j + 1] + 1, current[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, twoBack[j - 1] + 1) }
      current.append(least)
    }
    (twoBack, previous) = (previous, current)
  }
  return previous[b.count]
}
