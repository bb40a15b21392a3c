/// The name that was probably meant by `word`, or nil where none is near.
///
/// A name is near when few letters differ, or when it ends with the whole word: "channels" for
/// "model.channels".
public func nearestName(to word: String, among names: [String]) -> String? {
  let distances = names.map { name in
    name.hasSuffix(".\(word)") ? 1 : editDistance(Array(word), Array(name))
  }
  guard let least = distances.min(), least <= max(2, word.count / 4),
    let index = distances.firstIndex(of: least), least < names[index].count
  else { return nil }
  return names[index]
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
