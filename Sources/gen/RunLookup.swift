import CLibrary
import Files
import Runs

/// How the command finds runs.
enum RunLookup {
  /// The folder of all runs.
  static let root = "runs"

  /// Whether there is a run of that name or path, or a pretrained model.
  static func exists(_ name: String) -> Bool { (try? find(name)) != nil }

  /// The run of that name or path, or the pretrained model of that name; for nil the run that was
  /// started last, of those kinds if any are given.
  ///
  /// - Parameters:
  ///   - root: the folder of all runs.
  ///   - others: what else may have been meant by a name.
  /// - Throws: `FileError` when there is none, with the name that was probably meant.
  static func find(
    _ name: String?, in root: String = root, kinds: [String]? = nil, orNames others: [String] = []
  ) throws -> RunFolder {
    guard let name else {
      guard let fitting = newest(of: kinds, in: root) else { throw none(of: kinds, in: root) }
      return fitting.run
    }
    if name.contains("/") || access("\(root)/\(name)", F_OK) != 0 && access(name, F_OK) == 0 {
      return try RunFolder(path: name)
    }
    if access("\(root)/\(name)", F_OK) == 0 { return try RunFolder(path: "\(root)/\(name)") }
    if let model = Pretrained.find(name) { return model }
    let meant = suggestion(for: name, among: names(in: root) + others)
    // A program that was moved away from its models says where it looks for them.
    let place =
      meant.isEmpty && Pretrained.all.isEmpty
      ? ", nor any pretrained model in \(Pretrained.folders.joined(separator: ", ")); GEN_HOME may name their folder"
      : ""
    throw FileError(.missing, "\(root)/\(name)", "there is no such run\(place)\(meant)")
  }

  /// The run of that name or path; for nil the one of those kinds that was started last, or where there
  /// is none yet the pretrained model of the first of the kinds that has one bundled. Standard
  /// error is told which.
  ///
  /// - Parameters:
  ///   - flag: the one by which only those kinds fit.
  ///   - use: what is done with the run, such as "sampling from".
  /// - Throws: `FileError` when there is none, with what there is.
  static func findOrPretrained(
    _ name: String?, _ use: String, kinds: [String], fitting flag: String? = nil
  ) throws -> RunFolder {
    if let name { return try find(name) }
    if let run = newest(of: kinds) {
      writeToStandardError("\(use) \(run.run.name)\n")
      return run.run
    }
    let models = Pretrained.all
    guard let model = kinds.lazy.compactMap({ kind in models.first { $0.kind == kind } }).first
    else {
      throw none(of: kinds, fitting: flag)
    }
    writeToStandardError("\(use) \(model.run.name), which is pretrained\n")
    return model.run
  }

  /// The runs of those names or paths, each once, as a command takes them that removes something.
  /// - Throws: `FileError` when there is none of a name, or it is a pretrained model.
  static func own(_ names: [String]) throws -> [RunFolder] {
    var (runs, known) = ([RunFolder](), Set<BytePath>())
    for name in names {
      let run = try find(name)
      if let folder = Pretrained.home(of: run) {
        throw FileError(
          .badData, run.path, "is a pretrained model, as all in \(folder) are, and stays as it is")
      }
      let place = (try? BytePath(run.path).withoutLinks()) ?? BytePath(run.path)
      if known.insert(place).inserted { runs.append(run) }
    }
    return runs
  }

  /// The names of all runs and of the pretrained models.
  static var names: [String] { names(in: root) }

  private static func names(in root: String) -> [String] {
    (RunSummary.all(in: root) + Pretrained.all).map(\.run.name)
  }

  /// Says which runs are left out, since no word can name them.
  static func tellOfUnnamed(in root: String = root) {
    for path in RunSummary.unnamed(in: root) {
      writeToStandardError("passing over \(path): its name is not UTF-8; rename it\n")
    }
  }

  private static func newest(of kinds: [String]?, in root: String = root) -> RunSummary? {
    tellOfUnnamed(in: root)
    return RunSummary.all(in: root).first { summary in
      kinds.map { $0.contains(summary.kind ?? "") } ?? true
    }
  }

  /// What to say where no run is of the kinds that are asked for.
  private static func none(
    of kinds: [String]?, in root: String = root, fitting flag: String? = nil
  ) -> FileError {
    let what = kinds.map { "run of the kind \($0.joined(separator: " or "))" } ?? "run"
    let purpose = flag.map { ", which \($0) is for" } ?? ""
    func told(_ run: RunSummary) -> String { "\(run.run.name) (\(run.kind ?? "unknown kind"))" }
    let others = [
      ("the runs", RunSummary.all(in: root)), ("the pretrained", Pretrained.all),
    ].filter { !$1.isEmpty }.map { title, runs in
      "\(title) \(runs.prefix(5).map(told).joined(separator: ", "))\(runs.count > 5 ? " ..." : "")"
    }
    return FileError(
      .missing, root,
      "there is no \(what) yet\(purpose): gen train \(kinds?.first ?? "gan") makes one"
        + (others.isEmpty ? "" : "; there are \(others.joined(separator: ", and "))"))
  }
}
