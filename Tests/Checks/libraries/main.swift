// Trains two small networks, which have about every layer that there is, for some steps each, and prints the losses
// and a hash of all parameters and gradients: the same on every machine, at any number of threads.
import Autograd
import Compute
import Layers

/// Convolutions, up and down, with the norms of images.
struct ImageNetwork: Module {
  let first = Conv2D(3, 32, kernel: 3, padding: 1)
  let groups = GroupNorm(groups: 8, channels: 32)
  let down = Conv2D(32, 48, kernel: 4, stride: 2, padding: 1, bias: false)
  let batch = BatchNorm2D(48)
  let middle = Conv2D(48, 48, kernel: 3, padding: 1)
  let up = ConvTranspose2D(48, 20, kernel: 4, stride: 2, padding: 1)
  let head = Linear(20, 10)

  func callAsFunction(_ images: Tensor) -> Tensor {
    let half = batch(down(groups(first(images), activation: .silu)), activation: .relu)
    return head(globalAveragePool(up(middle(half, activation: .gelu), activation: .tanh)))
  }
}

/// Recurrent layers and attention, with the norms of texts.
struct TextNetwork: Module {
  let embedding = Embedding(40, 64)
  let root = RMSNorm(64)
  let memory = LSTM(64, 64)
  let norm = LayerNorm(64)
  let gated = GRU(64, 64)
  let queries = Linear(64, 192)
  let projection = Linear(64, 64)
  let head = Linear(64, 40)

  func callAsFunction(_ tokens: [Int32], batch: Int) -> Tensor {
    let none = Values.zeros([batch, 64])
    var x = reshape(embedding(tokens), to: [batch, tokens.count / batch, 64])
    x = memory(root(x), from: RecurrentState(hidden: none, cell: none)).output
    x = gated(norm(x), from: RecurrentState(hidden: none)).output
    x = attention(qkv: queries(x), heads: 4, isCausal: true)
    return head(projection(x, activation: .geluTanh))
  }
}

/// Prints what some steps of gradient descent come to.
func train(_ name: String, _ model: some Module, _ loss: () -> Tensor) {
  model.initialize(seed: 7)
  let slab = ParameterSlab.of(model)
  var losses: [Float] = []
  for _ in 0..<5 {
    losses.append(
      withMode(.training(seed: 3, step: losses.count)) { valueAndGradients(of: slab, loss).value })
    slab.update { parameters in
      let values = parameters.baseAddress!
      Elementwise.scaledSum(
        1, UnsafePointer(values), -0.05, UnsafePointer(slab.gradients.base), into: values,
        count: slab.count)
    }
  }
  // FNV-1a of words.
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for array in [slab.values, slab.gradients] {
    for index in 0..<slab.count {
      hash = (hash ^ UInt64(array.base[index].bitPattern)) &* 0x100_0000_01b3
    }
  }
  print(name, ThreadPool.shared.count, "threads:", losses, String(hash, radix: 16))
}

for threads in [1, 2] {
  ThreadPool.shared.count = threads
  let images = RandomStream(seed: 1, purpose: .drawing).uniforms([4, 32, 32, 3])
  let imageNetwork = ImageNetwork()
  train("images", imageNetwork) {
    crossEntropy(imageNetwork(Tensor(constant: images)), [1, 2, 3, 4])
  }
  let tokens = (0..<96).map { Int32($0 * 7 % 40) }
  let textNetwork = TextNetwork()
  train("texts", textNetwork) {
    crossEntropy(reshape(textNetwork(tokens, batch: 3), to: [96, 40]), tokens)
  }
}
