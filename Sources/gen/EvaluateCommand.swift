import ArgumentParser
import Compute
import Datasets
import Evaluation
import Files
import Foundation
import Images
import Models
import Reports
import Runs

/// `gen eval`: says how good images are, or a classifier or a model of text is.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Evaluates a run: its images against real ones, or its loss on held-out text.",
    discussion: """
      gen eval gan-001                              against held-out images
      gen eval gan-001 --count 10000 --json
      gen eval diffusion-001 --sampler dpm --steps 10 --guidance 1.5
      gen eval images --data fashion-mnist          a folder of images
      gen eval gan-002 --classifier classifier-001  for images of other kinds
      gen eval classifier-001                       accuracy on held-out images
      gen eval transformer-001 --json               nats a character, held out
      gen eval transformer-001 --precision int8     with its weights rounded

      Distances are best at 0, precision (do the images look right?) and recall
      (is all of it covered?) at 1. Beside each stands the floor: the same measure
      of real images. Figures go with the features and with the count, and are
      not the FID or KID of another program. Features are a classifier's, or, for
      images that there is none for, those of an untrained network.
      """)

  @Argument(
    help: ArgumentHelp(
      "A run's name or folder, a folder of images or a data set's name; the newest run by default.",
      valueName: "what"),
    completion: .runs())
  var what: String?

  @Option(help: ArgumentHelp("How many images to sample, or to take.", valueName: "n"))
  var count: Int?

  @Option(
    help: ArgumentHelp("Seed of the generated images; 0 by default.", valueName: "n"))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp("The checkpoint at this step; the newest by default.", valueName: "n")
  )
  var step: Int?

  @Option(
    help: ArgumentHelp(
      "The real images, or the text; by default what the run has learned from.",
      valueName: "what"),
    completion: .data)
  var data: String?

  @Option(
    help: ArgumentHelp(
      "The classifier to evaluate with; by default the one bundled for the data, or an untrained network.",
      valueName: "run"),
    completion: .runs(of: kinds(making: .classes)))
  var classifier: String?

  @Option(
    help: ArgumentHelp(
      "How a text model's weights are held; float32 by default.", valueName: "type"))
  var precision: WeightPrecision?

  @OptionGroup(title: "Diffusion") var diffusion: SamplerFlags

  @Flag(help: "Print a line of JSON.")
  var json = false

  @OptionGroup var compute: ComputeOptions

  /// Enough for figures that tell models apart, soon enough.
  private static let defaultCount = 2000

  func validate() throws {
    if let count, !(ImageEvaluation.fewest...65536).contains(count) {
      throw ValidationError(
        "--count is \(count), but must be \(ImageEvaluation.fewest) to 65536")
    }
  }

  func run() throws {
    try compute.apply()
    if let what, !RunLookup.exists(what) {
      if step != nil { throw UsageError("--step names a run's checkpoint, and \(what) is no run") }
      if seed != nil {
        throw UsageError("--seed is for what a run generates, and \(what) is no run")
      }
      if let flag = diffusion.first {
        throw UsageError("\(flag) is for diffusion models, and \(what) is no run")
      }
      if precision != nil {
        throw UsageError("--precision is for text models, and \(what) is no run")
      }
      if ImageDataset.names.contains(what) { return try evaluate(dataset: what) }
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: what, isDirectory: &isFolder), isFolder.boolValue {
        return try evaluate(folder: what)
      }
    }
    let run = try RunLookup.find(what, orNames: ImageDataset.names)
    if what == nil { writeToStandardError("evaluating \(run.name)\n") }
    let opened = try OpenedRun(run, step: step, weights: diffusion.weights ?? .average)
    if opened.kind.output != .images, let flag = diffusion.first {
      throw UsageError("\(flag) is for diffusion models, but \(run.name) is not one")
    }
    if opened.kind.output != .text, precision != nil {
      throw UsageError("--precision is for text models, but \(run.name) is not one")
    }
    switch opened.kind.output {
    case .classes: try evaluate(opened.classifier())
    case .text: try evaluate(opened.text().rounded(to: precision ?? .float32))
    case .images: try evaluate(opened.imageSampler())
    }
  }

  // MARK: - What is evaluated

  private func evaluate(_ model: any ImageSampler) throws {
    try model.check(diffusion.first)
    let sampler = try model.denoising(by: diffusion.request())
    try sampler.caution(of: ImageRequest(seed: seed ?? 0))
    let run = sampler.run
    var origin: [String: EvaluatedImages.Value] = [
      "run": .text(run.name), "step": .number(UInt64(sampler.step)), "seed": .number(seed ?? 0),
    ]
    if let options = sampler.denoising {
      origin["sampler"] = .text(options.kind.rawValue)
      origin["sampler_steps"] = .number(UInt64(options.steps))
      origin["spacing"] = .text(options.spacingName)
      origin["weights"] = .text((diffusion.weights ?? .average).rawValue)
      for setting in sampler.guidanceSettings { origin[setting.key] = .text(setting.value) }
    }
    let evaluation = try evaluation(with: data.map { DataReference($0) } ?? sampler.learnedData)
    let count = count ?? Self.defaultCount
    // Each class in turn, where the model can be asked for one.
    let classes =
      sampler.classCount > 0 ? (0..<count).map { Int32($0 % sampler.classCount) } : nil
    let seed = seed ?? 0
    // What cannot be compared is not sampled.
    let one = try sampler.images(0..<1, seed: seed, classes: classes.map { Array($0.prefix(1)) })
    let compare = try evaluation.opened(like: one[0])
    writeToStandardError("sampling \(count) images\n")
    let (start, before) = (ContinuousClock.now, Work.total)
    let images = try sampler.images(0..<count, seed: seed, classes: classes)
    let rate = Double(count) / ((ContinuousClock.now - start) / .seconds(60))
    writeToStandardError("sampled \(fixed(rate, 0)) images a minute\n")
    let operations = (Work.total - before).operations / count
    origin["operations_per_image"] = .number(UInt64(operations))
    try report(compare(images), of: run.name, origin)
  }

  private func evaluate(folder: String) throws {
    let evaluation = try evaluation(
      with: DataReference(data ?? ImageEvaluation.standardData))
    let images = Array(try Image.images(inFolder: folder).prefix(count ?? .max))
    guard images.count >= ImageEvaluation.fewest else {
      throw FileError(
        .badData, folder,
        "has \(images.count) images, but comparing takes at least \(ImageEvaluation.fewest)")
    }
    if let other = images.first(where: {
      ($0.width, $0.height, $0.channels)
        != (images[0].width, images[0].height, images[0].channels)
    }) {
      throw FileError(
        .badData, folder,
        "has images of different sizes or channels, such as \(shape(images[0])) and "
          + "\(shape(other)): bring them to one")
    }
    try report(evaluation(images), of: folder, ["folder": .text(folder)])
  }

  /// A data set's own images: another data set's for a scale, or its own for the floor.
  private func evaluate(dataset name: String) throws {
    let evaluation = try evaluation(with: DataReference(data ?? name))
    let images = try ImageDataset(name).selection(count ?? Self.defaultCount)
    try report(evaluation(images), of: name, ["dataset": .text(name)])
  }

  private func evaluate(_ trained: TrainedClassifier) throws {
    guard data == nil, classifier == nil, count == nil, seed == nil else {
      throw UsageError(
        "--data, --classifier, --count and --seed are for images, but \(trained.run.name) is a "
          + "classifier: it is evaluated on all held-out images of its own data")
    }
    let evaluation = try trained.evaluate()
    let report = ClassifierReport(trained, evaluation)
    guard !json else { return print(try jsonLine(report)) }
    print(
      """
      \(trained.run.name) at step \(trained.step) classifies \(fixed(100 * evaluation.accuracy, 2)) % of \
      \(evaluation.images) held-out images of \(trained.dataSource) correctly.\n
      """)
    print(lines: table(report.rows))
  }

  private func shape(_ image: Image) -> String {
    "\(image.width)x\(image.height)x\(image.channels)"
  }

  private func evaluation(with data: DataReference) throws -> ImageEvaluation {
    try ImageEvaluation(with: data, by: classifier.map { try RunLookup.find($0) })
  }

  // MARK: - Results

  /// Four digits from the first that is not zero: the unit of features is a classifier's own.
  private func figure(_ value: Double) -> String { String(format: "%.4g", value) }

  /// How far a measure may be off.
  private func halfWidth(
    _ interval: ClosedRange<Double>?, _ figure: (Double) -> String
  ) -> String {
    interval.map { "+- \(figure(($0.upperBound - $0.lowerBound) / 2))" } ?? ""
  }

  private func report(
    _ report: ImageReport, of name: String, _ origin: [String: EvaluatedImages.Value]
  ) throws {
    if let caution = report.caution { writeToStandardError("\(caution)\n") }
    guard !json else { return print(try jsonLine(EvaluatedImages(report: report, origin: origin))) }
    let (measures, floor) = (report.measures, report.floor)
    print(
      """
      \(measures.samples) images of \(name) beside \(report.realSamples) held-out ones of \
      \(report.data),\nin the \(report.featureCount) features of \(report.judge).\n
      """)
    print(
      lines: table([
        ["MEASURE", "IMAGES", "95 %", "FLOOR"],
        ["samples", "\(measures.samples)", "", "\(floor.samples)"],
        [
          "Frechet distance", figure(measures.frechetDistance),
          halfWidth(measures.intervals?.frechetDistance, figure), figure(floor.frechetDistance),
        ],
        [
          "kernel distance", figure(measures.kernelDistance),
          halfWidth(measures.intervals?.kernelDistance, figure), figure(floor.kernelDistance),
        ],
        [
          "precision", fixed(measures.precision, 3),
          halfWidth(measures.intervals?.precision) { fixed($0, 3) }, fixed(floor.precision, 3),
        ],
        [
          "recall", fixed(measures.recall, 3),
          halfWidth(measures.intervals?.recall) { fixed($0, 3) }, fixed(floor.recall, 3),
        ],
      ]))
    print("\nThe floor is that of real images to learn from.")
    if case .number(let operations) = origin["operations_per_image"] {
      print("Sampling one takes \(figure(Double(operations) / 1e9)) billion operations.")
    }
    guard !report.classNames.isEmpty else { return }
    print("What they were taken for, in %:\n")
    func share(_ count: Int, of total: Int) -> String {
      fixed(100 * Double(count) / Double(max(total, 1)), 1)
    }
    print(
      lines: table(
        [["CLASS", "IMAGES", "REAL"]]
          + report.classNames.indices.map { index in
            [
              report.classNames[index], share(report.classCounts[index], of: measures.samples),
              share(report.realClassCounts[index], of: report.realSamples),
            ]
          }))
  }
}
