/// Folders that are named after parts of a data set, as many are unpacked, and not after classes.
enum SplitFolders {
  private static let training: Set = ["train", "training"]
  private static let others: Set = [
    "val", "valid", "validation", "dev", "test", "testing", "eval", "held-out", "holdout",
  ]

  /// What to say of a folder whose first level has these names; nil where they are others.
  static func hint(_ names: [String], in folder: String) -> String? {
    let names = names.filter { $0 != "." }
    let parts = names.filter { training.union(others).contains($0.lowercased()) }
    let first = names.first { training.contains($0.lowercased()) }
    guard parts == names, let chosen = first ?? (names.count > 1 ? names.first : nil) else {
      return nil
    }
    return
      "the first level is \(names.joined(separator: ", ")), which looks like parts of a data set: "
      + "all are learned from, and their names are taken for classes; to learn from one, name "
      + "\(folder)/\(chosen), of which every tenth file or so is held out"
  }
}
