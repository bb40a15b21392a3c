import Autograd
import Compute
import Foundation
import TestSupport
import Testing

@testable import Models
@testable import Reports
@testable import Runs

struct TextExplanationTests {
  private static func configuration(
    _ change: (inout TransformerConfiguration) -> Void = { _ in }
  ) -> TransformerConfiguration {
    var configuration = TransformerConfiguration()
    configuration.vocabularySize = 8
    (configuration.context, configuration.layers) = (12, 2)
    (configuration.heads, configuration.width) = (2, 16)
    configuration.zeroProjections = false
    change(&configuration)
    return configuration
  }

  /// A run of a transformer that knows these characters.
  private static func text(_ characters: String, in root: TemporaryFolder) throws -> TrainedText {
    let tokenizer = CharacterTokenizer(of: characters)
    var recipe = TransformerRecipe()
    recipe.model = configuration { $0.vocabularySize = tokenizer.count }
    let model = Transformer(recipe.model)
    model.initialize(seed: 3)
    let run = try ImportedRun(recipe: recipe.yaml, seed: 0, folderName: "a<b").make(
      in: root.path, name: nil, command: ["gen"], version: "0", ParameterSlab.of(model),
      others: CheckpointStore.File.tokenizer(tokenizer))
    return try TrainedText(run)
  }

  /// Mixed by these matrices, values give what the model's own attention gives.
  @Test(arguments: [true, false]) func attentionProbabilities(isModern: Bool) throws {
    let model = Transformer(
      Self.configuration {
        $0.positions = isModern ? .rotary : .learned
        $0.queryKeyNorm = isModern
      })
    model.initialize(seed: 1)
    let tokens: [Int32] = [3, 1, 7, 7, 0, 2, 5, 4, 6]
    let (length, width, size) = (tokens.count, 16, 8)
    let maps = model.attentionProbabilities(of: tokens)
    #expect(maps.count == 2 && maps.allSatisfy { $0.count == 2 })
    _ = model.hidden(tokens, batch: 1) { layer, qkv in
      let placed = model.placed(qkv)
      let mixed = attention(qkv: placed, heads: 2, isCausal: true)
      for (head, map) in maps[layer].enumerated() {
        for row in 0..<length {
          let weights = map.elements[row * length..<(row + 1) * length]
          #expect(abs(weights.reduce(0, +) - 1) < 1e-5)
          #expect(weights.dropFirst(row + 1).allSatisfy { $0 == 0 })
          for channel in head * size..<(head + 1) * size {
            let sum = zip(0..<length, weights).reduce(Float(0)) {
              $0 + $1.1 * placed.values.pointer[$1.0 * 3 * width + 2 * width + channel]
            }
            #expect(abs(sum - mixed.values.pointer[row * width + channel]) < 1e-5)
          }
        }
      }
      return mixed
    }
  }

  @Test func steps() throws {
    let root = TemporaryFolder()
    let text = try Self.text("\n abc<&", in: root)
    let tokens = try text.tokenizer.encode("a <b\n&")
    let explanation = try TextExplanation(text, of: tokens, alternatives: 3)
    #expect(explanation.steps.map(\.token) == tokens.map { $0 } + [nil])
    #expect(explanation.steps[0].alternatives.isEmpty && explanation.steps[0].probability == nil)
    let model = try #require(text.model as? Transformer)
    let expected = softmax(model(tokens)).values
    for (place, step) in explanation.steps.enumerated().dropFirst() {
      let row = expected.elements[(place - 1) * 7..<place * 7]
      #expect(step.alternatives.count == 3)
      #expect(
        zip(step.alternatives.map(\.probability), row.sorted(by: >)).allSatisfy {
          abs($0 - $1) < 1e-5
        })
      if let token = step.token, let probability = step.probability {
        #expect(abs(probability - row[row.startIndex + Int(token)]) < 1e-5)
      }
    }
    let bits = explanation.steps.compactMap(\.probability).map { -log2(Double($0)) }
    #expect(abs(try #require(explanation.bitsPerToken) - bits.reduce(0, +) / 5) < 1e-6)
    #expect(try TextExplanation(text, of: [0], alternatives: 9).bitsPerToken == nil)
  }

  @Test func page() throws {
    let root = TemporaryFolder()
    let text = try Self.text("\n abc<&", in: root)
    let tokens = try text.tokenizer.encode("a <b\n&")
    let page = try TextExplanation(text, of: tokens, alternatives: 3).page
    #expect(
      page.contains("<title>a&lt;b-001 explained</title>") || page.contains("a&lt;b explained"))
    let prompt = try #require(page.firstMatch(of: /<p id="prompt">(.*)<\/p>/)?.1)
    let labels = prompt.matches(of: /<a[^>]*>([^<]*)<\/a>/).map { String($0.1) }
    #expect(labels == ["a", "\u{2423}", "&lt;", "b", "\u{21b5}", "&amp;"])
    #expect(prompt.contains("</a><br><a"))
    // Nothing comes from elsewhere.
    #expect(!page.contains("http") && !page.contains(" src=") && !page.contains("@import"))
    let maps = page.matches(of: /data-map="([^"]*)" data-name="Layer (\d), head (\d)"/)
    #expect(maps.map { "\($0.2)\($0.3)" } == ["11", "12", "21", "22"])
    let bytes = try #require(Data(base64Encoded: String(maps[0].1)))
    #expect(bytes.count == 21 && bytes[0] == 255)
    for place in 1...6 { #expect(page.contains("<li id=\"step-\(place)\">")) }
    #expect(page.contains("what comes next"))
  }

  @Test func visibleText() {
    #expect(VisibleText.of(Array(" \n\t\r".utf8)) == "\u{2423}\u{21b5}\u{21e5}\u{240d}")
    #expect(VisibleText.of(Array("é🙂<".utf8)) == "é🙂<")
    #expect(VisibleText.of([0xc3]) == "\\xC3")
    #expect(VisibleText.of([0x0a, 0x9f]) == "\\x0A\\x9F")
    #expect(VisibleText.of(Array("\u{301}\u{a0}\u{200b}\0".utf8)) == "\u{25cc}\u{301}U+A0U+200BU+0")
    #expect(
      HTMLPage.escaped("<a href='x'>\"&\"</a>")
        == "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;")
  }
}
