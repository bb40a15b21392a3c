import Foundation
import Testing

@testable import Compute

@Suite struct RandomTests {
  static let stream = RandomStream(seed: 0x1234_5678_9abc_def0, purpose: .noise, layer: 3)

  /// The vectors that the authors publish with their library Random123.
  @Test func philoxGivesThePublishedWords() {
    let ones = UInt32.max
    #expect(
      Philox(key: 0).words((0, 0, 0, 0)) == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    #expect(
      Philox(key: .max).words((ones, ones, ones, ones))
        == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      Philox(key: 0x299f_31d0_a409_3822)
        .words((0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344))
        == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  /// The word that the documented mapping gives to an element.
  static func word(_ element: Int, sample: Int, step: Int) -> UInt32 {
    let block = UInt32(element / 64 * 16 + element % 16)
    let words = Philox(key: stream.seed).words((block, UInt32(sample), UInt32(step), 4 << 16 | 3))
    return [words.0, words.1, words.2, words.3][element / 16 % 4]
  }

  @Test func uniformsAreTheWordsOfTheMapping() {
    let expected = (0..<200).map { Float(Self.word($0, sample: 9, step: 5) >> 8) * 0x1p-24 }
    #expect(Self.stream.uniforms([1, 200], firstSample: 9, step: 5).elements == expected)
  }

  @Test func normalsAreThoseOfBoxAndMuller() {
    let normals = Self.stream.normals([1, 400], firstSample: 2, step: 7).elements
    for (element, value) in normals.enumerated() {
      let pair = element - element / 16 % 2 * 16
      let radius = (-2 * log((Double(Self.word(pair, sample: 2, step: 7)) + 0.5) * 0x1p-32))
        .squareRoot()
      let angle = 2 * Double.pi * Double(Self.word(pair + 16, sample: 2, step: 7)) * 0x1p-32
      let exact = radius * (pair == element ? cos(angle) : sin(angle))
      #expect(abs(Double(value) - exact) < 3e-6, "element \(element)")
    }
  }

  /// Frozen: a change here would change every run that somebody wants to repeat.
  @Test func theMappingNeverChanges() {
    let z = Self.stream.normals([2, 100], firstSample: 17, step: 1000).elements
    #expect(
      [0, 1, 16, 63, 64, 99, 100, 199].map { z[$0] } == [
        -0.94189215, -0.48820737, -1.0240324, -1.3452723, 1.5387144, -0.68620485, -0.026124494,
        -1.6381198,
      ])
    #expect(
      Self.stream.integers(below: 1000, count: 6, firstSample: 17, step: 1000)
        == [631, 662, 968, 948, 924, 148])
    #expect(Self.stream.permutation(of: 10, epoch: 3) == [6, 3, 1, 4, 8, 5, 2, 7, 9, 0])
    var sequence = Self.stream.sequence(sample: 1, step: 2)
    #expect(sequence.next() == 15_487_080_487_568_711_831)
    #expect(sequence.uniform() == 0.1372776)
    #expect(sequence.integer(below: 100) == 83)
    #expect(sequence.next() == 1_340_672_861_721_135_521)
    let purposes: [RandomStream.Purpose] = [
      .initialization, .shuffle, .augmentation, .noise, .timestep, .dropout, .conditionDropout,
      .window, .sampling, .evaluation, .drawing,
    ]
    #expect(purposes.map(\.rawValue) == Array(1...11))
  }

  @Test(arguments: lengths) func fillsAnyLengthWithTheSameBits(size: Int) {
    let whole = Self.stream.normals([3, size], firstSample: 4).elements
    let filled = everywhere {
      changed([Float](repeating: 7, count: 3 * size)) {
        Self.stream.fillNormals($0, shape: [3, size], firstSample: 4)
      }
    }
    #expect(filled == whole)
    // A sample alone has the numbers that it has among others.
    #expect(
      Array(filled[size..<2 * size]) == Self.stream.normals([1, size], firstSample: 5).elements)
    let uniform = everywhere {
      changed([Float](repeating: 7, count: size)) {
        Self.stream.fillUniforms($0, shape: [1, size], from: -2, to: 3)
      }
    }
    #expect(uniform.allSatisfy { $0 >= -2 && $0 < 3 })
  }

  @Test func manySmallSamplesAreTheSameAsOneAtATime() {
    let all = Self.stream.normals([9000, 3], step: 8).elements
    for sample in [0, 1, 5460, 5461, 8999] {
      let one = Self.stream.normals([1, 3], firstSample: sample, step: 8).elements
      #expect(Array(all[3 * sample..<3 * sample + 3]) == one)
    }
  }

  @Test func normalsHaveTheMomentsOfANormal() {
    let z = Self.stream.normals([10, 20_000]).elements.map(Double.init)
    let count = Double(z.count)
    func moment(_ power: Double) -> Double { z.reduce(0) { $0 + pow($1, power) } / count }
    #expect(abs(moment(1)) < 4 / count.squareRoot())
    #expect(abs(moment(2) - 1) < 4 * (2 / count).squareRoot())
    #expect(abs(moment(3)) < 4 * (15 / count).squareRoot())
    #expect(abs(moment(4) - 3) < 4 * (96 / count).squareRoot())
    let beyond = Double(z.count { abs($0) > 1.959964 }) / count
    #expect(abs(beyond - 0.05) < 4 * (0.05 * 0.95 / count).squareRoot())
  }

  @Test func meanAndDeviationAreApplied() {
    let plain = Self.stream.normals([1, 50]).elements
    let scaled = changed([Float](repeating: 0, count: 50)) {
      Self.stream.fillNormals($0, shape: [1, 50], mean: 3, standardDeviation: 0.5)
    }
    for (z, y) in zip(plain, scaled) { #expect(abs(y - (3 + 0.5 * z)) < 1e-6) }
  }

  @Test func streamsDiffer() {
    let base = Self.stream.normals([1, 64]).elements
    let others = [
      RandomStream(seed: Self.stream.seed + 1, purpose: .noise, layer: 3).normals([1, 64]),
      RandomStream(seed: Self.stream.seed, purpose: .sampling, layer: 3).normals([1, 64]),
      RandomStream(seed: Self.stream.seed, purpose: .noise, layer: 4).normals([1, 64]),
      Self.stream.normals([1, 64], firstSample: 1), Self.stream.normals([1, 64], step: 1),
    ]
    for other in others { #expect(zip(base, other.elements).allSatisfy { $0 != $1 }) }
  }

  @Test func permutationsHoldEachIndexOnce() {
    for count in [0, 1, 2, 17, 1000] {
      let order = Self.stream.permutation(of: count, epoch: 1)
      #expect(order.sorted() == Array(0..<count))
    }
    #expect(Self.stream.permutation(of: 100) != Self.stream.permutation(of: 100, epoch: 1))
  }

  @Test func integersAreSpreadEvenly() {
    let draws = Self.stream.integers(below: 10, count: 20_000)
    for digit in 0..<10 {
      let share = draws.count { $0 == digit }
      #expect(abs(share - 2000) < 4 * 43, "\(digit) came \(share) times")
    }
  }

  @Test(arguments: lengths) func dropoutKeepsAndScales(size: Int) {
    let x = numbers(2 * size).map { $0 + 2 }
    let y = everywhere {
      changed([Float](repeating: 5, count: 2 * size)) {
        Self.stream.dropout(x, into: $0, shape: [2, size], rate: 0.25, firstSample: 1, step: 6)
      }
    }
    let threshold = UInt32(1) << 30
    for (index, value) in y.enumerated() where index < 300 {
      let word = Self.word(index % max(size, 1), sample: 1 + index / max(size, 1), step: 6)
      #expect(value == (word >= threshold ? x[index] * Float(1 / 0.75) : 0))
    }
    if size >= 1000 {
      let dropped = Double(y.count { $0 == 0 }) / Double(y.count)
      #expect(abs(dropped - 0.25) < 4 * (0.25 * 0.75 / Double(y.count)).squareRoot())
    }
    let accumulated = changed([Float](repeating: 5, count: 2 * size)) {
      Self.stream.dropout(
        x, into: $0, shape: [2, size], rate: 0.25, accumulate: true, firstSample: 1, step: 6)
    }
    for (sum, value) in zip(accumulated, y) { #expect(abs(sum - (value + 5)) < 1e-6) }
  }

  @Test func dropoutAtZeroIsACopy() {
    let x = numbers(100)
    #expect(
      changed([Float](repeating: 5, count: 100)) {
        Self.stream.dropout(x, into: $0, shape: [100], rate: 0)
      } == x)
  }
}
