import Autograd
import Compute
import Layers
import TestSupport
import Testing

@testable import Files
@testable import Runs
@testable import Training

/// A signal may come at any time: nothing of what was under way is left, and a resume comes to the same end.
@Suite struct InterruptTests {
  private struct Network: Module {
    let linear = Linear(2, 4)
    let norm = BatchNorm2D(4)
    let output = Linear(4, 1)

    func callAsFunction(_ x: Tensor) -> Tensor {
      output(reshape(norm(reshape(linear(x), to: [8, 1, 1, 4])), to: [8, 4]))
    }
  }

  /// What a trainer is about to do.
  private enum Place: String, CaseIterable {
    case beforeStep, forward, backward, afterUpdate, evaluation, preview
  }

  /// Fits a plane, and tells at each place where it is.
  private final class PlaneTrainer: Trainer {
    static let itemName = "numbers"
    let itemsPerStep = 8
    let learner = Learner(
      OptimizerOptions(learningRate: 0.01), emaDecay: 0.9, steps: 6, seed: 1
    ) { Network() }
    private let reach: (Place, _ step: Int) -> Void

    init(_ reach: @escaping (Place, _ step: Int) -> Void) { self.reach = reach }

    var networks: [(prefix: String, network: any TrainedNetwork)] { [("", learner)] }

    private func numbers(_ step: Int) -> (x: Tensor, y: Tensor) {
      let x = RandomStream(seed: 3, purpose: .noise).normals([8, 2], step: step)
      let y = Values([8, 1]) { y in
        for i in 0..<8 { y[i] = x.pointer[2 * i] - x.pointer[2 * i + 1] }
      }
      return (Tensor(constant: x), Tensor(constant: y))
    }

    func step() throws -> [Measurement] {
      let step = stepsDone
      reach(.beforeStep, step)
      let (x, y) = numbers(step)
      reach(.forward, step)
      let measurements = try learner.step(mode: .training(seed: 1, step: step)) { _ in
        let loss = meanSquaredError(learner.model(x), y)
        reach(.backward, step)
        return loss
      }.measurements
      reach(.afterUpdate, step)
      return measurements
    }

    func evaluate(_ tell: (_ done: Int, _ count: Int) -> Void) -> [Measurement] {
      reach(.evaluation, stepsDone)
      let (x, y) = numbers(1000)
      let loss = meanSquaredError(learner.average.model(x), y).item
      return [Measurement("validation_loss", label: "validation", Double(loss))]
    }

    func preview(_ tell: (_ done: Int, _ count: Int) -> Void) -> Preview? {
      reach(.preview, stepsDone)
      return .text("\(learner.average.model(numbers(1000).x).values.elements)")
    }
  }

  /// Trains for six steps, interrupted at each of those places once, and goes on each time.
  /// - Returns: The run's files, after how many steps it was interrupted, and of how many items its timings tell.
  private func train(
    interruptedAt places: [(Place, step: Int)]
  ) throws -> (files: [String: [UInt8]], stops: [Int], items: [Int]) {
    let folder = TemporaryFolder(inMemory: true)
    let run = try RunFolder.create(in: folder("runs"), recipe: "plane", name: "plane")
    try run.writeRecipe("kind: plane\n")
    var options = LoopOptions(steps: 6, sampleEvery: 2, checkpointEvery: 3, evaluateEvery: 2)
    options.logEvery = 1
    var (ahead, stops) = (places, [Int]())
    while true {
      var signal: Int32?
      func trainer() -> PlaneTrainer {
        PlaneTrainer { place, step in
          guard signal == nil, let next = ahead.first, next == (place, step) else { return }
          ahead.removeFirst()
          signal = 15
        }
      }
      var loop = TrainingLoop(run: run, options: options, progress: Progress(to: { _ in })) { _ in
        []
      }
      loop.interrupt = { signal }
      let outcome = try loop(trainer(), from: run.checkpoints.latestVerified().checkpoint)
      if outcome == .finished { break }
      #expect(outcome == .interrupted(signal: 15))
      stops.append(try #require(run.checkpoints.steps.last))
      #expect(try run.ending(under: options) == nil)
    }
    #expect(ahead.isEmpty)
    var files = ["metrics.jsonl": try bytes(of: run.metricsPath)]
    for sample in run.samples { files["sample \(sample.step)"] = try bytes(of: sample.path) }
    let newest = try run.checkpoints.checkpoint(ofStep: 6)
    for name in newest.fileNames { files[name] = try bytes(of: newest.file(name)) }
    files["best"] = Array("\(run.bestStep ?? -1) \(RunSummary(run).metric?.value ?? -1)".utf8)
    var (seconds, items) = (0.0, [Int]())
    try MetricsLog.forEachRecord(run.place / RunFolder.Name.timings) { record in
      guard let now = record.values["seconds"], let rate = record.values["items_per_second"] else {
        Issue.record("\(record)")
        return
      }
      items.append(Int(((now - seconds) * rate).rounded()))
      seconds = now
    }
    return (files, stops, items)
  }

  @Test(arguments: [
    (Place.beforeStep, 3, 3), (.forward, 0, 0), (.forward, 3, 3), (.backward, 4, 4),
    // What has been learned stays.
    (.afterUpdate, 2, 3), (.afterUpdate, 5, 6),
    (.evaluation, 2, 2), (.evaluation, 4, 4), (.evaluation, 6, 6),
    (.preview, 0, 0), (.preview, 2, 2), (.preview, 6, 6),
  ]) private func nothingIsLeftOfWhatIsGivenUp(place: Place, step: Int, kept: Int) throws {
    let whole = try train(interruptedAt: [])
    let parts = try train(interruptedAt: [(place, step)])
    #expect(parts.stops == [kept])
    #expect(parts.items.count >= 5 && parts.items.allSatisfy { $0 == 8 })
    #expect(whole.files.keys.sorted() == parts.files.keys.sorted())
    for (name, bytes) in whole.files { #expect(parts.files[name] == bytes, "\(name)") }
  }

  @Test func manyInterruptsComeToTheSameEnd() throws {
    let whole = try train(interruptedAt: [])
    let places = (0..<6).flatMap { step -> [(Place, step: Int)] in
      let even = step > 0 && step % 2 == 0
      return (even ? [(.evaluation, step), (.preview, step)] : [])
        + [(.forward, step), (.backward, step)]
    }
    let parts = try train(interruptedAt: places)
    #expect(parts.stops.count == places.count)
    for (name, bytes) in whole.files { #expect(parts.files[name] == bytes, "\(name)") }
  }
}
