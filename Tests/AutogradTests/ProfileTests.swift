import Compute
import Testing

@testable import Autograd

/// Where a profile says that the time of steps went.
@Suite struct ProfileTests {
  private let weight = ParameterSlab([(SlabEntry(path: "w", shape: [8, 8]), .decay)])

  /// Two uses of a linear layer, an activation and a mean: a training step.
  private func step() {
    _ = valueAndGradients(of: weight) {
      let w = weight.tensor(at: 0)
      let x = Tensor(constant: Values.zeros([16, 8]))
      return mean(linear(relu(linear(x, w)), w))
    }
    Profile.lap("update")
  }

  private func row(_ profile: Profile, _ name: String, _ pass: Profile.Pass?) -> Profile.Row? {
    profile.rows.first { $0.name == name && $0.pass == pass }
  }

  @Test func callsAStep() throws {
    let profile = Profile()
    for _ in 0..<3 { profile.measure(step) }
    #expect(profile.steps == 3)
    let calls = Dictionary(
      uniqueKeysWithValues: profile.rows.map {
        ("\($0.name) \($0.pass?.rawValue ?? "-")", $0.calls)
      })
    #expect(
      calls == [
        "linear forward": 6, "activation forward": 3, "mean forward": 3, "linear backward": 6,
        "activation backward": 3, "mean backward": 3, "update -": 3, "other -": 0,
      ])
  }

  /// No time is missed, and none is counted twice.
  @Test func theRowsAddUpToTheSteps() {
    let profile = Profile()
    let clock = ContinuousClock()
    var inside = Duration.zero
    let outside = clock.measure {
      for _ in 0..<20 { profile.measure { inside += clock.measure(step) } }
    }
    let sum = profile.rows.reduce(.zero) { $0 + $1.duration }
    #expect(sum == profile.duration)
    #expect(inside <= sum && sum <= outside)
    #expect(profile.rows.map(\.duration) == profile.rows.map(\.duration).sorted(by: >))
  }

  /// A pullback's work is its own row's. (Other tests count work at the same time, so there may be more.)
  @Test func workBelongsToTheRowOfItsOp() throws {
    let profile = Profile()
    profile.measure(step)
    let product = 2 * 16 * 8 * 8
    let forward = try #require(row(profile, "linear", .forward))
    #expect(forward.work.operations >= 2 * product)
    #expect(forward.work.bytes >= 4 * 2 * (2 * 16 * 8 + 8 * 8))
    // The first of the two layers has a constant input: two gradients of weights, one of an input.
    #expect(try #require(row(profile, "linear", .backward)).work.operations >= 3 * product)
  }

  @Test func opsOutsideATapeAreCounted() {
    let profile = Profile()
    profile.measure { _ = relu(Tensor([2], [1, -1])) }
    #expect(row(profile, "activation", .forward)?.calls == 1)
    #expect(row(profile, "activation", .backward) == nil)
  }

  @Test func whatIsNotMeasuredIsNotCounted() {
    let profile = Profile()
    profile.measure {}
    step()
    #expect(profile.rows.map(\.name) == ["other"])
  }
}
