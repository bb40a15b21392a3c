import Foundation
import Testing

@testable import Models

@Suite struct TextGeneratorTests {
  private let alphabet = CharacterTokenizer(of: "\nabcdefgh")

  private func generator(_ change: (inout TextGenerator) -> Void = { _ in }) -> TextGenerator {
    var generator = TextGenerator(BigramModel(tokens: alphabet.count), alphabet)
    generator.length = 40
    change(&generator)
    return generator
  }

  /// A model that after a byte is sure of the next one of a text, and begins it after a newline.
  private func reciter(of text: String) -> TextGenerator {
    let bytes = [10] + Array(text.utf8)
    var logits = Array(repeating: [Float](repeating: 0, count: 256), count: 256)
    for (byte, next) in zip(bytes, bytes.dropFirst()) { logits[Int(byte)][Int(next)] = 50 }
    var generator = TextGenerator(BigramModel(logits), ByteTokenizer())
    generator.sampling.temperature = 0
    generator.length = bytes.count - 1
    return generator
  }

  @Test func aBatchWritesTheTextsThatAreWrittenAlone() throws {
    let generator = generator()
    let together = try generator("ab", count: 66, seed: 3).texts
    #expect(together.count == 66 && Set(together).count > 60)
    #expect(together.allSatisfy { $0.hasPrefix("ab") && $0.count == 42 })
    #expect(try generator("ab", count: 3, seed: 3).texts == Array(together[..<3]))
    #expect(try generator("ab", count: 1, seed: 3).texts == [together[0]])
    #expect(try generator("ab", count: 1, seed: 4).texts != [together[0]])
  }

  @Test func aTextThatStopsDoesNotDisturbTheOthers() throws {
    let whole = try generator()("", count: 5, seed: 1).texts
    let stopped = try generator { $0.stops = ["e", "ba"] }("", count: 5, seed: 1)
    for (whole, stopped) in zip(whole, stopped.texts) {
      let ends = ["e", "ba"].compactMap { whole.range(of: $0)?.lowerBound }
      #expect(stopped == String(whole[..<(ends.min() ?? whole.endIndex)]))
    }
    #expect(stopped.texts.contains { $0.count < 40 })
    #expect(stopped.speed.tokens < 200)
  }

  @Test func whatIsToldAsItComesIsTheFirstText() throws {
    for stops in [[], ["e"], ["gh", "hb"]] {
      var told = ""
      let texts = try generator { $0.stops = stops }("abc", count: 2, seed: 8) { told += $0 }.texts
      #expect(told == texts[0])
    }
  }

  @Test func charactersAreToldWhole() throws {
    var pieces: [String] = []
    let text = "aäb€c\u{1F600}d"
    let result = try reciter(of: text)("", seed: 0) { pieces.append($0) }
    #expect(result.texts == [text])
    #expect(pieces.filter { !$0.isEmpty } == text.map { String($0) })
    #expect(result.speed.characters == 7 && result.speed.tokens == 13)
    // A character that is cut off is told as what it is: none.
    var cut = reciter(of: "aä")
    cut.length = 2
    var told = ""
    #expect(try cut("", seed: 0) { told += $0 }.texts == ["a\u{FFFD}"] && told == "a\u{FFFD}")
  }

  @Test func theBeginningOfAStopStringIsHeldBack() throws {
    var pieces: [String] = []
    var generator = reciter(of: "abcdxyz")
    generator.stops = ["bce", "xyz"]
    #expect(try generator("", seed: 0) { pieces.append($0) }.texts == ["abcd"])
    #expect(pieces.filter { !$0.isEmpty } == ["a", "bcd"])
    // What is held back at the end is told.
    pieces = []
    generator.stops = ["yz!"]
    #expect(try generator("", seed: 0) { pieces.append($0) }.texts == ["abcdxyz"])
    #expect(pieces.filter { !$0.isEmpty } == ["a", "b", "c", "d", "x", "yz"])
    // The prompt may have a stop string.
    generator.stops = ["ab"]
    generator.length = 3
    #expect(try generator("ab", seed: 0).texts == ["abcdx"])
  }

  @Test func anEmptyPromptBeginsAfterANewline() throws {
    #expect(try reciter(of: "xyz")("", seed: 0).texts == ["xyz"])
    let generator = generator()
    let after = try generator("\n", seed: 5).texts[0]
    #expect(try generator("", seed: 5).texts[0] == String(after.dropFirst()))
    // Without a newline, after token 0.
    let letters = CharacterTokenizer(of: "abc")
    let plain = TextGenerator(BigramModel(tokens: 3), letters)
    #expect(try plain("", seed: 5).texts[0] == String(plain("a", seed: 5).texts[0].dropFirst()))
  }

  @Test func aPromptWithAnUnknownCharacter() throws {
    let generator = generator()
    #expect(throws: UnknownCharacter("X", at: 1)) { try generator("aXb", seed: 0) }
    #expect(
      try generator("aXb", seed: 0, unknown: .skip).texts == generator("ab", seed: 0).texts)
  }

  @Test func whatCannotBeWrittenIsSaid() {
    #expect(throws: SamplingError.self) { try generator { $0.length = 0 }("", seed: 0) }
    #expect(throws: SamplingError.self) { try generator()("", count: 0, seed: 0) }
    #expect(throws: SamplingError.self) { try generator { $0.stops = [""] }("", seed: 0) }
    #expect(throws: SamplingError.self) { try generator { $0.sampling.topP = 2 }("", seed: 0) }
  }

  @Test func speedCountsWhatIsRead() throws {
    let speed = try generator()("a", count: 66, seed: 0).speed
    #expect(speed.tokens == 66 * 40 && speed.characters == 66 * 40)
    // Two batches, each of which begins with what the prompt predicts.
    #expect(speed.steps == 2 * 39 && speed.weightBytes == 4 * alphabet.count * alphabet.count)
    #expect(speed.seconds > 0 && speed.bandwidth > 0 && speed.tokensPerSecond > 0)
  }
}
