import Autograd
import Compute
import Layers

/// A further token of each of a few texts through a transformer: what the model's ops compute, bit for
/// bit, without tensors between them.
///
/// Where a text is written, a layer's products take a few microseconds each, and ops that ask for a
/// tape, a mode and memory would add a third to that. Here memory is taken once, and nothing is
/// recorded. It holds for the parameters as they are when it is made.
final class TransformerStep {
  private let model: Transformer
  private let batch: Int
  private let norm: LayerNormalization
  private let logits: Product
  private let layers: [Layer]
  private let gate: GatedSilu
  private let mlp: RowMLP
  /// Whether a single row takes ways of its own. A product of four columns or fewer has another order of
  /// its sums, which these do not know.
  private let isRow: Bool

  /// [batch, width]: what passes between the blocks, the same normalized, and what a branch adds.
  private let (x, normed, branch): (Values, Values, Values)
  /// [batch, 3 width], before and behind rotation.
  private let (qkv, placed): (Values, Values)
  /// [batch, width]: what attention has mixed.
  private let mixed: Values
  /// [batch, hidden], twice as wide before a gate.
  private let (hidden, gated): (Values, Values)
  /// What norms and attention leave for backward passes that do not come.
  private let unused: Values

  /// A linear layer with the matrix as the product takes it.
  private struct Product {
    let weight: Values
    let bias: Values?
    private let product: MatrixProduct

    init(_ weight: Values, _ bias: Values?, rows: Int) {
      (self.weight, self.bias) = (weight, bias)
      product = MatrixProduct(m: rows, n: weight.shape[1], k: weight.shape[0])
    }

    init(_ layer: Linear, rows: Int) {
      self.init(layer.weight.values, layer.bias?.values, rows: rows)
    }

    var pointers: (weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?) {
      (weight.pointer, bias?.pointer)
    }

    func callAsFunction(
      _ x: Values, into y: Values, activation: Activation = .identity, name: String = "linear"
    ) {
      product(
        x.pointer, weight.pointer, into: y.storage.base, bias: bias?.pointer,
        activation: activation)
      Profile.lap(name)
    }
  }

  /// A block's products.
  private struct Layer {
    let (qkv, projection, hidden, output): (Product, Product, Product, Product)
  }

  /// Steps of `batch` texts.
  init(_ model: Transformer, batch: Int) {
    let configuration = model.configuration
    let (width, size) = (configuration.width, configuration.hiddenSize)
    (self.model, self.batch) = (model, batch)
    norm = LayerNormalization(
      rows: batch, columns: width, epsilon: configuration.normEpsilon,
      isCentered: configuration.norm == .layer)
    layers = model.h.map {
      Layer(
        qkv: Product($0.attn.cAttn, rows: batch), projection: Product($0.attn.cProj, rows: batch),
        hidden: Product($0.mlp.cFc, rows: batch), output: Product($0.mlp.cProj, rows: batch))
    }
    // Tied embeddings are turned once, rather than packed anew for each token.
    logits =
      model.lmHead.map { Product($0, rows: batch) }
      ?? Product(model.wte.weight.values.transposed, nil, rows: batch)
    gate = GatedSilu(rows: batch, columns: size)
    isRow = batch == 1 && min(width, size) > 4
    mlp = RowMLP(channels: width, features: size, columns: width)
    (x, normed, branch) = (
      Values([batch, width]), Values([batch, width]), Values([batch, width])
    )
    (qkv, placed) = (Values([batch, 3 * width]), Values([batch, 3 * width]))
    mixed = Values([batch, width])
    hidden = Values([batch, layers.first?.hidden.weight.shape[1] ?? 0])
    gated = Values([batch, size])
    unused = Values([batch * max(2, configuration.heads)])
  }

  /// The logits [batch, vocabulary] of what follows `tokens`, one of each text, at `place`, with the
  /// caches of the blocks.
  func logits(after tokens: [Int32], at place: Int, _ caches: [KeyValueCache]) -> Values {
    embed(tokens, at: place)
    let positions = positions(at: place)
    for (index, (layer, block)) in zip(layers, model.h).enumerated() {
      normalize(block.ln_1)
      attend(layer, positions, caches[index])
      layer.projection(mixed, into: branch)
      addBranch()
      normalize(block.ln_2)
      passMLP(layer, block.mlp.function)
      addBranch()
    }
    normalize(model.lnF)
    let result = Values([batch, model.vocabularySize])
    logits(normed, into: result, name: "logits")
    return result
  }

  private func embed(_ tokens: [Int32], at place: Int) {
    let width = model.configuration.width
    let table = model.wte.weight.values
    for (text, token) in tokens.enumerated() where !MemoryPlan.isRehearsal {
      precondition(
        (0..<table.shape[0]).contains(Int(token)), "token \(token) of \(table.shape[0])")
      let row = x.storage.base + text * width
      row.update(from: table.pointer + Int(token) * width, count: width)
      if let places = model.wpe?.weight.values {
        Elementwise.combine(
          .add, row, places.pointer + place * width, into: row, count: width)
      }
    }
    Profile.lap("embedding")
  }

  private func normalize(_ layer: TransformerNorm) {
    norm.forward(
      x.pointer, weight: layer.weight.values.pointer, bias: layer.bias?.values.pointer,
      into: normed.storage.base, mean: unused.storage.base,
      rstd: unused.storage.base + batch)
    Profile.lap("norm")
  }

  private func positions(at place: Int) -> RotaryPositions? {
    let configuration = model.configuration
    guard configuration.changesQueries else { return nil }
    return RotaryPositions(
      batch: batch, length: 1, heads: configuration.heads, headSize: configuration.headSize,
      firstPosition: place, base: configuration.rotaryBase,
      normEpsilon: configuration.queryKeyEpsilon)
  }

  private func attend(_ layer: Layer, _ positions: RotaryPositions?, _ cache: KeyValueCache) {
    let heads = model.configuration.heads
    if isRow {
      cache.attend(
        normed.pointer, projection: layer.qkv.pointers, positions: positions, heads: heads,
        into: mixed.storage.base)
    } else {
      layer.qkv(normed, into: qkv)
      positions?.forward(qkv.pointer, into: placed.storage.base)
      cache.attend(
        qkv: (positions == nil ? qkv : placed).pointer, length: 1, heads: heads,
        into: mixed.storage.base, logSumExp: unused.storage.base)
    }
    Profile.lap("cachedAttention")
  }

  private func passMLP(_ layer: Layer, _ function: Activation?) {
    guard let function else {
      layer.hidden(normed, into: hidden)
      gate.forward(hidden.pointer, into: gated.storage.base)
      Profile.lap("swiglu")
      return layer.output(gated, into: branch)
    }
    guard isRow && ThreadPool.shared.count <= mlp.tasks else {
      layer.hidden(normed, into: hidden, activation: function)
      return layer.output(hidden, into: branch)
    }
    mlp(
      normed.pointer, hidden: layer.hidden.pointers, activation: function,
      output: layer.output.pointers, into: branch.storage.base)
    Profile.lap("mlp")
  }

  private func addBranch() {
    Elementwise.combine(
      .add, x.pointer, branch.pointer, into: x.storage.base, count: x.count)
    Profile.lap("add")
  }
}
