import Compute
import Foundation
import Testing

@testable import Models
@testable import Runs

/// Samplers beside diffusers' schedulers, step by step (Tests/Parity/samplers/make.py).
struct SamplerParityTests {
  /// A case of the fixtures, whose name says what it is.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let file: SafetensorsFile

    var testDescription: String { name }

    private func array(_ part: String) throws -> [[Float]] {
      let values = try file.values("\(name)/\(part)")
      let columns = values.shape.count > 1 ? values.shape[1] : 1
      return stride(from: 0, to: values.count, by: columns).map {
        Array(values.elements[$0..<$0 + columns])
      }
    }

    var mixtures: [[Float]] { get throws { try array("mixtures") } }
    var times: [Float] { get throws { try array("times").map { $0[0] } } }
    var noises: [[Float]] {
      get throws {
        file.entries.contains { $0.name == "\(name)/noises" } ? try array("noises") : []
      }
    }

    func plan() throws -> SamplingPlan {
      let words = name.split(separator: " ").map(String.init)
      let flags = words.dropFirst(5)
      let kind = try #require(SamplerKind(rawValue: words[0]))
      var options = SamplerOptions(kind, steps: try #require(Int(words[2])))
      options.spacing = try #require(TimestepSpacing(rawValue: words[1]))
      for flag in flags where flag.hasPrefix("eta") {
        options.eta = try #require(Double(flag.dropFirst(3)))
      }
      options.usesKarrasSpacing = flags.contains("karras")
      options.usesClippedModelOutput = flags.contains("estimate")
      if flags.contains("large") { options.variance = .large }
      if flags.contains("offset1") { options.stepsOffset = 1 }
      if flags.contains("clip") { options.clipRange = 1 }
      if flags.contains("noclip") { options.clipRange = nil }
      if kind == .euler { return try SamplingPlan(flow: options, timesteps: 1000) }
      let schedule = NoiseSchedule(
        try #require(NoiseScheduleKind(rawValue: words[4])),
        rescaleToZeroSNR: flags.contains("zero"))
      return try SamplingPlan(
        options, schedule, try #require(PredictionTarget(rawValue: words[3])))
    }
  }

  static let cases: [Case] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let path = folder.appendingPathComponent("../../Parity/samplers/steps.safetensors")
    guard let file = try? SafetensorsFile(path.standardized.path) else { return [] }
    let names = file.entries.compactMap {
      $0.name.hasSuffix("/times") ? String($0.name.dropLast(6)) : nil
    }
    return names.sorted().map { Case(name: $0, file: file) }
  }()

  /// The denoiser of the fixtures.
  private func answer(_ x: Values, _ time: Float) -> Values {
    let pattern: [Float] = [0.5, -1.0, 0.25, 0.75, -0.5, 1.0, -0.25, 0.0]
    let shift = 0.2 * time / 1000
    return Values(x.shape, zip(x.elements, pattern).map { 0.6 * $0 + 0.3 * $1 + shift })
  }

  @Test func thereAreCases() { #expect(Self.cases.count == 46) }

  @Test(arguments: cases)
  func eachStepIsThatOfThePeer(_ test: Case) throws {
    let plan = try test.plan()
    let (mixtures, noises, times) = try (test.mixtures, test.noises, test.times)
    try #require(plan.count == times.count)
    for (time, expected) in zip(plan.timesteps, times) {
      // The solver's file has whole numbers where the noise is what counts.
      #expect(abs(time - Double(expected)) <= (test.name.contains("karras") ? 1 : 1e-3))
    }
    let isHeun = test.name.hasPrefix("heun")
    // The peer's Heun has noisy samples of a whole image and noise beside it.
    func peer(_ index: Int) -> [Float] {
      guard isHeun else { return mixtures[index] }
      let parts = index == 0 ? plan.modelCalls[0].from : plan.modelCalls[index - 1].to
      return mixtures[index].map { $0 * Float(parts.signal) }
    }
    var x = Values([8], peer(0))
    var kept: SamplingPlan.Kept?
    var own = 0
    for index in 0..<plan.count {
      let output = answer(x, times[index])
      let (next, predicted) = plan.step(index, x, output, after: kept) {
        Values([8], noises[index])
      }
      kept = SamplingPlan.Kept(noisy: x, predicted: predicted)
      x = next
      // Where a step of Heun's leaves less than half of the noise, the peer goes beyond both estimates.
      let factors = plan.modelCalls[index].next
      if isHeun && factors.previousNoisy != 0 && factors.previousPredicted == 0 {
        x = Values([8], peer(index + 1))
        own += 1
        continue
      }
      let expected = peer(index + 1)
      let largest = max(1e-3, expected.map(abs).max() ?? 0)
      let distance = zip(x.elements, expected).map { abs($0 - $1) }.max() ?? 0
      #expect(distance <= 1e-5 * largest, "step \(index)")
    }
    #expect(own < max(1, plan.count / 2))
  }
}
