import Evaluation
import Files
import Models
import Reports
import Runs

extension ExplainCommand {
  /// Finds the training pictures that are nearest to what a run draws.
  func explainNearest(_ run: RunFolder) throws {
    let sampler = try OpenedRun(run, step: step).imageSampler()
    let space = try space(for: sampler.data.source)
    let (count, seed) = (count ?? 200, seed ?? 0)
    let destination = json ? nil : try Output(output ?? "\(run.name)-nearest.html")
    writeToStandardError("drawing \(count) pictures, to compare in \(space.name)\n")
    // Each class in turn, where the model can be asked for one.
    let pictures = try sampler.pictures(count: count, seed: seed)
    let search = NearestSearch(
      in: sampler.learnedData, by: space, isMirrored: sampler.data.flip, neighbors: neighbors ?? 5)
    let report = try search(pictures)
    let explanation = NearestExplanation(report, of: sampler, seed: seed)
    guard let destination else { return print(try jsonLine(explanation)) }
    writeToStandardError("\(lines: report.finding)\n")
    try destination.writeAndTell(Array(explanation.page().utf8))
  }

  /// The features of a classifier, named or one that comes along; where there is none, pixels.
  private func space(for data: String) throws -> PictureSpace {
    if pixels { return .pixels }
    let judge =
      try classifier.map { try RunLookup.find($0) } ?? PictureEvaluation.standardJudge(for: data)
    return try judge.map { .features(try TrainedClassifier($0)) } ?? .pixels
  }
}
