import ArgumentParser
import Datasets
import Evaluation
import Files
import Foundation
import Images
import Models
import Reports
import Runs

/// `gen eval`: says how good pictures are, or a classifier or a model of text is.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Says how good a run is: its pictures beside real ones, or how it foretells text.",
    discussion: """
      gen eval gan-001                              beside held-out pictures
      gen eval gan-001 --count 10000 --json
      gen eval diffusion-001 --sampler dpm --steps 10
      gen eval drawn --data fashion-mnist           a folder, whoever drew it
      gen eval gan-002 --classifier classifier-001  for pictures of other kinds
      gen eval classifier-001                       accuracy on held-out pictures
      gen eval transformer-001 --json               nats a character, held out

      Distances are best at 0, precision (do the pictures look right?) and recall
      (are all kinds drawn?) at 1. Beside each stands the floor: the same measure
      of real pictures. Figures go with the classifier and with the count, and are
      not the FID or KID of another program.
      """)

  @Argument(
    help: ArgumentHelp(
      "A run's name or folder, a folder of pictures or a data set's name; the newest run by default.",
      valueName: "what"),
    completion: .runs())
  var what: String?

  @Option(help: ArgumentHelp("How many pictures to draw, or to take.", valueName: "n"))
  var count: Int?

  @Option(
    help: ArgumentHelp("Seed of the pictures that a run draws; 0 by default.", valueName: "n"))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp("The checkpoint after so many steps; the newest by default.", valueName: "n")
  )
  var step: Int?

  @Option(
    help: ArgumentHelp(
      "The real pictures, or the text; by default what the run has learned from.",
      valueName: "what"),
    completion: .data)
  var data: String?

  @Option(
    help: ArgumentHelp("The classifier to judge by: a run's name or folder.", valueName: "run"),
    completion: .runs(of: kinds(making: .classes)))
  var classifier: String?

  @OptionGroup(title: "Diffusion") var diffusion: SamplerFlags

  @Flag(help: "Print a line of JSON.")
  var json = false

  @OptionGroup var compute: ComputeOptions

  /// Enough for figures that tell models apart, soon enough.
  private static let defaultCount = 2000

  func validate() throws {
    if let count, !(PictureEvaluation.fewest...65536).contains(count) {
      throw ValidationError(
        "--count is \(count), but must be \(PictureEvaluation.fewest) to 65536")
    }
  }

  func run() throws {
    try compute.apply()
    if let what, !RunLookup.exists(what) {
      if step != nil { throw UsageError("--step names a run's checkpoint, and \(what) is no run") }
      if seed != nil {
        throw UsageError("--seed is for what a run draws, and \(what) is no run")
      }
      if let flag = diffusion.first {
        throw UsageError("\(flag) is for diffusion models, and \(what) is no run")
      }
      if ImageDataset.names.contains(what) { return try evaluate(dataset: what) }
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: what, isDirectory: &isFolder), isFolder.boolValue {
        return try evaluate(folder: what)
      }
    }
    let run = try RunLookup.find(what, orNames: ImageDataset.names)
    if what == nil { writeToStandardError("evaluating \(run.name)\n") }
    let opened = try OpenedRun(run, step: step)
    let kind = opened.kind.kind
    if let flag = diffusion.first, kind != DiffusionRecipe.kind {
      throw UsageError("\(flag) is for diffusion models, but \(run.name) is of the kind \(kind)")
    }
    switch opened.kind.output {
    case .classes: try evaluate(classifier: run)
    case .text: try evaluate(text: run)
    case .images: try evaluate(opened.imageSampler())
    }
  }

  // MARK: - What is evaluated

  private func evaluate(_ trained: any PictureSampler) throws {
    var sampler = trained
    let run = sampler.run
    var origin: [String: JudgedPictures.Value] = [
      "run": .text(run.name), "step": .number(UInt64(sampler.step)), "seed": .number(seed ?? 0),
    ]
    if var chosen = sampler as? DiffusionSampler {
      diffusion.apply(to: &chosen)
      try diffusion.warn(of: chosen)
      sampler = chosen
      let options = chosen.options
      origin["sampler"] = .text(options.kind.rawValue)
      origin["sampler_steps"] = .number(UInt64(options.steps))
      origin["spacing"] = .text(options.usesKarrasSpacing ? "karras" : options.spacing.rawValue)
    }
    let evaluation = try evaluation(with: data.map { DataReference($0) } ?? sampler.learnedData)
    let count = count ?? Self.defaultCount
    writeToStandardError("drawing \(count) pictures\n")
    // Each class in turn, where the model can be asked for one.
    let classes =
      sampler.classCount > 0 ? (0..<count).map { Int32($0 % sampler.classCount) } : nil
    let seed = seed ?? 0
    let pictures = try sampler.pictures(0..<count, seed: seed, classes: classes)
    try report(evaluation(pictures), of: run.name, origin)
  }

  private func evaluate(folder: String) throws {
    let evaluation = try evaluation(
      with: DataReference(data ?? PictureEvaluation.standardData))
    let pictures = Array(try Image.pictures(inFolder: folder).prefix(count ?? .max))
    guard pictures.count >= PictureEvaluation.fewest else {
      throw FileError(
        .badData, folder,
        "has \(pictures.count) pictures, but comparing takes at least \(PictureEvaluation.fewest)")
    }
    if let other = pictures.first(where: {
      ($0.width, $0.height, $0.channels)
        != (pictures[0].width, pictures[0].height, pictures[0].channels)
    }) {
      throw FileError(
        .badData, folder,
        "has pictures of several sizes or channels, such as \(shape(pictures[0])) and "
          + "\(shape(other)): bring them to one")
    }
    try report(evaluation(pictures), of: folder, ["folder": .text(folder)])
  }

  /// A data set's own pictures: another data set's for a scale, or its own for the floor.
  private func evaluate(dataset name: String) throws {
    let evaluation = try evaluation(with: DataReference(data ?? name))
    let pictures = try ImageDataset(name).selection(count ?? Self.defaultCount)
    try report(evaluation(pictures), of: name, ["dataset": .text(name)])
  }

  private func evaluate(classifier run: RunFolder) throws {
    guard data == nil, classifier == nil, count == nil, seed == nil else {
      throw UsageError(
        "--data, --classifier, --count and --seed are for pictures, but \(run.name) is a classifier: "
          + "it is judged by all held-out pictures of its own data")
    }
    let classifier = try TrainedClassifier(run, step: step)
    let verdict = try classifier.verdict()
    let report = ClassifierReport(classifier, verdict)
    guard !json else { return print(try jsonLine(report)) }
    print(
      """
      \(run.name) at step \(classifier.step) tells \(fixed(100 * verdict.accuracy, 2)) % of \
      \(verdict.images) held-out pictures of \(classifier.dataSource) right.\n
      """)
    print(lines: table(report.rows))
  }

  private func shape(_ picture: Image) -> String {
    "\(picture.width)x\(picture.height)x\(picture.channels)"
  }

  private func evaluation(with data: DataReference) throws -> PictureEvaluation {
    try PictureEvaluation(with: data, by: classifier.map { try RunLookup.find($0) })
  }

  // MARK: - Results

  /// Four digits from the first that is not zero: the unit of features is a classifier's own.
  private func figure(_ value: Double) -> String { String(format: "%.4g", value) }

  private func report(
    _ report: PictureReport, of name: String, _ origin: [String: JudgedPictures.Value]
  ) throws {
    if let caution = report.caution { writeToStandardError("\(caution)\n") }
    guard !json else { return print(try jsonLine(JudgedPictures(report: report, origin: origin))) }
    let (measures, floor) = (report.measures, report.floor)
    print(
      """
      \(measures.samples) pictures of \(name) beside \(report.realSamples) held-out ones of \
      \(report.data),\nin the \(report.featureCount) features of \(report.classifier).\n
      """)
    print(
      lines: table([
        ["MEASURE", "PICTURES", "FLOOR"],
        ["samples", "\(measures.samples)", "\(floor.samples)"],
        ["Frechet distance", figure(measures.frechetDistance), figure(floor.frechetDistance)],
        ["kernel distance", figure(measures.kernelDistance), figure(floor.kernelDistance)],
        ["precision", fixed(measures.precision, 3), fixed(floor.precision, 3)],
        ["recall", fixed(measures.recall, 3), fixed(floor.recall, 3)],
      ]))
    print("\nThe floor is that of real pictures to learn from. What they were taken for, in %:\n")
    func share(_ count: Int, of total: Int) -> String {
      fixed(100 * Double(count) / Double(max(total, 1)), 1)
    }
    print(
      lines: table(
        [["CLASS", "PICTURES", "REAL"]]
          + report.classNames.indices.map { index in
            [
              report.classNames[index], share(report.classCounts[index], of: measures.samples),
              share(report.realClassCounts[index], of: report.realSamples),
            ]
          }))
  }
}
