import Datasets
import Evaluation
import Files
import Images
import Models
import Runs

/// Lets models draw and write for a night of the gallery.
struct GalleryRenderer {
  let options: GalleryOptions
  let version: String

  /// What a model has made.
  struct Work {
    var entry: GalleryNight.Entry
    /// Its files, by their names in the night's folder.
    var files: [(name: String, bytes: [UInt8])] = []
    /// Its images, if it generates any.
    var images: [Image] = []
  }

  /// How many images are evaluated, where that is asked for.
  private static let evaluated = 500

  /// What texts begin with where it is not known what the model has learned from.
  private static let prompts = ["", "The ", "In the beginning"]

  /// Lets a model draw or write.
  /// - Throws: `FileError`, `RecipeError`, `SamplingError` when it cannot.
  func work(of candidate: GalleryCandidate, folder: String) throws -> Work {
    let opened = try OpenedRun(candidate.run)
    var work = Work(
      entry: .init(
        name: opened.run.name, folder: folder, kind: opened.kind.kind,
        isPretrained: candidate.isPretrained))
    switch opened.kind.output {
    case .text: try write(opened.text(), &work)
    case .images, .classes:
      let sampler = try opened.imageSampler()
      (work.entry.step, work.entry.data) = (sampler.step, sampler.learnedData.name)
      try show(sampler, &work)
      let learned = examples(of: sampler.run, size: work.images.first, &work)?.images ?? []
      work.entry.figures += SampleStatistics.figures(of: work.images, beside: learned)
      if options.evaluates { evaluate(sampler, &work) }
    }
    try addMeasurements(of: opened.run, &work.entry)
    work.entry.figures.removeAll { !$0.value.isFinite }
    return work
  }

  /// Some of what a model has learned from, in images as large as that one; nil, and a note of why, where it cannot be
  /// read: samples can be shown without it.
  private func examples(
    of run: RunFolder, size: Image? = nil, _ work: inout Work
  ) -> LearnedExamples? {
    do {
      return try LearnedExamples(of: run, width: size?.width ?? 0, height: size?.height ?? 0)
    } catch {
      let name = run.examplesPath.map { lastComponent(of: $0) } ?? "it"
      work.entry.notes.append(
        "Nothing that it has learned from stands beside its measures: \(name) cannot be read.")
      return nil
    }
  }

  // MARK: - Images

  private func show(_ sampler: any ImageSampler, _ work: inout Work) throws {
    let shown = try sampler.demonstration(
      count: options.count, steps: options.steps, seed: options.seed)
    work.entry.settings = ["seed \(options.seed)", shown.settings].filter { !$0.isEmpty }
      .joined(separator: ", ")
    let text = provenance(
      of: sampler.run, sampler.step, shown.sampler, ["--count", "\(options.count)"] + shown.flags,
      shown.parameters)
    try add(shown.images, text, labels: shown.labels, &work)
    let animation = shown.animation
    try add(
      animation.still, try animation.pngData(text.text), title: animation.title,
      caption: animation.caption, animation.name, text, &work)
  }

  private func add(
    _ images: [Image], _ text: Provenance, labels: [String]?, _ work: inout Work
  ) throws {
    work.images = images
    work.entry.command = text.command
    for (number, image) in images.enumerated() {
      let name = "\(work.entry.folder)/\(padded(number + 1, 3)).png"
      work.files.append((name, try image.pngData(text: text.text)))
      work.entry.samples.append(
        .init(file: name, hash: image.fingerprint, label: labels?[number]))
    }
  }

  private func add(
    _ still: Image, _ moving: [UInt8], title: String, caption: String, _ name: String,
    _ text: Provenance, _ work: inout Work
  ) throws {
    let names = ["", "-animation"].map { "\(work.entry.folder)/\(name)\($0).png" }
    work.files += [(names[0], try still.pngData(text: text.text)), (names[1], moving)]
    work.entry.animations.append(
      .init(
        title: title, caption: caption, still: names[0], width: still.width, height: still.height,
        moving: names[1]))
  }

  /// Where an image or a text comes from, and what makes it again.
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
    (work.entry.step, work.entry.data) = (trained.step, trained.learnedData.name)
    let temperature = brief(generator.sampling.temperature)
    work.entry.settings =
      "seed \(options.seed), temperature \(temperature), \(options.length) tokens"
    var texts: [String] = []
    var commands: [String] = []
    let examples = examples(of: trained.run, &work)
    let prompts = options.prompts ?? examples?.prompts ?? Self.prompts
    for (number, prompt) in prompts.enumerated() {
      let isKnown = (try? trained.tokenizer.encode(prompt)) != nil
      commands.append(
        provenance(
          of: trained.run, trained.step, "temperature \(temperature)",
          ["--length", "\(options.length)", "--prompt", prompt]
            + (isKnown ? [] : ["--on-unknown", "skip"])
        ).command)
      let text = try generator(prompt, seed: options.seed, unknown: .skip).texts[0]
      let name = "\(work.entry.folder)/\(padded(number + 1, 3)).txt"
      work.files.append((name, Array(text.utf8)))
      work.entry.samples.append(
        .init(file: name, hash: fingerprint { $0.add(text) }, label: prompt))
      texts.append(text)
    }
    work.entry.command = commands.joined(separator: "\n")
    work.entry.figures += SampleStatistics.figures(of: texts, beside: examples?.text)
    guard options.evaluates else { return }
    do {
      let report = try trained.report()
      work.entry.figures.append(
        .init(
          name: "nats_per_character", value: report.natsPerCharacter,
          note: "n-gram \(brief(report.ngramNatsPerCharacter))"))
    } catch {
      work.entry.notes.append("Not evaluated: \(trained.learnedData.withoutPlaces("\(error)")).")
    }
  }

  // MARK: - Measurements

  /// What its training has measured.
  private func addMeasurements(
    of run: RunFolder, _ entry: inout GalleryNight.Entry
  ) throws {
    let report = try RunReport(run)
    var figures: [GalleryNight.Figure] = []
    let own = entry.step.flatMap { step in
      (try? run.checkpoints.checkpoint(ofStep: step))?.metric.map { ($0, step) }
    }
    if let (metric, step) = report.best ?? own {
      figures.append(
        .init(
          name: "best_\(metric.name)", value: metric.value, note: "at step \(brief(Double(step)))"))
    }
    figures += report.latestLosses.map { .init(name: $0.name, value: $0.value, note: "last") }
    entry.figures.insert(contentsOf: figures, at: 0)
  }

  /// Compares images with held-out ones; where that cannot be done, it is said.
  private func evaluate(_ sampler: any ImageSampler, _ work: inout Work) {
    do {
      let evaluation = try ImageEvaluation(with: sampler.learnedData, by: nil)
      let images = try sampler.images(0..<Self.evaluated, seed: options.seed, classes: nil)
      let report = try evaluation(images)
      let (measures, floor) = (report.measures, report.floor)
      if report.classifier == nil { work.entry.notes.append("Compared by \(report.judge).") }
      if let caution = report.caution { work.entry.notes.append("\(caution).") }
      work.entry.figures += [
        ("frechet_distance", measures.frechetDistance, floor.frechetDistance),
        ("kernel_distance", measures.kernelDistance, floor.kernelDistance),
        ("precision", measures.precision, floor.precision),
        ("recall", measures.recall, floor.recall),
      ].map { .init(name: $0.0, value: $0.1, note: "floor \(brief($0.2))") }
    } catch {
      work.entry.notes.append("Not evaluated: \(sampler.learnedData.withoutPlaces("\(error)")).")
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
