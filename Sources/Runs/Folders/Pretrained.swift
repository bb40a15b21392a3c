import Files

/// Trained models that are bundled with the program: runs without what only training needs.
public enum Pretrained {
  /// Where they are looked for, in turn: in $GEN_HOME, beside the program's folder, and in the source's
  /// `samples` where one works there.
  public static var folders: [String] {
    let home = environmentVariable("GEN_HOME").flatMap { $0.isEmpty ? nil : $0 }
    let program = programPath()?.text.map { folder(of: $0) }
    return [home, program.map { "\($0)/../share/gen" }, "samples/pretrained"].compactMap { $0 }
  }

  /// The model of that name, or nil where there is none.
  public static func find(_ name: String) -> RunFolder? {
    folders.lazy.compactMap { try? RunFolder(path: "\($0)/\(name)") }.first
  }

  /// The folder of pretrained models that a run is in, whatever path leads there; nil where it is in none of them.
  public static func home(of run: RunFolder) -> String? {
    guard let parent = try? BytePath(run.path).withoutLinks().components.dropLast() else {
      return nil
    }
    return folders.first { folder in
      (try? BytePath(folder).withoutLinks().components).map { $0[...] == parent } ?? false
    }
  }

  /// All models that are found by name, in the order of their names.
  public static var all: [RunSummary] {
    let names = Set(folders.flatMap { (try? folderContents($0)) ?? [] })
    return names.filter { !$0.hasPrefix(".") }.sorted().compactMap(find).map(RunSummary.init)
  }
}
