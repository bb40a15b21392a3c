import Autograd
import Compute
import Datasets
import Layers
import Models
import Training

let path = CommandLine.arguments.dropFirst().first ?? "fortunes"
let steps = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 1000

var options = TextOptions()
options.source = path
let context = 128
let notes = try TextData(options, context: context)
print("\(notes.training.count) characters to learn from, \(notes.heldOutCharacters) held out")

var sizes = TransformerConfiguration()
sizes.vocabularySize = notes.tokenizer.count
sizes.context = context
sizes.layers = 4
sizes.heads = 4
sizes.width = 96
try sizes.check()

var adam = OptimizerOptions(learningRate: 2e-3, beta2: 0.99)
adam.schedule.warmupSteps = 50
adam.schedule.kind = .cosine
adam.weightDecay = 0.1
adam.maxGradientNorm = 1
let learner = Learner(adam, emaDecay: 0.99, steps: steps, seed: 1) { [sizes] in
  Transformer(sizes)
}

let batch = 16
let places = RandomStream(seed: 1, purpose: .window)
for step in 0..<steps {
  let starts = places.integers(
    below: notes.training.count - context, count: batch, step: step
  ).map { Int($0) }
  let tokens = try starts.flatMap { try notes.training[$0..<$0 + context] }
  let next = try starts.flatMap { try notes.training[$0 + 1..<$0 + 1 + context] }
  let report = try learner.step(mode: .training(seed: 1, step: step)) { _ in
    crossEntropy(learner.model(tokens, batch: batch), next)
  }
  if step % 100 == 0 { print("step \(step)  loss \(report.loss)") }
}

let model = learner.average.model
let loss = model.heldOutLoss(of: notes, overlapping: true)
print("held out: \(loss.mean) nats a character; counting: \(notes.baseline.nats)")

var writer = TextGenerator(model, notes.tokenizer)
writer.length = 300
writer.sampling.temperature = 0.7
writer.sampling.topP = 0.9
print(try writer("", seed: 3).texts[0])
