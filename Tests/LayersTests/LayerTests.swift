import Autograd
import Compute
import Testing

@testable import Layers

@Suite struct LayerTests {
  @Test func shapesAndParameterCounts() {
    struct All: Module {
      let linear = Linear(3, 5)
      let conv = Conv2D(3, 5, kernel: 3, stride: 2, padding: 1)
      let transposed = ConvTranspose2D(3, 5, kernel: 4, stride: 2, padding: 1, bias: false)
      let batchNorm = BatchNorm2D(3)
      let groupNorm = GroupNorm(groups: 3, channels: 3)
      let layerNorm = LayerNorm(3)
      let rmsNorm = RMSNorm(3)
      let embedding = Embedding(7, 3)
    }
    let all = All()
    all.initialize(seed: 3)
    let x = Tensor([2, 5, 6, 3], (0..<180).map { Float($0) / 180 })
    #expect(all.linear(x).shape == [2, 5, 6, 5])
    #expect(all.conv(x).shape == [2, 3, 3, 5])
    #expect(all.transposed(x).shape == [2, 10, 12, 5])
    for y in [all.batchNorm(x), all.groupNorm(x), all.layerNorm(x), all.rmsNorm(x)] {
      #expect(y.shape == x.shape)
    }
    #expect(all.embedding([6, 0, 6]).shape == [3, 3])
    #expect(all.parameterCount == 15 + 5 + 135 + 5 + 240 + 6 + 6 + 6 + 3 + 21)
    #expect(
      all.buffers.map(\.path) == ["batch_norm.running_mean", "batch_norm.running_var"])
  }

  @Test func weightsDecayAndTheRestDoesNot() {
    let model = StorageTests.Discriminator()
    let decaying = model.parameters.filter { $0.value.group == .decay }
    #expect(
      decaying.map(\.path) == ["conv1.weight", "conv2.weight", "conv3.weight", "head.weight"])
  }

  /// The running statistics take up a tenth of the batch's mean and unbiased variance.
  @Test func batchNormKeepsStatistics() {
    let norm = BatchNorm2D(2)
    norm.initialize(seed: 0)
    let x = Tensor([2, 1, 2, 2], [1, 10, 2, 20, 3, 30, 6, 60])
    _ = norm(x)
    #expect(norm.runningMean.values.elements == [0, 0])
    let y = withMode(.training(seed: 0, step: 0)) { norm(x) }
    let mean = norm.runningMean.values.elements
    let variance = norm.runningVar.values.elements
    #expect(abs(mean[0] - 0.3) < 1e-6 && abs(mean[1] - 3) < 1e-5)
    let unbiased: Float = (4 + 1 + 0 + 9) / 3
    #expect(abs(variance[0] - (0.9 + 0.1 * unbiased)) < 1e-6)
    #expect(abs(variance[1] - (0.9 + 10 * unbiased)) < 1e-4)
    #expect(abs(y.values.elements[0] - (1 - 3) / Float(3.5 + 1e-5).squareRoot()) < 1e-6)
    let z = norm(x).values.elements
    #expect(abs(z[0] - (1 - mean[0]) / (variance[0] + 1e-5).squareRoot()) < 1e-6)
  }

  @Test func dropoutGoesByTheMode() {
    let (dropout, x) = (Dropout(0.25), Tensor([4000], Array(repeating: 3, count: 4000)))
    func drop(_ seed: UInt64, _ step: Int) -> [[Float]] {
      withMode(.training(seed: seed, step: step)) {
        (0..<2).map { _ in dropout(x).values.elements }
      }
    }
    #expect(dropout(x).values.elements == x.values.elements)
    let first = drop(1, 5)
    #expect(Set(first[0]) == [0, 4])
    let dropped = first[0].count { $0 == 0 }
    #expect((900...1100).contains(dropped))
    #expect(first[0] != first[1], "two layers of a pass drop the same")
    #expect(drop(1, 5) == first)
    #expect(drop(1, 6) != first && drop(2, 5) != first)
  }

  @Test func aModelLearns() {
    struct MLP: Module {
      let hidden = Linear(2, 16)
      let output = Linear(16, 1)
      func callAsFunction(_ x: Tensor) -> Tensor { output(hidden(x, activation: .tanh)) }
    }
    let model = MLP()
    model.initialize(seed: 1)
    let inputs = Tensor([4, 2], [0, 0, 0, 1, 1, 0, 1, 1])
    let xor = Tensor([4, 1], [0, 1, 1, 0])
    var losses: [Float] = []
    for _ in 0..<400 {
      let (loss, gradients) = valueAndGradients(of: model) { meanSquaredError(model(inputs), xor) }
      losses.append(loss)
      guard let slab = gradients.slab else { break }
      slab.update { values in
        for i in values.indices { values[i] -= 0.3 * slab.gradients.base[i] }
      }
    }
    #expect(losses.count == 400)
    #expect(losses[399] < 0.01, "from \(losses[0]) to \(losses[399])")
  }

  /// Singular values of 3 and 2: the vectors of the largest are found at once, and passes leave them alone.
  @Test func aSpectralNormMakesTheLargestSingularValueOne() {
    let conv = Conv2D(2, 2, kernel: 1, bias: false, spectralNorm: true)
    conv.initialize(seed: 0)
    // 3 a b^T + 2 c d^T with a = (0.6, 0.8), b = (0.8, 0.6), c = (-0.8, 0.6), d = (-0.6, 0.8).
    conv.weight.update { weight in
      for (place, value) in [2.4, -0.2, 1.2, 2.4].enumerated() { weight[place] = Float(value) }
    }
    let images = Tensor([1, 1, 1, 2], [0.6, 0.8])
    conv.spectralNorm?.iterate(conv.weight)
    for _ in 0..<2 {
      for (found, expected) in zip(conv(images).values.elements, [Float(0.8), 0.6]) {
        #expect(abs(found - expected) < 1e-4)
      }
    }
    #expect(conv.buffers.map(\.path) == ["spectral_norm.u", "spectral_norm.v"])
  }
}
