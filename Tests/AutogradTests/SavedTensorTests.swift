import Compute
import Testing

@testable import Autograd

/// What the backward pass keeps of the forward pass, and what it makes again.
@Suite struct SavedTests {
  /// An op whose output is not kept, by its name.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let op: @Sendable (Tensor) -> Tensor
    var testDescription: String { name }
  }

  private static var weight: Tensor { Tensor([8], [1, 2, 0.5, -1, 3, 0.1, 1, 2]) }
  private static var bias: Tensor { Tensor([8], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]) }

  private static let recomputed: [Case] = [
    Case(name: "layer norm") { layerNorm($0, weight: weight, bias: bias) },
    Case(name: "RMS norm") { rmsNorm($0, weight: weight) },
    Case(name: "batch norm") { batchNorm($0, weight: weight, bias: bias, activation: .relu) },
    Case(name: "group norm") {
      groupNorm(
        $0, weight: weight, bias: bias, groups: 2,
        shift: Tensor([2, 8], Array(repeating: 2, count: 16)),
        modulation: Tensor([2, 16], Array(repeating: 0.5, count: 32)), activation: .silu)
    },
    Case(name: "GELU") { gelu($0) },
    Case(name: "SwiGLU") { swiglu($0) },
    Case(name: "linear and GELU") {
      linear($0, Tensor([8, 3], (0..<24).map { Float($0) / 24 }), activation: .gelu)
    },
    Case(name: "upsampling") { upsampleNearest($0, factor: 2) },
    Case(name: "concatenation") { concatenate([$0, $0]) },
    Case(name: "a reshaped norm") { reshape(rmsNorm($0, weight: weight), to: [8, 16]) },
    Case(name: "dropout of a norm") {
      dropout(rmsNorm($0, weight: weight), rate: 0.5, from: RandomStream(seed: 1, purpose: .noise))
    },
    Case(name: "a concatenated norm") { concatenate([rmsNorm($0, weight: weight), $0]) },
  ]

  private static let images = Values([2, 2, 4, 8], (0..<128).map { Float($0 * 37 % 101) / 50 - 1 })

  @Test(arguments: recomputed) func valuesAreNotKeptAndMadeAgainWithTheSameBits(_ a: Case) {
    let tape = Tape()
    let x = tape.watch(Self.images)
    weak var storage: Storage?
    var (first, again): ([Float], [Float]) = ([], [])
    let loss = tape.record {
      let y = a.op(x)
      storage = y.values.storage
      first = y.values.elements
      // An op that needs its input.
      return record(Values([]) { $0[0] = 0 }, from: y) { [y = y.saved] _, gradients in
        again = y.values.elements
        gradients.write(to: y.gradientTarget) {
          $0.update(repeating: 0, count: y.gradientTarget.count); _ = $1
        }
      }
    }
    #expect(storage == nil)
    _ = tape.gradients(of: loss)
    #expect(!first.isEmpty && again.map(\.bitPattern) == first.map(\.bitPattern))
  }

  @Test func ofASumNothingIsKept() {
    let tape = Tape()
    let x = tape.watch(Self.images)
    weak var storage: Storage?
    let loss = tape.record {
      let y = silu(x)
      storage = y.values.storage
      return sum(y + x)
    }
    #expect(storage == nil)
    #expect(tape.gradients(of: loss)[x].count == x.count)
  }

  @Test func runningStatisticsTakeUpABatchOnce() {
    func mean(isRemade: Bool) -> [Float] {
      let running = RunningStatistics(mean: .zeros([8]), variance: .zeros([8]))
      let tape = Tape()
      let x = tape.watch(Self.images)
      let loss = tape.record {
        let y = batchNorm(x, weight: Self.weight, bias: Self.bias, running: running)
        return isRemade ? sum(y * y) : sum(y)
      }
      _ = tape.gradients(of: loss)
      return running.mean.elements
    }
    #expect(mean(isRemade: true) == mean(isRemade: false))
  }
}
