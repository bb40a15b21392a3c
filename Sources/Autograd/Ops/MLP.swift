import Compute

/// Two linear layers with an activation between them: f(x W1 + b1) W2 + b2.
///
/// The hidden features, often four times as wide as the input, pass through block by block of rows, and stay in the
/// cache. The backward pass needs them again: up to 128 MiB of them are kept from before their activation; of more,
/// they are computed once more, for a ninth more arithmetic of a transformer's step. The cut depends on the width
/// alone, and no bit on what is kept.
///
/// - Parameters:
///   - x: [..., C].
///   - hidden: the weight [C, H] and the bias [H] before the activation.
///   - output: the weight [H, N] and the bias [N] behind it.
/// - Returns: [..., N].
public func mlp(
  _ x: Tensor, hidden: (weight: Tensor, bias: Tensor?), activation: Activation,
  output: (weight: Tensor, bias: Tensor?)
) -> Tensor {
  // 12 MiB of hidden features fit the last cache, and whole blocks of the product's rows.
  let rows = max(96, (12 << 20) / 4 / max(hidden.weight.values.columns, 1))
  return mlp(
    x, hidden: hidden, activation: activation, output: output, rowsPerBlock: rows / 96 * 96,
    mostKept: 128 << 20)
}

func mlp(
  _ x: Tensor, hidden: (weight: Tensor, bias: Tensor?), activation: Activation,
  output: (weight: Tensor, bias: Tensor?), rowsPerBlock: Int, mostKept: Int
) -> Tensor {
  let (channels, features) = (x.values.columns, hidden.weight.values.columns)
  precondition(
    hidden.weight.shape == [channels, features] && output.weight.shape.count == 2
      && output.weight.shape[0] == features && hidden.bias?.shape ?? [features] == [features]
      && output.bias?.shape ?? [output.weight.shape[1]] == [output.weight.shape[1]],
    "MLP of \(x.shape): \(hidden.weight.shape) and \(output.weight.shape), "
      + "biases \(hidden.bias?.shape ?? []) and \(output.bias?.shape ?? [])")
  let columns = output.weight.shape[1]
  let precision = Precision.current
  func product(
    _ m: Int, _ n: Int, _ k: Int, transposeA: Bool = false, transposeB: Bool = false
  ) -> MatrixProduct {
    MatrixProduct(
      m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB, precision: precision)
  }
  let blocks = stride(from: 0, to: x.values.rows, by: rowsPerBlock).map {
    $0..<min($0 + rowsPerBlock, x.values.rows)
  }
  func activated(_ x: Values, _ rows: Range<Int>) -> Activated {
    Activated([rows.count, features], activation) {
      product(rows.count, features, channels)(
        x.pointer + rows.lowerBound * channels, hidden.weight.values.pointer, into: $0,
        bias: hidden.bias?.values.pointer, activation: $1)
    }
  }
  let isKept =
    Tape.current != nil && x.values.rows * features <= mostKept / MemoryLayout<Float>.stride
  var kept: [Activated.Kept] = []
  let y = Values(x.shape.dropLast() + [columns]) { y in
    for rows in blocks {
      let block = activated(x.values, rows)
      product(rows.count, columns, features)(
        block.values.pointer, output.weight.values.pointer, into: y + rows.lowerBound * columns,
        bias: output.bias?.values.pointer)
      if isKept { kept.append(block.kept) }
    }
  }
  return record(.mlp, y, from: x, hidden.weight, hidden.bias, output.weight, output.bias) {
    [x = x.saved, kept] dy, gradients in
    let dx = Values(x.gradientTarget.shape)
    for (index, rows) in blocks.enumerated() {
      let block = isKept ? kept[index] : activated(x.values, rows).kept
      let (m, dy) = (rows.count, dy.pointer + rows.lowerBound * columns)
      gradients.write(to: output.weight) {
        product(features, columns, m, transposeA: true)(
          block.values().pointer, dy, into: $0, accumulate: $1)
      }
      let du = Values([m, features]) {
        product(m, features, columns, transposeB: true)(
          dy, output.weight.values.pointer, into: $0)
      }
      let dz = block.gradient(du)
      gradients.write(to: hidden.weight) {
        product(channels, features, m, transposeA: true)(
          x.values.pointer + rows.lowerBound * channels, dz.pointer, into: $0, accumulate: $1)
      }
      gradients.writeColumnSums(of: dz, to: hidden.bias)
      product(m, channels, features, transposeB: true)(
        dz.pointer, hidden.weight.values.pointer,
        into: dx.storage.base + rows.lowerBound * channels)
    }
    gradients.writeColumnSums(of: dy, to: output.bias)
    gradients.pass(dx, to: x.gradientTarget)
  }
}
