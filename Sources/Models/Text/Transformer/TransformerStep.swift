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
  /// Whether a single row takes ways of its own, which read floats. A product of four columns or fewer has another
  /// order of its sums, which these do not know.
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
    let columns: Int
    private let bias: Values?
    private let weight: Weight

    /// What is read of the weight.
    private enum Weight {
      case floats(Values, MatrixProduct)
      case lowPrecision(LowPrecisionMatrix, rows: Int)
    }

    init(
      _ weight: @autoclosure () -> Values, _ bias: Values?, _ matrix: LowPrecisionMatrix?, rows: Int
    ) {
      self.bias = bias
      // With four columns or fewer the prompt's products have another order of their sums.
      if let matrix, matrix.columns > 4 {
        columns = matrix.columns
        self.weight = .lowPrecision(matrix, rows: rows)
      } else {
        let floats = weight()
        columns = floats.shape[1]
        self.weight = .floats(floats, MatrixProduct(m: rows, n: columns, k: floats.shape[0]))
      }
    }

    init(_ layer: Linear, _ matrix: LowPrecisionMatrix?, rows: Int) {
      self.init(layer.weight.values, layer.bias?.values, matrix, rows: rows)
    }

    var pointers: (weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?) {
      guard case .floats(let values, _) = weight else {
        preconditionFailure("the floats of a weight in low precision")
      }
      return (values.pointer, bias?.pointer)
    }

    func callAsFunction(
      _ x: Values, into y: Values, activation: Activation = .identity, name: String = "linear"
    ) {
      switch weight {
      case .floats(let values, let product):
        product(
          x.pointer, values.pointer, into: y.storage.base, bias: bias?.pointer,
          activation: activation)
      case .lowPrecision(let matrix, let rows):
        matrix(
          x.pointer, rows: rows, into: y.storage.base, bias: bias?.pointer, activation: activation)
      }
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
    let low = model.lowPrecision
    layers = model.h.enumerated().map { index, block in
      let low = low?.blocks[index]
      return Layer(
        qkv: Product(block.attn.cAttn, low?.qkv, rows: batch),
        projection: Product(block.attn.cProj, low?.projection, rows: batch),
        hidden: Product(block.mlp.cFc, low?.hidden, rows: batch),
        output: Product(block.mlp.cProj, low?.output, rows: batch))
    }
    // Tied embeddings are turned once, rather than packed anew for each token.
    logits =
      model.lmHead.map { Product($0, low?.logits, rows: batch) }
      ?? Product(model.wte.weight.values.transposed, nil, low?.logits, rows: batch)
    gate = GatedSilu(rows: batch, columns: size)
    isRow = batch == 1 && min(width, size) > 4 && low == nil
    mlp = RowMLP(channels: width, features: size, columns: width)
    (x, normed, branch) = (
      Values([batch, width]), Values([batch, width]), Values([batch, width])
    )
    (qkv, placed) = (Values([batch, 3 * width]), Values([batch, 3 * width]))
    mixed = Values([batch, width])
    hidden = Values([batch, layers.first?.hidden.columns ?? 0])
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
