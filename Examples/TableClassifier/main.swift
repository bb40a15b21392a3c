import Autograd
import Compute
import Foundation
import Layers
import Training

struct Dense: Module {
  let linear: Linear
  let activation: Activation

  init(_ inputs: Int, _ outputs: Int, activation: Activation = .identity) {
    linear = Linear(inputs, outputs)
    self.activation = activation
  }

  func callAsFunction(_ x: Tensor) -> Tensor { linear(x, activation: activation) }
}

struct Sequential: Module {
  let layers: [Dense]

  func callAsFunction(_ x: Tensor) -> Tensor { layers.reduce(x) { $1($0) } }
}

/// Rows of numbers, the last of each a label of 0 or 1.
func table(from path: String) throws -> [[Float]] {
  try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline)
    .map { $0.split(separator: ",").compactMap { Float($0) } }
}

/// Six columns; a row belongs to the class if the first three are a point within the unit sphere.
func drawnTable() -> [[Float]] {
  let numbers = RandomStream(seed: 1, purpose: .drawing)
    .uniforms([4000, 6]).elements.map { 3 * $0 - 1.5 }
  return stride(from: 0, to: numbers.count, by: 6).map { start in
    let row = Array(numbers[start..<start + 6])
    return row + [row[0] * row[0] + row[1] * row[1] + row[2] * row[2] < 1 ? 1 : 0]
  }
}

let path = CommandLine.arguments.dropFirst().first
let rows = try path.map(table) ?? drawnTable()
let epochs = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 30
let columns = rows[0].count - 1

let order = RandomStream(seed: 1, purpose: .shuffle).permutation(of: rows.count)
let heldOut = order.prefix(rows.count / 5).map { rows[$0] }
let training = order.dropFirst(rows.count / 5).map { rows[$0] }

let means = (0..<columns).map { column in
  training.reduce(0) { $0 + $1[column] } / Float(training.count)
}
let deviations = (0..<columns).map { column in
  let squares = training.reduce(0) {
    $0 + ($1[column] - means[column]) * ($1[column] - means[column])
  }
  return max((squares / Float(training.count)).squareRoot(), 1e-6)
}
func inputs(_ rows: some Collection<[Float]>) -> Tensor {
  Tensor(
    [rows.count, columns],
    rows.flatMap { row in (0..<columns).map { (row[$0] - means[$0]) / deviations[$0] } })
}
func labels(_ rows: some Collection<[Float]>) -> [Float] { rows.map { $0[columns] } }

let model = Sequential(layers: [
  Dense(columns, 64, activation: .relu),
  Dense(64, 32, activation: .relu),
  Dense(32, 1),
])
model.initialize(seed: 1)
print("\(model.parameterCount) parameters, \(training.count) rows, \(heldOut.count) held out")

func accuracy(of model: Sequential, on rows: some Collection<[Float]>) -> Float {
  let logits = model(inputs(rows)).values.elements
  let right = zip(logits, labels(rows)).count { ($0 > 0) == ($1 > 0.5) }
  return Float(right) / Float(rows.count)
}

let adam = Optimizer(of: model, OptimizerOptions(learningRate: 1e-3))
for epoch in 1...epochs {
  let order = RandomStream(seed: 2, purpose: .shuffle).permutation(of: training.count, epoch: epoch)
  var sum: Float = 0
  for start in stride(from: 0, to: order.count, by: 32) {
    let batch = order[start..<min(start + 32, order.count)].map { training[$0] }
    let loss = try adam.minimize {
      binaryCrossEntropy(logits: model(inputs(batch)), targets: labels(batch))
    }
    sum += loss * Float(batch.count)
  }
  if epoch % 5 == 0 || epoch == epochs {
    print(
      "epoch \(epoch)  loss \(sum / Float(training.count))  accuracy \(accuracy(of: model, on: training))  "
        + "held out \(accuracy(of: model, on: heldOut))")
  }
}
