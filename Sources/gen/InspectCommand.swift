import ArgumentParser
import Foundation
import Images
import Training

/// `gen inspect`: opens what the program writes.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Says what is in a picture, a checkpoint or a run.",
    discussion: """
      gen inspect grid.png                          size, and the command that makes it again
      gen inspect runs/gan-001                      a run: recipe, checkpoints, latest metrics
      gen inspect runs/gan-001/checkpoints/step-000500/model.safetensors
      """)

  @Argument(
    help: "A picture, a .safetensors file, a checkpoint's or a run's folder, or a run's name.")
  var what: String

  func run() throws {
    if what.hasSuffix(".safetensors") { return try inspectTensors() }
    if let checkpoint = try? Checkpoint(path: what) { return try inspect(checkpoint) }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: what, isDirectory: &isFolder), !isFolder.boolValue {
      return try inspectPicture()
    }
    try inspect(Runs.find(what))
  }

  private func inspectPicture() throws {
    let picture = try ImageInformation(contentsOf: what)
    print(
      "\(what): \(picture.format), \(picture.width)x\(picture.height), "
        + "\(picture.channels) channels")
    guard picture.format == .png else { return }
    for (key, value) in try PNGText.read(contentsOf: what) { print("\(key): \(value)") }
  }

  private func inspectTensors() throws {
    let file = try SafetensorsFile(what)
    let count = file.entries.reduce(0) { $0 + $1.count }
    print("\(what): \(file.entries.count) tensors, \(count) elements")
    for (key, value) in file.metadata.sorted(by: { $0.key < $1.key }) { print("\(key): \(value)") }
    var rows = [["TENSOR", "TYPE", "SHAPE", "MIN", "MEAN", "MAX", "DEVIATION"]]
    for entry in file.entries.sorted(by: { $0.name < $1.name }) {
      var row = [entry.name, entry.type.rawValue, "\(entry.shape)"]
      if [.f32, .f16, .bf16].contains(entry.type) {
        row += Statistics(try file.values(entry.name).elements).cells
      }
      rows.append(row)
    }
    print(table(rows))
  }

  private func inspect(_ checkpoint: Checkpoint) throws {
    print("\(checkpoint.path): after \(checkpoint.step) steps")
    try checkpoint.verify()
    for name in checkpoint.fileNames { print("\(name): sound") }
    if let metric = checkpoint.metric { print("\(metric.name): \(metric.value)") }
  }

  private func inspect(_ run: RunFolder) throws {
    let document = try RecipeDocument(path: run.recipePath)
    print("\(run.path): \(document.kind)")
    if let environment = try? run.environment() {
      print("started: \(environment.started.formatted(.iso8601)) with gen \(environment.version)")
      print("processor: \(environment.processor), \(environment.instructionSet)")
    }
    print("checkpoints: \(run.checkpoints.steps.map { "\($0)" }.joined(separator: ", "))")
    if let last = try? MetricsLog.records(path: run.metricsPath).last {
      print("metrics at step \(last.step):")
      for (name, value) in last.values.sorted(by: { $0.key < $1.key }) {
        print("  \(name): \(value)")
      }
    }
    print("recipe:")
    let text = try String(contentsOfFile: run.recipePath, encoding: .utf8)
    for line in text.split(separator: "\n") { print("  \(line)") }
  }
}

/// The extent of some numbers.
private struct Statistics {
  let cells: [String]

  init(_ numbers: [Float]) {
    let finite = numbers.filter(\.isFinite)
    guard let least = finite.min(), let most = finite.max() else {
      cells = numbers.isEmpty ? [] : ["nothing finite"]
      return
    }
    let count = Double(finite.count)
    let mean = finite.reduce(0.0) { $0 + Double($1) } / count
    let variance = finite.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    let strange = numbers.count - finite.count
    cells =
      [Double(least), mean, Double(most), variance.squareRoot()].map { fixed($0, 5) }
      + (strange > 0 ? ["\(strange) not finite"] : [])
  }
}
