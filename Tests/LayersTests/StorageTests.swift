import Autograd
import Compute
import Testing

@testable import Layers

@Suite struct StorageTests {
  struct Discriminator: Module {
    let conv1 = Conv2D(1, 6, kernel: 4, stride: 2, padding: 1)
    let conv2 = Conv2D(6, 8, kernel: 4, stride: 2, padding: 1, bias: false)
    let norm = BatchNorm2D(8)
    let conv3 = ConvTranspose2D(8, 5, kernel: 4, stride: 2, padding: 1)
    let group = GroupNorm(groups: 5, channels: 5)
    let dropout = Dropout(0.2)
    let head = Linear(5 * 4 * 4, 1)

    func callAsFunction(_ x: Tensor) -> Tensor {
      let y = norm(conv2(conv1(x, activation: .leakyRelu(slope: 0.2))), activation: .relu)
      let z = dropout(group(conv3(y), activation: .silu))
      return head(reshape(z + z, to: [x.shape[0], 5 * 4 * 4]))
    }
  }

  /// Runs in a process of its own, since the pool belongs to the whole program.
  @Test func aWarmStepAllocatesNothing() async {
    await #expect(processExitsWith: .success) {
      let model = Discriminator()
      model.initialize(seed: 1)
      let slab = ParameterSlab(model)
      let images = Values([3, 8, 8, 1], (0..<192).map { Float($0 % 11) / 11 })
      var allocations: [Int] = []
      for step in 0..<6 {
        _ = withMode(.training(seed: 1, step: step)) {
          valueAndGradients(of: slab) {
            binaryCrossEntropy(logits: model(Tensor(constant: images)), target: 1)
          }
        }
        slab.update { values in
          for i in values.indices { values[i] -= 0.01 * slab.gradients.base[i] }
        }
        allocations.append(StoragePool.shared.allocations)
      }
      precondition(allocations[0] > 0)
      precondition(Set(allocations[2...]).count == 1, "blocks allocated by step: \(allocations)")
    }
  }
}
