import Testing

@testable import Compute

/// Convolutions of every kernel, stride and padding, against sums in Double.
@Suite struct ConvolutionTests {
  static let cases: [Convolution] = [
    Convolution(
      batch: 2, height: 8, width: 8, inChannels: 20, outChannels: 70, kernel: (4, 4), stride: 2,
      padding: 1),
    Convolution(
      batch: 3, height: 9, width: 7, inChannels: 3, outChannels: 17, kernel: (4, 4), stride: 2,
      padding: 1),
    Convolution(
      batch: 2, height: 10, width: 6, inChannels: 1, outChannels: 64, kernel: (3, 3), padding: 1),
    Convolution(
      batch: 1, height: 5, width: 12, inChannels: 33, outChannels: 3, kernel: (3, 3), padding: 1),
    Convolution(batch: 5, height: 4, width: 4, inChannels: 40, outChannels: 1, kernel: (4, 4)),
    Convolution(batch: 4, height: 6, width: 5, inChannels: 18, outChannels: 24, kernel: (1, 1)),
    Convolution(
      batch: 2, height: 7, width: 7, inChannels: 16, outChannels: 16, kernel: (1, 1), stride: 2),
    Convolution(
      batch: 2, height: 11, width: 9, inChannels: 5, outChannels: 6, kernel: (5, 2), stride: 3,
      padding: 2),
    Convolution(
      batch: 1, height: 6, width: 6, inChannels: 450, outChannels: 65, kernel: (3, 3), padding: 1),
    Convolution(
      batch: 2, height: 5, width: 5, inChannels: 2, outChannels: 2, kernel: (2, 2), stride: 3),
    Convolution(
      batch: 9, height: 16, width: 16, inChannels: 3, outChannels: 8, kernel: (4, 4), stride: 2,
      padding: 1),
    Convolution(
      batch: 2, height: 8, width: 6, inChannels: 18, outChannels: 20, kernel: (3, 3), stride: 2,
      extraPadding: 1),
    Convolution(
      batch: 2, height: 5, width: 6, inChannels: 3, outChannels: 7, kernel: (3, 3), stride: 2,
      padding: 1, extraPadding: 2),
    Convolution(
      batch: 1, height: 3, width: 3, inChannels: 2, outChannels: 3, kernel: (1, 1),
      extraPadding: 1),
    Convolution(batch: 0, height: 4, width: 4, inChannels: 2, outChannels: 2, kernel: (3, 3)),
  ]

  enum Direction: CaseIterable { case forward, inputGradient, weightGradient }

  @Test(arguments: cases, Direction.allCases)
  func agreesWithDouble(convolution: Convolution, direction: Direction) {
    for accumulate in [false, true] {
      let (result, expected) = run(convolution, direction, accumulate)
      let scale = expected.map(abs).max() ?? 0
      let worst = zip(result, expected).map { abs(Double($0) - $1) }.max() ?? 0
      #expect(worst <= 2e-6 * scale, "\(convolution) \(direction)")
    }
  }

  @Test(arguments: cases, Direction.allCases)
  func sameBitsEverywhere(convolution: Convolution, direction: Direction) {
    _ = everywhere { run(convolution, direction, false).result }
  }

  @Test(arguments: cases.filter { $0.batch > 1 }, [Direction.forward, .inputGradient])
  func anImageDoesNotDependOnTheOthers(convolution: Convolution, direction: Direction) {
    let one = Convolution(
      batch: 1, height: convolution.height, width: convolution.width,
      inChannels: convolution.inChannels, outChannels: convolution.outChannels,
      kernel: (convolution.kernelHeight, convolution.kernelWidth), stride: convolution.stride,
      padding: convolution.padding, extraPadding: convolution.extraPadding)
    let alone = run(one, direction, false).result
    #expect(Array(run(convolution, direction, false).result.prefix(alone.count)) == alone)
  }

  /// One routine with sentinels around its output, and the same in Double.
  private func run(
    _ c: Convolution, _ direction: Direction, _ accumulate: Bool
  ) -> (result: [Float], expected: [Double]) {
    let (inputs, outputs) = (
      c.height * c.width * c.inChannels, c.outputHeight * c.outputWidth * c.outChannels
    )
    let weights = c.kernelHeight * c.kernelWidth * c.inChannels * c.outChannels
    let x = numbers(c.batch * inputs, 1)
    let w = numbers(weights, 2)
    let y = numbers(c.batch * outputs, 3)
    let expected = reference(c, direction, x, w, y, accumulate)
    switch direction {
    case .forward:
      return (changed(y) { c.forward(x, w, into: $0, accumulate: accumulate) }, expected)
    case .inputGradient:
      return (changed(x) { c.inputGradient(y, w, into: $0, accumulate: accumulate) }, expected)
    case .weightGradient:
      return (changed(w) { c.weightGradient(x, y, into: $0, accumulate: accumulate) }, expected)
    }
  }

  private func reference(
    _ c: Convolution, _ direction: Direction, _ x: [Float], _ w: [Float], _ y: [Float],
    _ accumulate: Bool
  ) -> [Double] {
    let own = direction == .forward ? y : direction == .inputGradient ? x : w
    var result = own.map { accumulate ? Double($0) : 0 }
    for n in 0..<c.batch {
      for oy in 0..<c.outputHeight {
        for ox in 0..<c.outputWidth {
          for ky in 0..<c.kernelHeight {
            for kx in 0..<c.kernelWidth {
              let (iy, ix) = (oy * c.stride + ky - c.padding, ox * c.stride + kx - c.padding)
              guard iy >= 0, iy < c.height, ix >= 0, ix < c.width else { continue }
              let from = ((n * c.height + iy) * c.width + ix) * c.inChannels
              let to = ((n * c.outputHeight + oy) * c.outputWidth + ox) * c.outChannels
              let tap = (ky * c.kernelWidth + kx) * c.inChannels
              for i in 0..<c.inChannels {
                for o in 0..<c.outChannels {
                  let weight = (tap + i) * c.outChannels + o
                  switch direction {
                  case .forward: result[to + o] += Double(x[from + i]) * Double(w[weight])
                  case .inputGradient: result[from + i] += Double(y[to + o]) * Double(w[weight])
                  case .weightGradient: result[weight] += Double(x[from + i]) * Double(y[to + o])
                  }
                }
              }
            }
          }
        }
      }
    }
    return result
  }
}
