import Autograd
import Compute
import Layers
import Models
import Training

extension ModelBenchmark {
  /// char-rnn's step as PyTorch is measured with: two layers of 128, RMSprop, no carried state.
  static func charRNN(_ name: String) -> ModelBenchmark {
    var configuration = RecurrentConfiguration()
    (configuration.vocabularySize, configuration.context, configuration.hidden) = (65, 50, 128)
    configuration.dropout = 0
    let batch = 50
    let count = batch * configuration.context
    return ModelBenchmark(name, itemName: "tokens", items: count) {
      let model = RecurrentModel(configuration)
      model.initialize(seed: 0)
      var options = OptimizerOptions(learningRate: 2e-3, beta2: 0.95)
      options.method = .rmsprop
      let optimizer = Optimizer(ParameterSlab.of(model), options)
      let random = RandomStream(seed: 0, purpose: .window)
      let inputs = random.integers(below: 65, count: count, step: 0)
      let targets = random.integers(below: 65, count: count, step: 1)
      return (
        model.parameterCount,
        { _ in
          _ = valueAndGradients(of: optimizer.slab) {
            crossEntropy(model(inputs, from: model.initialState(batch: batch)).logits, targets)
          }
          optimizer.step()
        }
      )
    }
  }
}
