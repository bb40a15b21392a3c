import Models
import Runs

/// A model that may be in the gallery.
struct GalleryCandidate {
  let summary: RunSummary
  let isPretrained: Bool

  var run: RunFolder { summary.run }

  /// All runs in a folder, the one started last first, then the pretrained models; of one name the
  /// first, as everywhere.
  static func all(runs root: String) -> [GalleryCandidate] {
    var names: Set<String> = []
    let runs = RunSummary.all(in: root).map { GalleryCandidate(summary: $0, isPretrained: false) }
    let pretrained = Pretrained.all.map { GalleryCandidate(summary: $0, isPretrained: true) }
    return (runs + pretrained).filter { names.insert($0.run.name).inserted }
  }

  /// Why it has nothing to show, where that is no failure.
  var reasonToSkip: String? {
    if kinds(making: .classes).contains(summary.kind ?? "") {
      return "is a classifier, which draws nothing"
    }
    return summary.step == nil ? "has no checkpoint yet" : nil
  }
}
