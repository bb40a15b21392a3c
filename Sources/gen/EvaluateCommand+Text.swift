import Files
import Models
import Reports
import Runs

extension EvaluateCommand {
  /// Says how well a run predicts held-out text.
  func evaluate(text run: RunFolder) throws {
    guard classifier == nil, count == nil, seed == nil else {
      throw UsageError(
        "--classifier, --count and --seed are for images, but \(run.name) writes text: it is judged "
          + "by all of the text that was held out")
    }
    let report = try TrainedText(run, step: step).report(on: data)
    if report.isOtherData {
      writeToStandardError("\(report.data) is not the text that \(run.name) has learned from\n")
    }
    guard !json else { return print(try jsonLine(report)) }
    print(
      """
      \(report.run) at step \(report.step) predicts \(report.count) held-out characters of \
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
