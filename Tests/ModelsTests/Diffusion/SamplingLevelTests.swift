import Foundation
import Testing

@testable import Models

/// Where plans begin, and that each step ends where the next begins.
struct SamplingLevelTests {
  private static let kinds = [SamplerKind.ddpm, .ddim, .dpm, .heun]

  /// Each model call but Heun's second one, which is asked at the end of its step.
  private func steps(_ plan: SamplingPlan) -> [SamplingPlan.ModelCall] {
    plan.modelCalls.filter { $0.next.previousNoisy == 0 }
  }

  private func check(
    _ plan: SamplingPlan, at time: (Double) -> NoiseLevel, _ comment: String
  ) throws {
    let steps = steps(plan)
    try #require(!steps.isEmpty, "\(comment)")
    for (index, step) in steps.enumerated() {
      let next = index + 1 < steps.count ? steps[index + 1].from : .clean
      // The denoiser is told the time that has this noise.
      let told = time(step.timestep)
      let factors = step.next
      let isSound =
        step.to == next && (index == 0 || step.timestep < steps[index - 1].timestep)
        && abs(told.signal - step.from.signal) < 1e-6 && abs(told.noise - step.from.noise) < 1e-6
        && (factors.noisy + factors.predicted + factors.output + factors.noise).isFinite
        && (factors.previousPredicted + step.predicted.noisy + step.predicted.output).isFinite
      if !isSound {
        Issue.record("\(comment), step \(index): \(step)")
        return
      }
    }
  }

  @Test(arguments: kinds, TimestepSpacing.allCases)
  func everyStepLandsOnTheNext(_ kind: SamplerKind, _ spacing: TimestepSpacing) throws {
    let schedule = NoiseSchedule(.cosine)
    let mixtures = (0..<1000).map(schedule.noiseLevel(at:))
    for count in 1...1000 {
      var options = SamplerOptions(kind, steps: count)
      options.spacing = spacing
      // Heun's are at any time.
      if kind == .heun && spacing == .linspace && count % 10 > 0 { continue }
      let plan = try SamplingPlan(options, schedule, .velocity)
      try check(
        plan,
        at: {
          $0 == $0.rounded(.down)
            ? mixtures[Int($0)] : NoiseLevel(sigma: schedule.sigma(at: $0))
        }, "\(count) steps")
      let reach = spacing == .leading || spacing == .quadratic ? 0 : 999.0
      #expect(plan.timesteps[0] >= reach)
    }
  }

  @Test(arguments: [SamplerKind.dpm, .heun], NoiseScheduleKind.allCases)
  func karrasLevelsHaveTheirTimes(_ kind: SamplerKind, _ schedule: NoiseScheduleKind) throws {
    let schedule = NoiseSchedule(schedule)
    for count in Array(1...40) + [100, 334, 1000] {
      var options = SamplerOptions(kind, steps: count)
      options.usesKarrasSpacing = true
      let plan = try SamplingPlan(options, schedule, .velocity)
      let steps = steps(plan)
      #expect(steps.count == count)
      for (step, next) in zip(steps, steps.dropFirst()) {
        #expect(step.timestep > next.timestep && step.to == next.from)
        // Between whole times the noise is on a line in its logarithm.
        let low = Int(step.timestep)
        let (least, most) = (schedule.sigma(at: low), schedule.sigma(at: min(low + 1, 999)))
        let sigma = step.from.sigma
        #expect(sigma > least * 0.999_999 && sigma < most * 1.000_001)
      }
      #expect(steps[0].from.sigma < exp(5.1) * 1.000_001)
    }
  }

  /// Schedules at the edges: with no signal at the end, or in its second half; with no noise at first; short.
  @Test(arguments: [
    NoiseSchedule(.cosine, rescaleToZeroSNR: true), NoiseSchedule(.linear, rescaleToZeroSNR: true),
    NoiseSchedule(.linear, betaStart: 1e-4, betaEnd: 0.999),
    NoiseSchedule(.linear, betaStart: 1e-9, betaEnd: 0.02), NoiseSchedule(.cosine, steps: 10),
    NoiseSchedule(.sigmoid), NoiseSchedule(.scaledLinear),
  ])
  func everyScheduleGivesFiniteFactors(_ schedule: NoiseSchedule) throws {
    for kind in Self.kinds {
      for spacing in TimestepSpacing.allCases {
        for count in [2, 3, 5, 10, 50, 334, 1000] where count <= schedule.steps {
          for eta in kind == .ddim ? [0, 0.5, 1] : [0] {
            var options = SamplerOptions(kind, steps: count)
            (options.spacing, options.eta) = (spacing, eta)
            let plan = try SamplingPlan(options, schedule, .velocity)
            for modelCall in plan.modelCalls {
              let factors = modelCall.next
              #expect(
                [
                  factors.noisy, factors.predicted, factors.output, factors.noise,
                  factors.previousNoisy, factors.previousPredicted,
                ].allSatisfy { $0.isFinite && abs($0) < 1e4 },
                "\(kind) \(spacing) \(count): \(modelCall)")
            }
          }
        }
      }
    }
  }

  @Test func leadingSpansTheRange() {
    #expect(TimestepSpacing.leading.timesteps(4, of: 10) == [8, 5, 2, 0])
    #expect(TimestepSpacing.leading.timesteps(334, of: 1000)[0] == 997)
    #expect(TimestepSpacing.leading.timesteps(600, of: 1000)[0] == 998)
    #expect(
      TimestepSpacing.leading.timesteps(50, of: 1000) == (0..<50).reversed().map { 20 * $0 })
  }

  @Test func aSingleStepBeginsAtTheLastTime() throws {
    for kind in Self.kinds {
      let plan = try SamplingPlan(SamplerOptions(kind, steps: 1), NoiseSchedule(), .epsilon)
      #expect(plan.timesteps == [999])
    }
    #expect(TimestepSpacing.linspace.timesteps(1, of: 1000) == [999])
  }

  /// A denoiser that tells the noise, at a time with next to no signal, says nothing of the image.
  @Test func unclippedNoiseIsNotTakenTwentyThousandfold() throws {
    let schedule = NoiseSchedule(.cosine)
    for kind in Self.kinds {
      for count in [2, 10, 1000] {
        var options = SamplerOptions(kind, steps: count)
        options.clipRange = nil
        let noise = try SamplingPlan(options, schedule, .epsilon)
        #expect(noise.modelCalls.allSatisfy { abs($0.predicted.output) <= exp(5.1) })
        #expect(noise.timesteps[0] == 995)
        #expect(try SamplingPlan(options, schedule, .velocity).timesteps[0] == 999)
      }
    }
  }

  /// Heun's second estimate counts as in Karras's algorithm where a step leaves at least half of the noise,
  /// and else alone.
  @Test func heunStaysBetweenItsEstimates() throws {
    for kind in NoiseScheduleKind.allCases {
      for count in [2, 5, 10, 50, 334] {
        let plan = try SamplingPlan(
          SamplerOptions(.heun, steps: count), NoiseSchedule(kind), .velocity)
        for (first, second) in zip(plan.modelCalls, plan.modelCalls.dropFirst())
        where second.next.previousNoisy != 0 {
          let left = first.to.sigma / first.from.sigma
          let whole = first.to.signal * (1 - left)
          #expect(abs(second.next.predicted - whole * min(1, 1 / (2 * left))) < 1e-9)
          #expect(abs(second.next.predicted + second.next.previousPredicted - whole) < 1e-9)
          #expect(second.next.previousPredicted >= 0 && second.next.predicted >= 0)
          #expect(abs(second.next.previousNoisy - first.to.noise / first.from.noise) < 1e-9)
        }
      }
    }
  }

  @Test func aFlowsSpacings() throws {
    func times(_ spacing: TimestepSpacing, _ count: Int) throws -> [Double] {
      var options = SamplerOptions(.euler, steps: count)
      options.spacing = spacing
      return try SamplingPlan(flow: options, timesteps: 1000).timesteps
    }
    #expect(try times(.trailing, 4) == [1000, 750, 500, 250])
    for (time, expected) in zip(try times(.linspace, 3), [1000, 500.5, 1]) {
      #expect(abs(time - expected) < 1e-9)
    }
    // What has no noise is no step.
    #expect(try times(.leading, 4) == [750, 500, 250])
    #expect(throws: SamplingError.self) { try times(.leading, 1) }
    for count in 1...1000 {
      let plan = try SamplingPlan(flow: SamplerOptions(.euler, steps: count), timesteps: 1000)
      try check(plan, at: { NoiseLevel(signal: 1 - $0 / 1000, noise: $0 / 1000) }, "\(count) steps")
      #expect(plan.count == count && plan.timesteps[0] == 1000)
    }
  }

  /// Where the model expects a visible part of an image, and gets none, noise of unit variance is too
  /// much.
  @Test func theFirstNoiseIsThatOfItsTime() throws {
    let schedule = NoiseSchedule(.cosine)
    for (spacing, count, time) in [
      (TimestepSpacing.leading, 10, 900), (.leading, 5, 800), (.quadratic, 20, 800),
    ] {
      for kind in [SamplerKind.ddpm, .ddim, .heun] {
        var options = SamplerOptions(kind, steps: count)
        options.spacing = spacing
        let plan = try SamplingPlan(options, schedule, .velocity)
        #expect(plan.timesteps[0] == Double(time))
        #expect(abs(plan.initialSigma - schedule.noiseLevel(at: time).noise) < 1e-12)
      }
    }
    let trailing = SamplerOptions(.ddim, steps: 10)
    #expect(try SamplingPlan(trailing, schedule, .velocity).initialSigma == 1)
  }

  /// What cannot become an image is refused, with the reason.
  @Test(arguments: [SamplerKind.ddpm, .ddim, .dpm, .heun])
  func whatBeginsTooLateIsRefused(_ kind: SamplerKind) throws {
    func reason(_ count: Int, _ spacing: TimestepSpacing?) throws -> String? {
      var options = SamplerOptions(kind, steps: count)
      if let spacing { options.spacing = spacing } else { options.usesKarrasSpacing = true }
      do {
        try SamplingPlan(options, NoiseSchedule(.cosine), .velocity).checkBeginning(options)
        return nil
      } catch { return "\(error)" }
    }
    for count in 2...1000 {
      #expect(try reason(count, .trailing) == nil)
      // DPM-Solver leaves out the last time of linspace.
      #expect(try (reason(count, .linspace) != nil) == (count == 2 && kind != .dpm))
      #expect(try reason(count, .quadratic)?.contains("where 30 % of an image") == true)
      #expect(try (reason(count, .leading) != nil) == (count < (kind == .dpm ? 5 : 6)))
    }
    guard kind == .dpm || kind == .heun else { return }
    #expect(try reason(2, nil)?.contains("the last begins at time 0") == true)
    #expect(try reason(3, nil) == nil)
  }

  /// A long step of DPM-Solver goes no further along its line than one of the length before it.
  @Test func dpmDoesNotOvershoot() throws {
    for count in 2...30 {
      var options = SamplerOptions(.dpm, steps: count)
      options.usesKarrasSpacing = true
      for modelCall in try SamplingPlan(options, NoiseSchedule(.cosine), .velocity).modelCalls {
        let left = modelCall.next.noisy / modelCall.to.signal * modelCall.from.signal
        let predicted = modelCall.next.predicted + modelCall.next.previousPredicted
        guard left < 0.1 else { continue }
        #expect(-modelCall.next.previousPredicted <= predicted / 2 + 1e-12)
      }
    }
  }
}
