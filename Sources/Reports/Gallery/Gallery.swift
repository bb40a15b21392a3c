import Files
import Foundation
import Models
import Runs

/// A site of what all models generate, nightly, with the same seeds and prompts.
public struct Gallery {
  private let site: GallerySite
  private let options: GalleryOptions
  private let version: String
  private let tell: (String) -> Void

  /// A gallery in that folder.
  ///
  /// - Parameters:
  ///   - version: the program's, which images record.
  ///   - tell: takes a line for each thing that happens.
  public init(
    path: String, _ options: GalleryOptions, version: String,
    operations: any FileOperations = SystemFiles(), tell: @escaping (String) -> Void = { _ in }
  ) {
    site = GallerySite(path: path, operations: operations)
    (self.options, self.version, self.tell) = (options, version, tell)
  }

  /// The page about all nights.
  public var indexPath: String { site.indexPath }

  /// Lets all runs in a folder and all pretrained models draw and write, and puts the night in place.
  /// - Returns: The night; its `missed` are the models that were shown before and could not be.
  /// - Throws: `FileError`: locked when another process is at it, missing when there is no model, and
  ///   when the site cannot be written, which is as it was then.
  public func openNight(runs root: String) throws -> GalleryNight {
    let site = try site.held(for: options.date)
    let (nights, problems) = site.nights()
    for problem in problems { tell("a night that cannot be read is left out: \(problem)") }
    let works = try self.works(
      of: GalleryCandidate.all(runs: root), in: root, since: nights.first { $0.date < options.date }
    )
    let night = GalleryNight(
      date: options.date, version: version, entries: works.map(\.entry))
    var files = works.flatMap(\.files)
    let texts = files.filter { $0.name.hasSuffix(".txt") }
      .map { ($0.name, String(decoding: $0.bytes, as: UTF8.self)) }
    if let cover = GalleryCover(of: works.map(\.images)) {
      files.append((GalleryCover.fileName, try cover.image.pngData()))
    }
    let page = GalleryNightPage(night: night, texts: Dictionary(texts) { $1 })
    files.append((GallerySite.pageName, Array(page.text.utf8)))
    files.append((GalleryNight.fileName, try night.encoded()))
    try site.publish(night, files: files, keep: options.keep) { GalleryPage(nights: $0).text }
    return night
  }

  /// What all models make, and of those that could not and of those that are gone, why.
  private func works(
    of candidates: [GalleryCandidate], in root: String, since before: GalleryNight?
  ) throws -> [GalleryRenderer.Work] {
    let gone = (before?.shown ?? []).filter { old in
      !candidates.contains { $0.run.name == old.name }
    }
    let folders = Self.folders(of: candidates.map(\.run.name) + gone.map(\.name))
    var works = candidates.compactMap { candidate in
      work(of: candidate, folder: folders[candidate.run.name] ?? "", since: before)
    }
    // Where nothing at all is found, it was rather looked for in the wrong place than all removed.
    guard works.contains(where: { $0.entry.failure == nil || $0.entry.lastShown != nil }) else {
      throw FileError(
        .missing, root,
        "there is no run or pretrained model that can draw or write: gen train gan makes one")
    }
    works += gone.map { old in
      let entry = GalleryNight.Entry(
        name: old.name, folder: folders[old.name] ?? "", kind: old.kind,
        isPretrained: old.isPretrained)
      return failed(
        entry, "is gone: it is neither in \(root) nor among the pretrained models", since: before)
    }
    return works
  }

  /// What a model makes, and how that differs from the night before; nil for one that is passed over.
  private func work(
    of candidate: GalleryCandidate, folder: String, since before: GalleryNight?
  ) -> GalleryRenderer.Work? {
    let name = candidate.run.name
    let reason = candidate.reasonToSkip
    if let reason, before?.entries.contains(where: { $0.name == name }) != true {
      tell("\(name): \(reason): passed over")
      return nil
    }
    var work: GalleryRenderer.Work
    do {
      if let reason { throw FileError(.badData, candidate.run.path, reason) }
      work = try GalleryRenderer(options: options, version: version)
        .work(of: candidate, folder: folder)
    } catch {
      let entry = GalleryNight.Entry(
        name: name, folder: folder, kind: candidate.summary.kind,
        isPretrained: candidate.isPretrained, step: candidate.summary.step)
      return failed(entry, "\(error)", since: before)
    }
    if let before { compare(&work, with: before) }
    let different = work.entry.change.map { $0.different.count }
    tell(
      "\(name): \(work.entry.kind ?? ""), step \(work.entry.step ?? 0): shown, "
        + (different.map { $0 == 0 ? "as before" : "\($0) of \(work.entry.samples.count) differ" }
          ?? "new"))
    return work
  }

  /// What stands in the place of a model that could not be sampled.
  private func failed(
    _ entry: GalleryNight.Entry, _ reason: String, since before: GalleryNight?
  ) -> GalleryRenderer.Work {
    tell("\(entry.name): not shown: \(reason)")
    var entry = entry
    entry.failure = reason
    let old = before?.entries.first { $0.name == entry.name }
    // One that stays broken stays a reason to look.
    entry.lastShown = old.flatMap { $0.failure == nil ? before?.date : $0.lastShown }
    return GalleryRenderer.Work(entry: entry)
  }

  /// Finds what differs from the night before, of which it keeps a copy.
  private func compare(_ work: inout GalleryRenderer.Work, with before: GalleryNight) {
    let new = work.entry
    guard let old = before.shown.first(where: { $0.name == new.name }) else { return }
    guard old.settings == new.settings, old.kind == new.kind else {
      work.entry.notes.append(
        "\(GalleryNight.Entry.notCompared) with \(before.date.words), when it was done otherwise: \(old.settings)."
      )
      return
    }
    var same = 0
    var different: [GalleryNight.Difference] = []
    for (place, (now, then)) in zip(new.samples, old.samples).enumerated()
    where now.label == then.label {
      guard now.hash != then.hash else {
        same += 1
        continue
      }
      do {
        let path = "\(site.folder(of: before.date))/\(then.file)"
        let bytes = try InputFile(path).readAll(limit: 64 << 20)
        let name = "\(new.folder)/before/\(padded(place + 1, 3)).\(now.isText ? "txt" : "png")"
        work.files.append((name, bytes))
        different.append(.init(sample: place, file: name, hash: then.hash))
      } catch { work.entry.notes.append("\(GalleryNight.Entry.notCompared): \(error).") }
    }
    work.entry.change = .init(date: before.date, same: same, different: different)
  }

  /// Names as parts of addresses, all different.
  private static func folders(of names: [String]) -> [String: String] {
    var taken: Set<String> = []
    let pairs = names.map { name -> (String, String) in
      let letters = name.unicodeScalars.prefix(60).map { scalar -> Character in
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_": Character(scalar)
        default: "-"
        }
      }
      var folder = String(letters)
      // Some file systems take upper and lower case for the same.
      while !taken.insert(folder.lowercased()).inserted { folder += "-2" }
      return (name, folder)
    }
    return Dictionary(pairs) { first, _ in first }
  }
}

/// What a night of the gallery has.
public struct GalleryOptions: Sendable {
  /// The night.
  public var date = GalleryDate.today
  /// How many nights are kept.
  public var keep = 14
  /// Images to sample from each model.
  public var count = 40
  /// The seed of all images and texts.
  public var seed: UInt64 = 0
  /// How many steps a denoising has, or as many as the model was trained with where these are fewer; nil
  /// for the model's own.
  public var steps: Int?
  /// What texts begin with; an empty one lets the model begin. Nil for nothing, and what lines of the text
  /// begin with that a model has learned from.
  public var prompts: [String]?
  /// Tokens to generate.
  public var length = 400
  /// Whether models are evaluated on held-out data, too.
  public var evaluates = false

  /// The defaults.
  public init() {}
}

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
      return "is a classifier, which generates nothing"
    }
    return summary.step == nil ? "has no checkpoint yet" : nil
  }
}
