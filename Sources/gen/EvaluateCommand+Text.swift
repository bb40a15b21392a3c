import Files
import Models
import Reports
import Runs

extension EvaluateCommand {
  /// Says how well a run predicts held-out text.
  func evaluate(_ trained: TrainedText) throws {
    guard classifier == nil, count == nil, seed == nil else {
      throw UsageError(
        "--classifier, --count and --seed are for images, but \(trained.run.name) generates text: it is "
          + "evaluated on the text that was held out")
    }
    let report = try trained.report(on: data)
    if report.isOtherData {
      writeToStandardError(
        "\(report.data) is not the text that \(trained.run.name) has learned from\n")
    }
    guard !json else { return print(try jsonLine(report)) }
    let all = report.heldOutCount.map { " of \($0), spread evenly," } ?? ""
    let weights = report.precision.map { ", with weights in \($0)," } ?? ""
    print(
      """
      \(report.run) at step \(report.step)\(weights) predicts \(report.count) held-out characters\(all) of \
      \(report.data):\n
      """)
    let windows = [
      ("whole", report.natsPerCharacter), ("half-overlapping", report.natsPerCharacterOverlapping),
    ]
    print(
      lines: table(
        [["WINDOWS", "NATS A CHARACTER", "BITS A CHARACTER"]]
          + windows.map { name, nats in
            [
              name, fixed(nats, 4),
              fixed(nats * report.bitsPerCharacter / report.natsPerCharacter, 4),
            ]
          }))
    print("\n\(lines: report.summary)")
  }
}
