import Datasets
import Evaluation
import Files
import Images
import Models
import Runs

/// Lets models draw and write for a night of the gallery.
struct GalleryArtist {
  let options: GalleryOptions
  let version: String

  /// What a model has made.
  struct Work {
    var exhibit: GalleryNight.Exhibit
    /// Its files, by their names in the night's folder.
    var files: [(name: String, bytes: [UInt8])] = []
    /// Its pictures, if it draws.
    var pictures: [Image] = []
  }

  /// How many pictures are judged, where judging is asked for.
  private static let judged = 500
  /// How many pictures a film shows.
  private static let filmed = 4

  /// Lets a model draw or write.
  /// - Throws: `FileError`, `RecipeError`, `SamplingError` when it cannot.
  func work(of candidate: GalleryCandidate, folder: String) throws -> Work {
    let run = candidate.run
    let kind = try RecipeDocument(path: run.recipePath).kind
    var work = Work(
      exhibit: .init(
        name: run.name, folder: folder, kind: kind, isPretrained: candidate.isPretrained))
    if textKinds.contains(kind) {
      try write(TrainedText(run), &work)
    } else {
      let sampler = try pictureSampler(of: run)
      (work.exhibit.step, work.exhibit.data) = (sampler.step, sampler.learnedData.name)
      switch sampler {
      case let sampler as GANSampler: try draw(sampler, &work)
      case let sampler as DiffusionSampler: try draw(sampler, &work)
      default: preconditionFailure("a sampler that the gallery does not know")
      }
      work.exhibit.figures += SampleStatistics.figures(of: work.pictures)
      if options.evaluates { evaluate(sampler, &work) }
    }
    try addMeasurements(of: run, &work.exhibit)
    work.exhibit.figures.removeAll { !$0.value.isFinite }
    return work
  }

  // MARK: - Pictures

  private func draw(_ sampler: GANSampler, _ work: inout Work) throws {
    work.exhibit.settings = "seed \(options.seed)"
    let text = provenance(
      of: sampler.run, sampler.step, GANRecipe.kind, ["--count", "\(options.count)"])
    let pictures = sampler.pictures(0..<options.count, seed: options.seed)
    try add(pictures, text, labels: nil, &work)
    // The still has every third picture of the film, so that both show one way.
    let (stills, frames) = (10, 28)
    let way = sampler.interpolation(rows: Self.filmed, columns: frames, seed: options.seed)
    let rows = (0..<Self.filmed).map { way[$0 * frames..<($0 + 1) * frames] }
    let still = rows.flatMap { row in row.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
    }
    let there = (0..<frames).map { frame in
      ImageGrid(columns: 2).picture(of: rows.map { $0[$0.startIndex + frame] })
    }
    try add(
      ImageGrid(columns: stills).picture(of: still),
      try Image.animatedPNGData(
        there + there[1..<frames - 1].reversed(), delay: 0.1, text: text.text),
      title: "Latent walk",
      caption: "Each row goes from one random vector to another along the sphere.",
      "walk", text, &work)
  }

  private func draw(_ opened: DiffusionSampler, _ work: inout Work) throws {
    var sampler = opened
    let steps = min(options.steps, sampler.recipe.schedule.steps)
    sampler.options = sampler.recipe.sampler(steps: steps)
    let kind = sampler.options.kind.rawValue
    work.exhibit.settings = "seed \(options.seed), \(kind), \(steps) steps"
    let text = provenance(
      of: sampler.run, sampler.step, kind, ["--count", "\(options.count)", "--steps", "\(steps)"],
      [("steps", "\(steps)")])
    var film = DenoisingFilm(of: sampler, count: Self.filmed)
    let pictures = try sampler.pictures(0..<options.count, seed: options.seed) { film.add($0, $1) }
    let names = sampler.classNames
    let labels =
      names.isEmpty || sampler.classCount == 0
      ? nil : pictures.indices.map { names[$0 % sampler.classCount % names.count] }
    try add(pictures, text, labels: labels, &work)
    let moving = Film(frames: film.frames, delay: 0.08, finalDelay: 2)
    try add(
      film.strip(), try moving.grid(columns: 2, text: text.text), title: "Denoising",
      caption: "From noise to picture, at ten of the \(sampler.plan().count) evaluations.",
      "denoising", text, &work)
  }

  private func add(
    _ pictures: [Image], _ text: Provenance, labels: [String]?, _ work: inout Work
  ) throws {
    work.pictures = pictures
    work.exhibit.command = text.command
    for (number, picture) in pictures.enumerated() {
      let name = "\(work.exhibit.folder)/\(padded(number + 1, 3)).png"
      work.files.append((name, try picture.pngData(text: text.text)))
      work.exhibit.pieces.append(
        .init(file: name, hash: picture.fingerprint, label: labels?[number]))
    }
  }

  private func add(
    _ still: Image, _ moving: [UInt8], title: String, caption: String, _ name: String,
    _ text: Provenance, _ work: inout Work
  ) throws {
    let names = ["", "-film"].map { "\(work.exhibit.folder)/\(name)\($0).png" }
    work.files += [(names[0], try still.pngData(text: text.text)), (names[1], moving)]
    work.exhibit.films.append(
      .init(
        title: title, caption: caption, still: names[0], width: still.width, height: still.height,
        moving: names[1]))
  }

  /// Where a picture or a text comes from, and what makes it again.
  private func provenance(
    of run: RunFolder, _ step: Int, _ sampler: String, _ flags: [String],
    _ settings: [(key: String, value: String)] = []
  ) -> Provenance {
    let words = ["gen", "sample", run.name, "--step", "\(step)", "--seed", "\(options.seed)"]
    return Provenance(
      version: version, run: run.name, step: step, seed: options.seed, sampler: sampler,
      settings: settings, command: words + flags)
  }

  // MARK: - Texts

  private func write(_ trained: TrainedText, _ work: inout Work) throws {
    var generator = TextGenerator(trained.model, trained.tokenizer)
    generator.length = options.length
    (work.exhibit.step, work.exhibit.data) = (trained.step, trained.learnedData.name)
    let temperature = brief(generator.sampling.temperature)
    work.exhibit.settings =
      "seed \(options.seed), temperature \(temperature), \(options.length) tokens"
    var texts: [String] = []
    var commands: [String] = []
    for (number, prompt) in options.prompts.enumerated() {
      let isKnown = (try? trained.tokenizer.encode(prompt)) != nil
      commands.append(
        provenance(
          of: trained.run, trained.step, "temperature \(temperature)",
          ["--length", "\(options.length)", "--prompt", prompt]
            + (isKnown ? [] : ["--on-unknown", "skip"])
        ).command)
      let text = try generator(prompt, seed: options.seed, unknown: .skip).texts[0]
      let name = "\(work.exhibit.folder)/\(padded(number + 1, 3)).txt"
      work.files.append((name, Array(text.utf8)))
      work.exhibit.pieces.append(
        .init(file: name, hash: fingerprint { $0.add(text) }, label: prompt))
      texts.append(text)
    }
    work.exhibit.command = commands.joined(separator: "\n")
    work.exhibit.figures += SampleStatistics.figures(of: texts)
    guard options.evaluates else { return }
    do {
      let report = try trained.report()
      work.exhibit.figures.append(
        .init(
          name: "nats_per_character", value: report.natsPerCharacter,
          note: "n-gram \(brief(report.ngramNatsPerCharacter))"))
    } catch {
      work.exhibit.notes.append("Not judged: \(trained.learnedData.withoutPlaces("\(error)")).")
    }
  }

  // MARK: - Measurements

  /// What its training has measured.
  private func addMeasurements(
    of run: RunFolder, _ exhibit: inout GalleryNight.Exhibit
  ) throws {
    let report = try RunReport(run)
    var figures: [GalleryNight.Figure] = []
    let own = exhibit.step.flatMap { step in
      (try? run.checkpoints.checkpoint(ofStep: step))?.metric.map { ($0, step) }
    }
    if let (metric, step) = report.best ?? own {
      figures.append(
        .init(
          name: "best_\(metric.name)", value: metric.value, note: "at step \(brief(Double(step)))"))
    }
    figures += report.latestLosses.map { .init(name: $0.name, value: $0.value, note: "last") }
    exhibit.figures.insert(contentsOf: figures, at: 0)
  }

  /// Compares pictures with held-out ones; where there is no judge, that is said.
  private func evaluate(_ sampler: any PictureSampler, _ work: inout Work) {
    do {
      let judge = try PictureEvaluation(with: sampler.learnedData, by: nil)
      let pictures = try sampler.pictures(0..<Self.judged, seed: options.seed, classes: nil)
      let report = try judge(pictures)
      let (measures, floor) = (report.measures, report.floor)
      if let caution = report.caution { work.exhibit.notes.append("\(caution).") }
      work.exhibit.figures += [
        ("frechet_distance", measures.frechetDistance, floor.frechetDistance),
        ("kernel_distance", measures.kernelDistance, floor.kernelDistance),
        ("precision", measures.precision, floor.precision),
        ("recall", measures.recall, floor.recall),
      ].map { .init(name: $0.0, value: $0.1, note: "floor \(brief($0.2))") }
    } catch {
      work.exhibit.notes.append("Not judged: \(sampler.learnedData.withoutPlaces("\(error)")).")
    }
  }
}

/// A fingerprint as sixteen hexadecimal digits.
private func fingerprint(_ fill: (inout ContentHash) -> Void) -> String {
  var hash = ContentHash()
  fill(&hash)
  let digits = String(hash.value, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

extension Image {
  /// A fingerprint of the size and the pixels.
  fileprivate var fingerprint: String {
    Reports.fingerprint { hash in
      for number in [width, height, channels] { hash.add(number) }
      pixels.withUnsafeBytes { hash.add($0) }
    }
  }
}
