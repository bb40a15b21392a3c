import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Reports
@testable import Runs

struct CurveTests {
  private func curve(_ values: [Double]) -> MetricsCurve {
    MetricsCurve(
      "loss", values.enumerated().map { MetricsCurve.Point(step: $0.offset, value: $0.element) })
  }

  @Test func scales() {
    let linear = ChartScale(showing: [0.5, 2.5])
    #expect(
      !linear.isLogarithmic && linear.ticks.map { brief($0) } == ["0.5", "1", "1.5", "2", "2.5"])
    #expect(linear.position(linear.lower) == 0 && linear.position(linear.upper) == 1)
    let powers = ChartScale(showing: [1e-4, 1])
    #expect(powers.isLogarithmic && powers.ticks.contains { abs($0 - 1e-2) < 1e-12 })
    #expect(abs(powers.position(1e-2) - 0.5) < 1e-9)
    for values in [[0.0], [3], [-3], [1e300, -1e300], [1e-300, 1e300], [0.1, 0.1 + 1e-13], []] {
      let scale = ChartScale(showing: values)
      #expect(scale.lower < scale.upper && scale.ticks.count < 40, "\(values)")
      #expect(values.allSatisfy { (0...1).contains(scale.position($0)) }, "\(values)")
    }
    #expect(ChartScale(steps: 0...3).ticks == [0, 1, 2, 3])
    #expect(ChartScale(steps: 7...7).upper == 8)
  }

  @Test func numbers() {
    #expect(
      [0.002, 2e-4, 1.5e-5, 10e-6, 12_000, -1234.5, 0, 999, 1e20, .nan, -.infinity].map {
        brief($0)
      }
        == [
          "0.002", "2e-4", "1.5e-5", "1e-5", "12,000", "-1234", "0", "999", "1e20", "nan", "-inf",
        ])
  }

  @Test func smoothingKeepsCoursesAndTakesNoiseAway() throws {
    let line = try #require(curve((0..<200).map { 2 * Double($0) }).smoothed)
    for point in line.points[20..<180] { #expect(abs(point.value - 2 * Double(point.step)) < 1e-9) }
    let noise = try #require(curve((0..<200).map { $0 % 2 == 0 ? 1 : -1 }).smoothed)
    for point in noise.points[10..<190] { #expect(abs(point.value) < 0.01) }
    #expect(curve([1, 2, 3]).smoothed == nil)
  }

  @Test func thinningKeepsPeaks() {
    var values = (0..<5000).map { _ in 1.0 }
    values[1234] = 9
    values[4321] = -9
    let thinned = curve(values).thinned(100)
    #expect(thinned.points.count <= 100)
    #expect(thinned.greatest?.step == 1234 && thinned.least?.step == 4321)
  }

  @Test func groups() {
    let records = [
      MetricsRecord(
        step: 1,
        ["learning_rate": 1, "loss": 2, "accuracy": 0.5, "gradient_norm": 3, "odd": .nan]
          as KeyValuePairs),
      MetricsRecord(step: 2, ["validation_loss": 2, "fid_score": 7] as KeyValuePairs),
    ]
    let groups = CurveGroup.all(of: MetricsCurve.all(in: records))
    #expect(
      groups.map(\.title) == ["Loss", "Fid score", "Accuracy", "Gradient norm", "Learning rate"])
    #expect(groups[0].curves.map(\.label) == ["training", "validation"])
  }

  /// One odd value does not press all others flat: it is a point beside their line.
  @Test func outliersAreApart() {
    var values = (0..<60).map { 2 + sin(Double($0)) / 10 }
    let (whole, none) = curve(values).withoutOutliers
    #expect(none.isEmpty && whole.points.count == 60)
    values[20] = 400
    let (usual, outliers) = curve(values).withoutOutliers
    #expect(outliers.map(\.value) == [400] && usual.points.count == 59)
    let group = CurveGroup.all(of: [curve(values)])[0]
    #expect(group.scale(of: group.parts.map { $0.curve }).upper < 3)
    // Where the course itself has steps, nothing is odd.
    let steps = (0..<60).map { $0 < 30 ? 1.0 : 5 }
    #expect(curve(steps).withoutOutliers.outliers.isEmpty)
  }

  @Test func aChartInTheTerminal() {
    let group = CurveGroup.all(of: [curve((0...100).map { Double($0) })])[0]
    let lines = TerminalChart(group, rows: 4, TerminalStyle(columns: 40)).text
      .split(separator: "\n").map(String.init)
    #expect(lines.count == 1 + 4 + 2 && lines.allSatisfy { $0.count <= 40 })
    // It rises from the lower left to the upper right.
    #expect(lines[4].contains("┤\u{28c0}") || lines[4].contains("│\u{28c0}"), "\(lines)")
    #expect(lines[1].last != "\u{2800}" && lines[1].dropFirst(10).first == "\u{2800}")
    #expect(lines[6].hasSuffix("100"))
    let colored = TerminalChart(group, rows: 4, TerminalStyle(columns: 40, isColored: true)).text
    #expect(colored.contains("\u{1b}[34m") && colored.contains("\u{1b}[0m"))
  }

  /// Losses that weigh errors differently say nothing side by side.
  @Test func lossesThatAreNotAlikeAreApart() {
    let records = (1...3).map { step in
      MetricsRecord(
        step: step,
        ["loss": 1, "validation_loss": 2, "loss_generator": 3, "accuracy": 0.5] as KeyValuePairs)
    }
    let curves = MetricsCurve.all(in: records)
    func charts(_ areAlike: Bool) -> [String] {
      CurveGroup.all(of: curves, lossesAreAlike: areAlike).map { group in
        "\(group.title): \(group.curves.map(\.label).joined(separator: ", "))"
      }
    }
    #expect(
      charts(true) == ["Loss: training, validation, generator", "Accuracy: validation"])
    #expect(
      charts(false) == [
        "Loss: training, generator", "Validation loss: validation", "Accuracy: validation",
      ])
  }

  @Test func aTableIsReadAsItWasWritten() throws {
    let folder = TemporaryFolder(inMemory: true)
    let records = [
      MetricsRecord(step: 1, ["a,\"b\"\n": 1, "loss": .infinity] as KeyValuePairs),
      MetricsRecord(step: 2, ["late": -1e-9] as KeyValuePairs),
    ]
    try put(records.flatMap(\.line), at: folder("m.jsonl"))
    try put(MetricsTable.content(ofLogAt: Place(folder("m.jsonl"))).bytes, at: folder("m.csv"))
    #expect(try MetricsTable.records(path: folder("m.csv")) == records)
  }
}
