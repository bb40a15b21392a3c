import Foundation
import Testing

@testable import Models

@Suite struct TokenSamplingTests {
  /// Logits of those probabilities.
  private func logits(_ probabilities: [Double]) -> [Float] {
    probabilities.map { Float(log($0)) }
  }

  private func sampling(_ change: (inout TokenSampling) -> Void) -> TokenSampling {
    var sampling = TokenSampling()
    sampling.temperature = 1
    change(&sampling)
    return sampling
  }

  /// How often each token is drawn in 1000 draws.
  private func shares(
    _ sampling: TokenSampling, _ logits: [Float], after previous: [Int32] = []
  ) throws -> [Double] {
    var counts = logits.map { _ in 0.0 }
    for number in 0..<1000 {
      let token = try logits.withUnsafeBufferPointer {
        try sampling.token(from: $0, after: previous, seed: 5, text: number % 3, number: number)
      }
      counts[Int(token)] += 1
    }
    return counts.map { $0 / 1000 }
  }

  private func expect(
    _ shares: [Double], _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for (share, expected) in zip(shares, expected) {
      // Four deviations; what is 0 is never drawn.
      let margin = 4 * (expected * (1 - expected) / 1000).squareRoot()
      #expect(abs(share - expected) <= margin, "\(shares)", sourceLocation: sourceLocation)
    }
  }

  private let uneven = [0.1, 0.4, 0.2, 0.3]

  @Test func allTokensAreDrawnAsLikelyAsTheyAre() throws {
    expect(try shares(sampling { _ in }, logits(uneven)), uneven)
  }

  @Test func topKLeavesTheLikeliest() throws {
    expect(try shares(sampling { $0.topK = 2 }, logits(uneven)), [0, 4 / 7.0, 0, 3 / 7.0])
    expect(try shares(sampling { $0.topK = 1 }, logits(uneven)), [0, 1, 0, 0])
    expect(try shares(sampling { $0.topK = 9 }, logits(uneven)), uneven)
    // Of equally likely ones the lowest.
    expect(
      try shares(sampling { $0.topK = 2 }, [1, 2, 1, 1]), [1 / (1 + M_E), M_E / (1 + M_E), 0, 0])
  }

  @Test func topPKeepsTheTokenThatCrossesIt() throws {
    expect(try shares(sampling { $0.topP = 0.3 }, logits(uneven)), [0, 1, 0, 0])
    expect(try shares(sampling { $0.topP = 0.5 }, logits(uneven)), [0, 4 / 7.0, 0, 3 / 7.0])
    expect(
      try shares(sampling { $0.topP = 0.75 }, logits(uneven)), [0, 4 / 9.0, 2 / 9.0, 3 / 9.0])
    expect(try shares(sampling { $0.topP = 0.95 }, logits(uneven)), uneven)
    // It is of what top-k leaves: 4/7 already reach a half.
    expect(
      try shares(
        sampling {
          $0.topK = 2
          $0.topP = 0.5
        }, logits(uneven)), [0, 1, 0, 0])
  }

  @Test func minPIsRelativeToTheLikeliest() throws {
    expect(try shares(sampling { $0.minP = 0.6 }, logits(uneven)), [0, 4 / 7.0, 0, 3 / 7.0])
    expect(try shares(sampling { $0.minP = 0.2 }, logits(uneven)), uneven)
    expect(try shares(sampling { $0.minP = 1 }, logits(uneven)), [0, 1, 0, 0])
  }

  @Test func theTemperatureComesLast() throws {
    // Squares of the probabilities, after the cut that they do not change.
    let cold = sampling {
      $0.temperature = 0.5
      $0.topP = 0.75
    }
    expect(try shares(cold, logits(uneven)), [0, 16 / 29.0, 4 / 29.0, 9 / 29.0])
    let hot = sampling {
      $0.temperature = 100
      $0.topK = 3
    }
    expect(try shares(hot, [0, 1, 2, 3]), [0, 0.33, 0.333, 0.337])
  }

  @Test func temperatureZeroIsTheLargestAndOfEqualOnesTheLowest() throws {
    let sampling = sampling { $0.temperature = 0 }
    #expect(try shares(sampling, [1, 3, 3, 2]) == [0, 1, 0, 0])
    #expect(try shares(sampling, [-2, -1, -.infinity, .nan]) == [0, 1, 0, 0])
  }

  /// Ever colder sampling ends in greedy sampling, whatever a Float can hold, and beside every cut.
  @Test(arguments: [
    1e-30, 1e-37, 1e-38, 1.2e-38, 1e-39, 1e-45, 1e-46, 1e-200, 1e-300, 2.3e-308,
    .leastNormalMagnitude / 512, .leastNonzeroMagnitude,
  ])
  func aSmallTemperatureTakesTheLargest(_ temperature: Double) throws {
    for logits in [[1, 3, 2.9, 2], [-2, -1, -.infinity, .nan], [0, 1e-3, -1e30, 3e-5]] as [[Float]]
    {
      let changes: [(inout TokenSampling) -> Void] = [
        { _ in }, { $0.topK = 3 }, { $0.topP = 0.9999 }, { $0.minP = 1e-9 },
        {
          $0.topK = 2
          $0.repeatPenalty = 1.01
        },
      ]
      for change in changes {
        let sampling = sampling {
          change(&$0)
          $0.temperature = temperature
        }
        try sampling.check()
        for number in 0..<10 {
          let token = try logits.withUnsafeBufferPointer {
            try sampling.token(from: $0, after: [0], seed: 5, text: 0, number: number)
          }
          #expect(token == 1)
        }
      }
    }
  }

  @Test func aLargeTemperatureTakesAllAlike() throws {
    expect(
      try shares(sampling { $0.temperature = 100 }, [0.1, 0.2, 0.3, 0]), [0.25, 0.25, 0.25, 0.25])
  }

  @Test func thePenaltyGoesToTheLatestTokens() throws {
    let greedy = sampling {
      $0.temperature = 0
      $0.repeatPenalty = 2
    }
    // 3 becomes 1.5; a penalty comes once, however often the token did.
    #expect(try shares(greedy, [1, 3, 2, 0], after: [1]) == [0, 0, 1, 0])
    #expect(try shares(greedy, [1, 3, 1.4, 0], after: [1, 1]) == [0, 1, 0, 0])
    // -1 becomes -2.
    #expect(try shares(greedy, [-1.5, -1], after: [1]) == [1, 0])
    // Only the last 64 tokens count.
    let old = [1] + [Int32](repeating: 3, count: 64)
    #expect(try shares(greedy, [1, 3, 2, 0], after: old) == [0, 1, 0, 0])
    #expect(try shares(greedy, [1, 3, 2, 0], after: Array(old.dropLast())) == [0, 0, 1, 0])
  }

  @Test func aDrawDependsOnSeedTextAndNumberAlone() throws {
    let logits = (0..<40).map { Float($0 % 7) / 5 }
    func draw(_ seed: UInt64, _ text: Int, _ number: Int) throws -> Int32 {
      try logits.withUnsafeBufferPointer {
        try sampling { _ in }.token(from: $0, after: [], seed: seed, text: text, number: number)
      }
    }
    let places = [(0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0), (7, 3, 99)]
    let drawn = try places.map { try draw(UInt64($0.0), $0.1, $0.2) }
    #expect(drawn == (try places.map { try draw(UInt64($0.0), $0.1, $0.2) }))
    // On every machine.
    #expect(drawn == [5, 17, 39, 33, 35])
  }

  @Test func settingsOutOfRangeAreErrors() {
    let cases: [(String, (inout TokenSampling) -> Void)] = [
      ("temperature is -1.0", { $0.temperature = -1 }),
      ("temperature is nan", { $0.temperature = .nan }),
      ("temperature is inf", { $0.temperature = .infinity }),
      ("temperature is 100.1", { $0.temperature = 100.1 }), ("top-k is 0", { $0.topK = 0 }),
      ("top-p is 0.0", { $0.topP = 0 }), ("top-p is 1.5", { $0.topP = 1.5 }),
      ("min-p is 2.0", { $0.minP = 2 }), ("repeat-penalty is 0.0", { $0.repeatPenalty = 0 }),
    ]
    for (message, change) in cases {
      let error = #expect(throws: SamplingError.self) { try sampling(change).check() }
      #expect(error?.description.hasPrefix(message) == true)
    }
    #expect(throws: Never.self) { try TokenSampling().check() }
  }

  @Test func logitsThatAreNoNumbersAreAnError() {
    #expect(throws: SamplingError.self) { try shares(sampling { _ in }, [.nan, .nan]) }
    #expect(throws: SamplingError.self) { try shares(sampling { _ in }, [.infinity, 0]) }
  }
}
