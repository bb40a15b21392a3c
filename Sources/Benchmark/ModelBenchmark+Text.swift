import Autograd
import Compute
import Layers
import Models
import Training

extension ModelBenchmark {
  /// nanoGPT's networks: learned positions, layer norms and linear layers without biases, GELU, the
  /// embeddings as the last matrix.
  static func gpt(
    layers: Int, heads: Int, width: Int, context: Int
  ) -> TransformerConfiguration {
    var configuration = TransformerConfiguration()
    configuration.vocabularySize = 65
    (configuration.layers, configuration.heads) = (layers, heads)
    (configuration.width, configuration.context) = (width, context)
    (configuration.positions, configuration.norm) = (.learned, .layer)
    configuration.activation = .gelu
    configuration.queryKeyNorm = false
    configuration.tied = true
    configuration.zeroProjections = false
    return configuration
  }

  /// A training step on random tokens: AdamW, clipped gradients.
  static func training(
    _ name: String, _ configuration: TransformerConfiguration, batch: Int
  ) -> ModelBenchmark {
    let count = batch * configuration.context
    return ModelBenchmark(name, itemName: "tokens", items: count) {
      let model = Transformer(configuration)
      model.initialize(seed: 0)
      var options = OptimizerOptions(learningRate: 1e-3, beta2: 0.99)
      options.weightDecay = 0.1
      options.maxGradientNorm = 1
      let optimizer = Optimizer(ParameterSlab.of(model), options)
      let random = RandomStream(seed: 0, purpose: .window)
      let tokens = random.integers(below: model.vocabularySize, count: count)
      let targets = random.integers(below: model.vocabularySize, count: count, step: 1)
      return (
        model.parameterCount,
        { step in
          withMode(.training(seed: 0, step: step)) {
            _ = valueAndGradients(of: optimizer.slab) {
              model.loss(tokens, targets, batch: batch)
            }
          }
          optimizer.step()
        }
      )
    }
  }

  /// One text of 200 tokens, each sampled among the 40 likeliest.
  static func writing(
    _ name: String, _ configuration: TransformerConfiguration
  ) -> ModelBenchmark {
    let count = 200
    return ModelBenchmark(name, itemName: "tokens", items: count) {
      let model = Transformer(configuration)
      model.initialize(seed: 0)
      var sampling = TokenSampling()
      (sampling.temperature, sampling.topK) = (0.8, 40)
      return (
        model.parameterCount,
        { step in
          let decoder = model.decoder(batch: 1)
          var token: Int32 = 0
          for number in 0..<count {
            let logits = decoder.next([token])
            let scores = UnsafeBufferPointer(start: logits.pointer, count: logits.count)
            // Drawing fails where no logit is a number, which new weights do not make.
            let drawn = try? sampling.token(
              from: scores, after: [], seed: 0, text: step, number: number)
            token = drawn ?? 0
          }
        }
      )
    }
  }
}
