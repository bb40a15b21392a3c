import Evaluation
import Files
import Models
import Reports
import Runs

extension ExplainCommand {
  /// Finds the training images that are nearest to what a run generates.
  func explainNearest(_ run: RunFolder) throws {
    let sampler = try OpenedRun(run, step: step).imageSampler()
    let space = try space(for: sampler.data.source)
    let (count, seed) = (count ?? 200, seed ?? 0)
    let destination = json ? nil : try Output(output ?? "\(run.name)-nearest.html")
    // What cannot be compared is not sampled.
    let compare = try NearestSearch(of: sampler, by: space, neighbors: neighbors ?? 5)
      .opened(like: sampler.images(count: 1, seed: seed)[0])
    writeToStandardError("sampling \(count) images, to compare in \(space.name)\n")
    // Each class in turn, where the model can be asked for one.
    let images = try sampler.images(count: count, seed: seed)
    let report = try compare(images)
    let explanation = NearestExplanation(report, of: sampler, seed: seed)
    guard let destination else { return print(try jsonLine(explanation)) }
    writeToStandardError("\(lines: report.finding)\n")
    try destination.writeAndTell(Array(explanation.page().utf8))
    try page.show(destination.name)
  }

  private func space(for data: String) throws -> ImageSpace {
    if pixels { return .pixels }
    if let classifier { return .features(try TrainedClassifier(RunLookup.find(classifier))) }
    return try .standard(for: data)
  }
}
