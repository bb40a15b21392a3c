import Compute

/// A long short-term memory through whole sequences, in one op with its back-propagation through time.
///
/// Gates are i, f, o = sigmoid and g = tanh of x + h W + both biases; the cell's state becomes
/// f c + i g, the hidden state h = o tanh(c). Hochreiter and Schmidhuber, "Long Short-Term Memory"
/// (1997).
///
/// - Parameters:
///   - x: [B, T, 4 H]: the inputs' products with their weight, the gates i, f, g, o side by side.
///   - weight: [H, 4 H], that of the hidden states.
///   - inputBias: [4 H].
///   - recurrentBias: [4 H].
///   - hidden: [B, H], before the first step.
///   - cell: [B, H], before the first step.
/// - Returns: The hidden states of all steps, [B, T, H], and the state after the last one, through which
///   no gradient flows.
public func lstm(
  _ x: Tensor, weight: Tensor, inputBias: Tensor, recurrentBias: Tensor, hidden: Tensor,
  cell: Tensor
) -> (output: Tensor, hidden: Values, cell: Values) {
  let size = hidden.shape.last ?? 0
  precondition(
    x.shape.count == 3 && x.shape[2] == 4 * size && hidden.shape == [x.shape[0], size]
      && cell.shape == hidden.shape && weight.shape == [size, 4 * size]
      && inputBias.shape == [4 * size] && recurrentBias.shape == [4 * size],
    "lstm of \(x.shape) with the weight \(weight.shape), biases \(inputBias.shape) and "
      + "\(recurrentBias.shape), states \(hidden.shape) and \(cell.shape)")
  let (batch, steps) = (x.shape[0], x.shape[1])
  let memory = LongShortTermMemory(batch: batch, steps: steps, size: size)
  func initial() -> LongShortTermMemory.State {
    LongShortTermMemory.State(hidden: hidden.values.pointer, cell: cell.values.pointer)
  }
  let bias = Values([4 * size]) {
    Elementwise.combine(
      .add, inputBias.values.pointer, recurrentBias.values.pointer, into: $0, count: 4 * size)
  }
  let (gates, cells) = (Values(x.shape), Values([batch, steps, size]))
  let y = Values([batch, steps, size]) {
    memory.forward(
      x.values.pointer, bias: bias.pointer, weight: weight.values.pointer, from: initial(),
      into: gates.storage.base, cell: cells.storage.base, hidden: $0)
  }
  let output = record(.lstm, y, from: x, weight, inputBias, recurrentBias, hidden, cell) {
    [x = x.gradientTarget] dy, gradients in
    let (dh, dc) = (Values.zeros([batch, size]), Values.zeros([batch, size]))
    let dx = Values(x.shape) {
      memory.gradients(
        gates: gates.pointer, cell: cells.pointer, weight: weight.values.pointer, from: initial(),
        dy.pointer, into: $0, dh: dh.storage.base, dc: dc.storage.base)
    }
    gradients.write(to: weight) {
      memory.weightGradient(
        from: initial(), hidden: y.pointer, products: dx.pointer, into: $0, accumulate: $1)
    }
    // Both biases are added to the same sums.
    let biases = Values([4 * size]) {
      Reductions.columnSums(dx.pointer, into: $0, rows: batch * steps, columns: 4 * size)
    }
    gradients.pass(biases, to: inputBias)
    gradients.pass(biases, to: recurrentBias)
    gradients.pass(dx, to: x)
    gradients.pass(dh, to: hidden)
    gradients.pass(dc, to: cell)
  }
  return (output, last(of: y, or: hidden.values), last(of: cells, or: cell.values))
}

/// A gated recurrent unit through whole sequences, in one op with its back-propagation through time.
///
/// With s = h W + recurrentBias and u = x + inputBias: r, z = sigmoid(u + s), n = tanh(u + r s), and the
/// hidden state becomes (1 - z) n + z h. Cho et al., "Learning Phrase Representations using RNN
/// Encoder-Decoder" (2014), with the reset gate behind the product, as PyTorch has it.
///
/// - Parameters:
///   - x: [B, T, 3 H]: the inputs' products with their weight, the gates r, z, n side by side.
///   - weight: [H, 3 H], that of the hidden states.
///   - inputBias: [3 H].
///   - recurrentBias: [3 H].
///   - hidden: [B, H], before the first step.
/// - Returns: The hidden states of all steps, [B, T, H], and that after the last one, through which no
///   gradient flows.
public func gru(
  _ x: Tensor, weight: Tensor, inputBias: Tensor, recurrentBias: Tensor, hidden: Tensor
) -> (output: Tensor, hidden: Values) {
  let size = hidden.shape.last ?? 0
  precondition(
    x.shape.count == 3 && x.shape[2] == 3 * size && hidden.shape == [x.shape[0], size]
      && weight.shape == [size, 3 * size] && inputBias.shape == [3 * size]
      && recurrentBias.shape == [3 * size],
    "gru of \(x.shape) with the weight \(weight.shape), biases \(inputBias.shape) and "
      + "\(recurrentBias.shape), states \(hidden.shape)")
  let (batch, steps) = (x.shape[0], x.shape[1])
  let unit = GatedRecurrentUnit(batch: batch, steps: steps, size: size)
  let gates = Values([batch, steps, 4 * size])
  let y = Values([batch, steps, size]) {
    unit.forward(
      x.values.pointer, bias: inputBias.values.pointer, weight: weight.values.pointer,
      recurrentBias: recurrentBias.values.pointer, from: hidden.values.pointer,
      into: gates.storage.base, hidden: $0)
  }
  let output = record(.gru, y, from: x, weight, inputBias, recurrentBias, hidden) {
    [x = x.gradientTarget] dy, gradients in
    let (products, dh) = (Values(x.shape), Values.zeros([batch, size]))
    let dx = Values(x.shape) {
      unit.gradients(
        gates: gates.pointer, hidden: y.pointer, weight: weight.values.pointer,
        from: hidden.values.pointer, dy.pointer, into: $0, products: products.storage.base,
        dh: dh.storage.base)
    }
    gradients.write(to: weight) {
      unit.weightGradient(
        from: hidden.values.pointer, hidden: y.pointer, products: products.pointer, into: $0,
        accumulate: $1)
    }
    gradients.writeColumnSums(of: dx, to: inputBias)
    gradients.writeColumnSums(of: products, to: recurrentBias)
    gradients.pass(dx, to: x)
    gradients.pass(dh, to: hidden)
  }
  return (output, last(of: y, or: hidden.values))
}

/// The states after the last step of [B, T, H]; without steps, those before.
private func last(of states: Values, or initial: Values) -> Values {
  let (batch, steps, size) = (states.shape[0], states.shape[1], states.shape[2])
  guard steps > 0 else { return initial }
  return Values([batch, size]) {
    Elementwise.copyRows(
      states.pointer + (steps - 1) * size, distance: steps * size, into: $0, distance: size,
      rows: batch, columns: size)
  }
}
