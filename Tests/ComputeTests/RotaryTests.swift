import Foundation
import Testing

@testable import Compute

/// Rotary positions beside those of transformers' Llama (Tests/Parity/rotary/make.py).
@Suite struct RotaryTests {
  /// The fixture: what its script makes of `numbers(0)`, and for the gradient of `numbers(1)`.
  struct Fixture: Decodable, Sendable, CustomTestStringConvertible {
    let base: Float
    let epsilon: Float?
    let output: [Double]
    let gradient: [Double]

    var testDescription: String { "base \(base), epsilon \(epsilon ?? 0)" }

    static let all: [Fixture] = {
      let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../Parity/rotary/rotary.json")
      do {
        return try JSONDecoder().decode([Fixture].self, from: Data(contentsOf: file))
      } catch {
        Issue.record("\(error)")
        return []
      }
    }()
  }

  private func positions(
    batch: Int = 2, length: Int = 3, first: Int = 5, base: Float? = 10000, epsilon: Float?
  ) -> RotaryPositions {
    RotaryPositions(
      batch: batch, length: length, heads: 2, headSize: 8, firstPosition: first, base: base,
      normEpsilon: epsilon)
  }

  @Test func thereAreFixtures() { #expect(Fixture.all.count == 3) }

  @Test(arguments: Fixture.all) func agreesWithTransformers(_ fixture: Fixture) {
    let rotary = positions(base: fixture.base, epsilon: fixture.epsilon)
    let (x, dy) = (numbers(288), numbers(288, 1))
    let y = everywhere {
      changed([Float](repeating: .nan, count: 288)) { rotary.forward(x, into: $0) }
    }
    #expect(distance(y, fixture.output) <= 3e-6)
    let dx = everywhere {
      changed([Float](repeating: .nan, count: 288)) { rotary.gradient(x, dy, into: $0) }
    }
    #expect(distance(dx, fixture.gradient) <= 1e-5)
    let sum = changed(x) { rotary.gradient(x, dy, into: $0, accumulate: true) }
    #expect(distance(sum, zip(x, dx).map { Double($0) + Double($1) }) <= 1e-6)
  }

  /// A decoder takes positions one at a time, further and further behind the table's first end.
  @Test func positionsDoNotDependOnThoseBeside() {
    let x = numbers(600 * 48)
    let whole = changed(x) { base in
      positions(batch: 1, length: 600, first: 0, epsilon: 1e-6).forward(x, into: base)
    }
    for place in [0, 1, 255, 256, 599] {
      let row = Array(x[place * 48..<(place + 1) * 48])
      let y = changed(row) {
        positions(batch: 1, length: 1, first: place, epsilon: 1e-6).forward(row, into: $0)
      }
      #expect(y == Array(whole[place * 48..<(place + 1) * 48]))
    }
  }

  @Test func farAnglesAreRight() {
    let x = (0..<48).map { $0 % 8 < 4 ? Float(1) : 0 }
    let place = 4000
    let y = changed(x) {
      positions(batch: 1, length: 1, first: place, epsilon: nil).forward(x, into: $0)
    }
    let expected = (0..<48).map { i -> Double in
      if i >= 32 { return Double(x[i]) }
      let angle = Double(place) * pow(10000, -Double(i % 4) / 4)
      return i % 8 < 4 ? cos(angle) : sin(angle)
    }
    #expect(distance(y, expected) <= 2e-4)
  }
}
