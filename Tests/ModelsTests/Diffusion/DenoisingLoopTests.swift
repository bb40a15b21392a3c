import Compute
import Foundation
import Testing

@testable import Models

/// Drawing with denoisers whose answers are known in closed form.
struct DenoisingLoopTests {
  /// What a perfect denoiser tells of data that is normal with that mean and sigma.
  private static func noise(
    _ x: Values, _ parts: NoiseLevel, mean: Double, sigma: Double
  ) -> Values {
    let variance = parts.signal * parts.signal * sigma * sigma + parts.noise * parts.noise
    return Values(
      x.shape,
      x.elements.map { Float((Double($0) - parts.signal * mean) * parts.noise / variance) })
  }

  private static let schedule = NoiseSchedule()

  private static func draw(
    _ plan: SamplingPlan, _ numbers: Range<Int>, seed: UInt64 = 1,
    change: (inout DenoisingLoop) -> Void = { _ in }
  ) -> Values {
    var loop = DenoisingLoop(plan, seed: seed)
    change(&loop)
    return loop(numbers, from: DenoisingLoop.latents(numbers, [4, 4, 2], seed: seed)) { x, time in
      let step = Int(time)
      let from = schedule.noiseLevel(at: step), to = schedule.noiseLevel(at: min(step + 1, 999))
      let part = Double(time) - Double(step)
      let parts = NoiseLevel(
        signal: from.signal + part * (to.signal - from.signal),
        noise: from.noise + part * (to.noise - from.noise))
      return noise(x, parts, mean: 0.2, sigma: 0.1)
    }
  }

  private static func plan(
    _ kind: SamplerKind, _ steps: Int, strength: Double = 1,
    change: (inout SamplerOptions) -> Void = { _ in }
  ) throws -> SamplingPlan {
    var options = SamplerOptions(kind, steps: steps)
    change(&options)
    return try SamplingPlan(options, schedule, .epsilon, strength: strength)
  }

  @Test(arguments: [SamplerKind.ddpm, .ddim, .dpm, .heun], [TimestepSpacing.trailing, .linspace])
  func theDataIsDrawn(_ kind: SamplerKind, _ spacing: TimestepSpacing) throws {
    let drawn = Self.draw(
      try Self.plan(kind, kind == .ddpm ? 1000 : 200) { $0.spacing = spacing }, 0..<64
    ).elements
    let mean = drawn.reduce(0.0) { $0 + Double($1) } / Double(drawn.count)
    let variance = drawn.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    #expect(abs(mean - 0.2) < 0.01)
    #expect(abs((variance / Double(drawn.count)).squareRoot() - 0.1) < 0.01)
  }

  @Test func aFlowLeadsToTheData() throws {
    let plan = try SamplingPlan(flow: SamplerOptions(.euler, steps: 100), timesteps: 1000)
    let numbers = 0..<64
    let drawn = DenoisingLoop(plan, seed: 2)(
      numbers, from: DenoisingLoop.latents(numbers, [4, 4, 2], seed: 2)
    ) { x, time in
      // Along straight lines the velocity is noise - x_0, here of a single point.
      let part = Double(time) / 1000
      return Values(x.shape, x.elements.map { Float((Double($0) - 0.3) / part) })
    }
    #expect(drawn.elements.allSatisfy { abs($0 - 0.3) < 1e-4 })
  }

  @Test(arguments: [SamplerKind.ddpm, .ddim, .dpm, .heun])
  func aImageDoesNotDependOnItsBatch(_ kind: SamplerKind) throws {
    let plan = try Self.plan(kind, 10) { if kind == .ddim { $0.eta = 1 } }
    let together = Self.draw(plan, 0..<4).elements
    let apart = (0..<4).flatMap { Self.draw(plan, $0..<$0 + 1).elements }
    #expect(together == apart)
    #expect(Set(together).count > 100)
  }

  @Test(arguments: [SamplerKind.ddpm, .ddim, .dpm])
  func whatTheMaskKeepsStays(_ kind: SamplerKind) throws {
    let image = Values([4, 4, 2], (0..<32).map { Float($0) / 64 })
    let mask = Values([4, 4, 2], (0..<32).map { $0 < 16 ? 1 : 0 })
    let drawn = Self.draw(try Self.plan(kind, 10), 0..<2) {
      ($0.initial, $0.mask, $0.repetitions) = (image, mask, 3)
    }.elements
    for start in [0, 32] {
      #expect(Array(drawn[start + 16..<start + 32]) == Array(image.elements[16...]))
      #expect(drawn[start..<start + 16].allSatisfy { abs($0 - 0.2) < 0.6 })
    }
    #expect(drawn[..<16] != drawn[32..<48])
  }

  @Test func lessStrengthStaysNearer() throws {
    let image = Values([4, 4, 2], [Float](repeating: 0.9, count: 32))
    func distance(_ strength: Double) throws -> Float {
      let plan = try Self.plan(.ddim, 20, strength: strength)
      #expect(plan.count == Int(20 * strength))
      let drawn = Self.draw(plan, 0..<1) { $0.initial = image }
      return drawn.elements.map { abs($0 - 0.9) }.max() ?? 0
    }
    #expect(try distance(0) == 0)
    #expect(try distance(0.1) < distance(0.5))
    #expect(try distance(0.5) < distance(1))
  }

  @Test func eachEvaluationIsSeen() throws {
    let plan = try Self.plan(.heun, 5)
    var seen: [Int] = []
    let numbers = 0..<2
    _ = DenoisingLoop(plan, seed: 0)(
      numbers, from: DenoisingLoop.latents(numbers, [2, 2, 1], seed: 0),
      observe: { state in
        seen.append(state.modelCall)
        #expect(state.predicted.shape == [2, 2, 2, 1])
      },
      denoise: { x, _ in x })
    #expect(seen == Array(1...9))
  }

  @Test func guidanceGoesBeyond() {
    let (with, without) = (Values([2], [1, 2]), Values([2], [0, 4]))
    #expect(guided(with, without: without, scale: 1).elements == [1, 2])
    #expect(guided(with, without: without, scale: 3).elements == [3, -2])
  }

  // MARK: - Spacings and settings

  @Test func quadraticSpacingIsItsFormula() {
    // (i sqrt(0.8 T) / (n - 1))^2, rounded down.
    #expect(TimestepSpacing.quadratic.timesteps(5, of: 1000) == [800, 450, 200, 50, 0])
    let many = TimestepSpacing.quadratic.timesteps(500, of: 1000)
    #expect(many == many.sorted(by: >) && Set(many).count == many.count)
    #expect(TimestepSpacing.quadratic.timesteps(1, of: 1000) == [0])
  }

  @Test(arguments: TimestepSpacing.allCases, [1, 3, 999, 1000])
  func timestepsAreThere(_ spacing: TimestepSpacing, _ count: Int) throws {
    for kind in [SamplerKind.ddpm, .ddim, .dpm, .heun] {
      let plan = try Self.plan(kind, count) { $0.spacing = spacing }
      #expect(plan.timesteps.allSatisfy { (0..<1000).contains($0) })
      let factors = plan.modelCalls.map(\.next).flatMap {
        [$0.noisy, $0.predicted, $0.output, $0.noise, $0.previousNoisy, $0.previousPredicted]
      }
      #expect(factors.allSatisfy { $0.isFinite })
    }
  }

  @Test(arguments: [
    (SamplerOptions(.ddim, steps: 0), "0 steps"), (SamplerOptions(.ddim, steps: 2000), "1000"),
    (SamplerOptions(.euler), "no flow"),
  ])
  func whatCannotBeIsSaid(_ options: SamplerOptions, _ words: String) {
    #expect {
      try options.check(timesteps: 1000, isFlow: false)
    } throws: {
      "\($0)".contains(words)
    }
  }

  @Test func settingsOfOtherSamplersAreRefused() {
    func check(_ kind: SamplerKind, isFlow: Bool = false, _ change: (inout SamplerOptions) -> Void)
    {
      var options = SamplerOptions(kind)
      change(&options)
      #expect(throws: SamplingError.self) { try options.check(timesteps: 1000, isFlow: isFlow) }
    }
    check(.ddim) { $0.eta = 1.5 }
    check(.dpm) { $0.eta = 0.5 }
    check(.ddim) { $0.usesKarrasSpacing = true }
    check(.ddim, isFlow: true) { _ in }
    check(.ddpm) { ($0.spacing, $0.stepsOffset) = (.leading, 20) }
    check(.ddpm) { ($0.spacing, $0.stepsOffset) = (.leading, -1) }
    #expect(throws: SamplingError.self) { try Self.plan(.ddim, 10, strength: 1.5) }
    let silent = NoiseSchedule(rescaleToZeroSNR: true)
    #expect(throws: SamplingError.self) { try SamplingPlan(SamplerOptions(), silent, .epsilon) }
  }
}
