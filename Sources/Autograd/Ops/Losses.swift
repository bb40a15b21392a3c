import Compute

/// The mean of (x - target)^2 over all elements, a scalar; 0 for none. Either may be learned.
public func meanSquaredError(_ x: Tensor, _ target: Tensor) -> Tensor {
  precondition(
    x.shape == target.shape, "mean squared error: the shapes \(x.shape) and \(target.shape)")
  let loss = Values([]) {
    $0[0] = Float(
      Reductions.meanSquaredError(x.values.pointer, target.values.pointer, count: x.count))
  }
  return record(.meanSquaredError, loss, from: x, target) { dy, gradients in
    let slope = 2 * dy.pointer[0] / Float(max(x.count, 1))
    for (input, other) in [(x, target), (target, x)] {
      gradients.write(to: input) {
        Elementwise.scaledSum(
          slope, input.values.pointer, -slope, other.values.pointer, into: $0, count: x.count,
          accumulate: $1)
      }
    }
  }
}

/// The mean of weight (x - target)^2 over all elements, a scalar; each sample, along the first
/// dimension, has its weight. Only x may be learned.
public func meanSquaredError(_ x: Tensor, _ target: Values, weights: [Float]) -> Tensor {
  precondition(
    x.shape == target.shape && x.shape.first == weights.count && x.count > 0,
    "mean squared error: the shapes \(x.shape) and \(target.shape), \(weights.count) weights")
  let columns = x.count / weights.count
  let loss = Values([]) {
    let distances = Reductions.squaredDistances(
      x.values.pointer, target.pointer, rows: weights.count, columns: columns)
    let sum = zip(weights, distances).reduce(0) { $0 + Double($1.0) * $1.1 }
    $0[0] = Float(sum / Double(x.count))
  }
  return record(
    .weightedMeanSquaredError, loss,
    from: x, Tensor(constant: target), Tensor([weights.count], weights)
  ) { dy, gradients in
    let slopes = weights.map { 2 * $0 * dy.pointer[0] / Float(x.count) }
    gradients.write(to: x) {
      Elementwise.scaledSum(
        rows: slopes, x.values.pointer, slopes.map { -$0 }, target.pointer, into: $0,
        columns: columns, accumulate: $1)
    }
  }
}

/// The mean over rows of -log softmax(logits)[target], a scalar, for logits [..., classes] and a target
/// class for each row.
public func crossEntropy(_ logits: Tensor, _ targets: [Int32]) -> Tensor {
  let (rows, classes) = (logits.values.rows, logits.values.columns)
  precondition(
    targets.count == rows, "cross-entropy of \(logits.shape) with \(targets.count) targets")
  let crossEntropy = CrossEntropy(rows: rows, classes: classes)
  let logSumExp = Values([rows])
  let loss = Values([]) {
    $0[0] = crossEntropy.forward(
      logits.values.pointer, targets: targets, logSumExp: logSumExp.storage.base)
  }
  return record(.crossEntropy, loss, from: logits) { dy, gradients in
    gradients.write(to: logits) {
      crossEntropy.gradient(
        logits.values.pointer, targets: targets, logSumExp: logSumExp.pointer,
        scale: dy.pointer[0], into: $0, accumulate: $1)
    }
  }
}

/// The mean of -t log sigmoid(x) - (1 - t) log(1 - sigmoid(x)), a scalar, over logits x of any shape
/// with one target t in [0, 1] for all.
public func binaryCrossEntropy(logits: Tensor, target: Float) -> Tensor {
  binaryCrossEntropy(logits, BinaryCrossEntropy(count: logits.count, target: target))
}

/// The same with a target for each of the logits, in row-major order: the labels of samples that belong
/// to a class or not.
public func binaryCrossEntropy(logits: Tensor, targets: [Float]) -> Tensor {
  precondition(
    targets.count == logits.count,
    "binary cross-entropy of \(logits.shape) with \(targets.count) targets")
  return binaryCrossEntropy(logits, BinaryCrossEntropy(targets: targets))
}

private func binaryCrossEntropy(_ logits: Tensor, _ crossEntropy: BinaryCrossEntropy) -> Tensor {
  let loss = Values([]) { $0[0] = crossEntropy.forward(logits.values.pointer) }
  return record(.binaryCrossEntropy, loss, from: logits) { dy, gradients in
    gradients.write(to: logits) {
      crossEntropy.gradient(
        logits.values.pointer, scale: dy.pointer[0], into: $0, accumulate: $1)
    }
  }
}
