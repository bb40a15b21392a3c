import Compute
import Foundation
import Testing

@testable import Runs
@testable import Training

@Suite struct MonitorTests {
  /// Numbers around 1 that do not repeat soon.
  private func usual(_ count: Int) -> [Double] { (0..<count).map { 1 + 0.1 * sin(Double($0)) } }

  @Test func anOutlierIsToldFromWhatIsUsual() {
    var monitor = GradientMonitor()
    for norm in usual(60) {
      let found = monitor.add(norm)
      #expect(found == nil)
    }
    let outlier = monitor.add(50)
    #expect(outlier?.norm == 50)
    #expect(abs((outlier?.median ?? 0) - 1) < 0.05)
    let later = monitor.add(1.9)
    #expect(later == nil)
  }

  @Test func outliersAndWhatIsNotFiniteDoNotMoveWhatIsUsual() {
    var monitor = GradientMonitor()
    for norm in usual(100) {
      _ = monitor.add(norm)
      _ = monitor.add(.nan)
      _ = monitor.add(.infinity)
    }
    for _ in 0..<20 {
      let found = monitor.add(1000)
      #expect(found != nil)
    }
    let after = monitor.add(1)
    #expect(after == nil)
  }

  /// What has never varied more has not collapsed; what has, is told once, and again after it has varied more.
  @Test func aCollapseIsToldOnce() {
    var monitor = VarietyMonitor()
    func told(_ varieties: [Double]) -> [Int] {
      varieties.indices.filter { monitor.add(varieties[$0]) != nil }
    }
    #expect(told(Array(repeating: 0.05, count: 500)) == [])
    #expect(told((0..<100).map { 0.1 + 0.01 * Double($0) }) == [])
    // Half of the data's is less than it was, but no collapse.
    #expect(told(Array(repeating: 0.5, count: 100)) == [])
    let collapsed = told(Array(repeating: 0.05, count: 200))
    #expect(collapsed.count == 1 && (10...32).contains(collapsed[0]))
    // Nor is a slow start.
    #expect(told((0..<600).map { 0.05 + 0.0002 * Double($0) }) == [])
    // One that has hardly begun can collapse, too.
    #expect(told(Array(repeating: 0.02, count: 200)).count == 1)
    #expect(told(Array(repeating: 0.9, count: 100) + Array(repeating: 0, count: 100)).count == 1)
    // A single odd batch is none.
    #expect(told(Array(repeating: 0.9, count: 100) + [0, 0, 0]) == [])
  }

  /// Measurements of few held-out images vary, so that an average tells, and it is told once.
  @Test func overfittingIsToldOnce() {
    var monitor = OverfittingMonitor()
    func told(_ measurements: [Double]) -> [Int] {
      measurements.indices.filter { monitor.add(measurements[$0]) != nil }
    }
    #expect(told((0..<200).map { $0 % 2 == 0 ? 1.5 : -0.5 }) == [])
    #expect(told(Array(repeating: 0.9, count: 200)).count == 1)
    monitor = OverfittingMonitor()
    #expect(told(Array(repeating: 0.9, count: 19)) == [])
    #expect(told([0.9, 0.9]) == [0])
  }

  /// A penalty of each fourth update makes its gradients larger, which is usual for it.
  @Test func penalizedUpdatesAreComparedWithTheirLike() {
    var monitor = GradientMonitor()
    for (step, norm) in usual(400).enumerated() {
      let isPenalized = step % 4 == 0
      let found = monitor.add(isPenalized ? 5 * norm : norm, isPenalized: isPenalized)
      #expect(found == nil)
    }
    let (large, small) = (monitor.add(50, isPenalized: true), monitor.add(5))
    #expect(large != nil && small != nil)
  }

  @Test func nothingIsUnusualAtFirst() {
    var monitor = GradientMonitor()
    for norm in usual(GradientMonitor.fewest - 1) { _ = monitor.add(norm) }
    let first = monitor.add(1e9)
    #expect(first == nil)
  }

  @Test func normsThatHardlyVaryAreNoReasonForAlarm() {
    var monitor = GradientMonitor()
    for _ in 0..<100 { _ = monitor.add(1) }
    let near = monitor.add(1.5)
    #expect(near == nil)
    let far = monitor.add(2.5)
    #expect(far != nil)
  }

  /// Most steps are passed without a sort, which no answer depends on.
  @Test func monitorsAnswerByTheirDefinition() {
    func median(_ values: [Double]) -> Double {
      let (sorted, middle) = (values.sorted(), values.count / 2)
      return (sorted[(values.count - 1) / 2] + sorted[middle]) / 2
    }
    let draws = RandomStream(seed: 4, purpose: .drawing).normals([3000, 2]).elements
    for spread in [0.01, 0.5, 3] {
      var (gradients, loss) = (GradientMonitor(), LossMonitor())
      var (norms, losses, above) = ([Double](), [Double](), 0)
      for step in 0..<3000 {
        let norm = exp(spread * Double(draws[2 * step]))
        var outlier: GradientMonitor.Outlier?
        if norms.count >= 32 {
          let usual = median(norms)
          let deviation = 1.4826 * median(norms.map { abs($0 - usual) })
          if norm > max(usual + 10 * deviation, 2 * usual) {
            outlier = GradientMonitor.Outlier(norm: norm, median: usual)
          }
        }
        norms = (norms + [norm]).suffix(128)
        let found = gradients.add(norm)
        #expect(found == outlier)

        let value = (step < 100 ? 1 : 10) * exp(spread * Double(draws[2 * step + 1]))
        let limit = min(losses.count < 100 ? .infinity : 10 * median(losses), 100)
        above = losses.isEmpty || value <= limit ? 0 : above + 1
        if losses.count < 100 { losses.append(value) }
        let hasDiverged = loss.add(value, start: 0.5)
        #expect(hasDiverged == (above >= 50))
        if hasDiverged { break }
      }
    }
  }

  @Test func aMonitorGoesOnWhereItWasSaved() throws {
    var monitor = GradientMonitor()
    for norm in usual(200) { _ = monitor.add(norm / 3) }
    let saved = try JSONEncoder().encode(monitor)
    #expect(try JSONDecoder().decode(GradientMonitor.self, from: saved) == monitor)
  }

  @Test func aLossFarAboveItsBeginningForFiftyStepsHasDiverged() {
    var monitor = LossMonitor()
    for _ in 0..<100 {
      let found = monitor.add(2)
      #expect(!found)
    }
    #expect(monitor.limit() == 20)
    for _ in 0..<49 {
      let found = monitor.add(20.5)
      #expect(!found)
    }
    let once = monitor.add(19.5)
    #expect(!once)
    for _ in 0..<49 {
      let found = monitor.add(20.5)
      #expect(!found)
    }
    let last = monitor.add(20.5)
    #expect(last)
  }

  @Test func aLossThatTheFirstStepsHaveSpoiledHasDiverged() {
    var monitor = LossMonitor()
    let found = ([2] + Array(repeating: 1e8, count: 50)).map { monitor.add($0) }
    #expect(found.firstIndex(of: true) == 50)
  }

  @Test func aFirstLossOfNearlyNothingIsNoMeasure() {
    var monitor = LossMonitor()
    let found = ([1e-6] + Array(repeating: 0.3, count: 300)).map { monitor.add($0) }
    #expect(!found.contains(true))
  }
}
