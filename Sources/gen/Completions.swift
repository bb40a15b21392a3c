import ArgumentParser
import Datasets
import Files
import Foundation
import Models
import Runs

/// What the shell is told when a user presses Tab: names that there are at that moment.
extension CompletionKind {
  /// The names of runs and of pretrained models, of those kinds if any are given.
  static func runs(of kinds: [String]? = nil) -> CompletionKind {
    .custom { _, _, prefix in
      matching(
        prefix,
        (RunSummary.all(in: RunLookup.root) + Pretrained.all)
          .filter { run in kinds.map { $0.contains(run.kind ?? "") } ?? true }.map(\.run.name))
    }
  }

  /// The names of runs, without pretrained models.
  static var ownRuns: CompletionKind {
    .custom { _, _, prefix in matching(prefix, RunFolder.all(in: RunLookup.root).map(\.name)) }
  }

  /// The names of recipes, aliases included; with --resume those of runs.
  static var recipes: CompletionKind {
    .custom { words, _, prefix in
      matching(prefix, words.contains("--resume") ? RunLookup.names : Recipes.allNames)
    }
  }

  /// The names of data sets of images and of texts.
  static var data: CompletionKind {
    .custom { _, _, prefix in matching(prefix, ImageDataset.names + TextSource.names) }
  }

  /// The keys of the recipe that the command line names, each with the sign that a value follows, and
  /// after that sign what it is a choice of.
  static var settings: CompletionKind {
    .custom { words, _, prefix in
      let named = words.lazy.compactMap { try? recipeKind(of: Recipes.document($0)) }.first
      return named.map { settings(of: $0).filter { $0.hasPrefix(prefix) } } ?? []
    }
  }

  /// Files of images.
  static var image: CompletionKind { .file(extensions: ["png", "jpg", "jpeg"]) }

  private static func settings<R: Recipe>(of kind: R.Type) -> [String] {
    R.schema.keys.flatMap { key in
      (key.choices.isEmpty ? [""] : key.choices).map { "\(key.path)=\($0)" }
    }
  }
}

/// The names that begin with `prefix`, or the paths where none does: a path may stand in the place of
/// every name.
private func matching(_ prefix: String, _ names: [String]) -> [String] {
  let matching = names.filter { $0.hasPrefix(prefix) && oneLine($0) == $0 }
  guard matching.isEmpty else { return matching }
  let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
  let place = folder.isEmpty ? "." : NSString(string: folder).expandingTildeInPath
  // Shells take a line for each, and gen takes no words that are no UTF-8.
  return ((try? BytePath(place).names()) ?? []).filter { !$0.isHidden }.compactMap(\.text)
    .filter { oneLine($0) == $0 }.map { folder + $0 }.filter { $0.hasPrefix(prefix) }
}
