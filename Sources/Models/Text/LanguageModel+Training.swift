import Runs
import Training

extension LanguageModel {
  /// How well the model predicts the held-out part of a text, in whole windows.
  func evaluation(on data: TextData) -> [Measurement] {
    let loss = heldOutLoss(data.heldOut, overlapping: false)
    return [Measurement("loss_held_out", label: "held out", loss.perCharacter(of: data))]
  }

  /// A text that the model writes now, from the same random numbers each time.
  func preview(_ options: TextPreview, _ data: TextData, seed: UInt64) -> Preview? {
    var generator = TextGenerator(self, data.tokenizer)
    generator.length = options.length
    generator.sampling.temperature = options.temperature
    return (try? generator("", seed: seed)).map { .text($0.texts[0] + "\n") }
  }
}

extension TextData {
  /// What turns figures of tokens into those of characters.
  var tokensPerCharacter: Double { Double(heldOut.count) / Double(heldOutCharacters) }
}

extension TextLoss {
  /// Nats a character of the held-out text, whatever its tokens are.
  func perCharacter(of data: TextData) -> Double {
    mean * data.tokensPerCharacter
  }
}
