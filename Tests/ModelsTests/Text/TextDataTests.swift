import Datasets
import Foundation
import TestSupport
import Testing

@testable import Models

@Suite struct TextDataTests {
  let folder = TemporaryFolder()

  /// The data of a file of that text.
  private func data(
    _ text: String, unit: TextUnit = .character, context: Int = 1, tokenizer: (any Tokenizer)? = nil
  ) throws -> TextData {
    try text.write(toFile: folder("book.txt"), atomically: false, encoding: .utf8)
    var options = TextOptions()
    options.source = folder("book.txt")
    options.unit = unit
    return try TextData(options, context: context, tokenizer: tokenizer)
  }

  private func problem(_ make: () throws -> TextData) throws -> String {
    let error = try #require(throws: DatasetError.self) { _ = try make() }
    #expect(error.kind == .damaged)
    return error.problem
  }

  @Test func charactersAreNumberedByCodePoint() throws {
    let tokenizer = CharacterTokenizer(of: "b\r\na\u{1F600}ä\n")
    #expect(tokenizer.characters == ["\n", "\r", "a", "b", "ä", "\u{1F600}"])
    #expect(try tokenizer.encode("\r\nä\u{1F600}") == [1, 0, 4, 5])
    #expect(tokenizer.text(of: [1, 0, 4, 5]) == "\r\nä\u{1F600}")
    #expect(CharacterTokenizer(["b", "a"])?.characters == ["b", "a"])
    #expect(CharacterTokenizer(["b", "a", "b"]) == nil)
  }

  @Test func anUnknownCharacterIsNamedOrLeftOut() throws {
    let tokenizer = CharacterTokenizer(of: "ab")
    #expect(throws: UnknownCharacter("z", at: 2)) { try tokenizer.encode("abzy") }
    #expect(throws: UnknownCharacter("\u{1F600}", at: 0)) { try tokenizer.encode("\u{1F600}") }
    #expect(try tokenizer.encode("zaybz", unknown: .skip) == [0, 1])
    #expect(try CharacterTokenizer(of: "").encode("a", unknown: .skip) == [])
  }

  @Test func bytesAreTheirOwnTokens() throws {
    let tokenizer = ByteTokenizer()
    #expect(try tokenizer.encode("aä") == [97, 0xC3, 0xA4] && tokenizer.count == 256)
    #expect(tokenizer.text(of: [97, 0xC3, 0xA4]) == "aä")
  }

  @Test func theLastTenthIsHeldOut() throws {
    let text = String((0..<39).map { Character(Unicode.Scalar(UInt8(97 + $0 % 5))) }) + "ä"
    let characters = try data(text)
    #expect(characters.training.count == 36 && characters.heldOut.map(\.all) == [[1, 2, 3, 5]])
    #expect(characters.heldOutCharacters == 4 && characters.tokenizer.count == 6)
    // All units are cut at the same character.
    let bytes = try data(text, unit: .byte)
    #expect(bytes.training.count == 36 && bytes.heldOut.map(\.all) == [[98, 99, 100, 0xC3, 0xA4]])
    #expect(bytes.heldOutCharacters == 4)
    #expect(bytes.contentHash == characters.contentHash)
    #expect(try data(text + "a").contentHash != characters.contentHash)
  }

  @Test func anotherTextsTokenizerMustKnowAllCharacters() throws {
    let text = String(repeating: "ab", count: 20)
    let tokenizer = CharacterTokenizer(of: "xab")
    #expect(try data(text, tokenizer: tokenizer).training[0..<2] == [0, 1])
    let inTraining = try problem { try data("abz\u{e9}z\n" + text, tokenizer: tokenizer) }
    #expect(
      inTraining == """
        character 3 is "z", U+007A, which the model has never seen; characters that it does not know: \
        "z" 2 times, U+000A once, "\u{e9}" once. Take them out of the text, or train a new model, with \
        --set data.unit=byte one that knows all
        """)
    // In the held-out part the place is counted in the whole text, too.
    let inHeldOut = try problem { try data(text + "z", tokenizer: tokenizer) }
    #expect(inHeldOut.hasPrefix("\(UnknownCharacter("z", at: 40));"))
  }

  @Test func textsFromWhichNothingCanBeLearned() throws {
    #expect(
      try problem { try data(String(repeating: "a", count: 100)) }
        .hasPrefix("100 times the same character"))
    #expect(
      try problem { try data("ab") }.hasPrefix("too short: 1 tokens to learn from and 1 held"))
    let text = String(repeating: "ab", count: 50)
    #expect(try problem { try data(text, context: 10) }.contains("a context of 10"))
    #expect(try data(text, context: 9).evaluatedTokens == 10)
  }

  /// p(b | a) and so on by hand: 4 tokens, "aab" counted, "ab" predicted.
  @Test func wittenBellByHand() {
    let losses = NGram.losses(training: [0, 0, 1], heldOut: [0, 1], vocabulary: 4, longest: 2)
    // Without context: (c + t / 4) / (n + t), with n = 3 and t = 2.
    let (a, b) = ((2 + 2 / 4.0) / 5, (1 + 2 / 4.0) / 5)
    #expect(abs(losses[0] + (log(a) + log(b)) / 2) < 1e-12)
    // After a came a and b: (1 + 2 b) / (2 + 2). The first token has nothing before it.
    #expect(abs(losses[1] + (log(a) + log((1 + 2 * b) / 4)) / 2) < 1e-12)
    // No place has two tokens before it.
    #expect(losses[2] == losses[1])
    #expect(NGram.best(of: [3, 1, 2]) == (1, 1))
    let (context, nats) = NGram.baseline(training: [0, 0, 1], heldOut: [0, 1], vocabulary: 4)
    #expect(nats == losses.min() && losses.firstIndex(of: nats) == context)
  }

  /// Against counting in dictionaries, over enough tokens that the table grows.
  @Test func countsOfManyContexts() {
    var state: UInt32 = 1
    let tokens = (0..<6000).map { _ -> Int32 in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Int32((state >> 16) % 40 * ((state >> 8) % 3) / 2)
    }
    let (training, heldOut) = (Array(tokens[..<5000]), Array(tokens[5000...]))
    let losses = NGram.losses(training: training, heldOut: heldOut, vocabulary: 40, longest: 3)
    var counts: [[Int32]: [Int32: Double]] = [:]
    for place in training.indices {
      for length in 0...min(3, place) {
        counts[Array(training[place - length..<place]), default: [:]][
          training[place], default: 0] += 1
      }
    }
    for longest in 0...3 {
      var nats = 0.0
      for place in heldOut.indices {
        var p = 1 / 40.0
        for length in 0...min(longest, place) {
          guard let seen = counts[Array(heldOut[place - length..<place])] else { break }
          let (total, kinds) = (seen.values.reduce(0, +), Double(seen.count))
          p = ((seen[heldOut[place]] ?? 0) + kinds * p) / (total + kinds)
        }
        nats -= log(p)
      }
      #expect(abs(losses[longest] - nats / 1000) < 1e-9)
    }
  }

  @Test func theBaselineIsOfCharactersWhateverTheTokens() throws {
    let text = (0..<400).map { $0 % 7 == 0 ? "ä" : $0 % 3 == 0 ? "b" : "c" }.joined()
    #expect(try data(text, unit: .byte).baselines() == data(text).baselines())
    #expect(try data(text).baselines(longest: 3).count == 4)
  }
}
