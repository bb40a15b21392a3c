import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Models

/// Tokenizers in files, beside Hugging Face's `tokenizers` (Tests/Parity/tokenizers/make.py).
struct TokenizerFileTests {
  private static let parity = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Parity/tokenizers").standardized.path

  private static func fixture(_ name: String) throws -> any Tokenizer {
    try TokenizerFile(path: "\(parity)/\(name).json").tokenizer
  }

  /// The texts of a table and their tokens.
  private func cases(_ name: String) throws -> [(text: String, tokens: [Int32])] {
    try JSONNode(path: "\(Self.parity)/cases.json").value(name).elements().map { node in
      let pair = try node.elements()
      return (try pair[0].text(), try pair[1].elements().map { Int32(try $0.natural()) })
    }
  }

  /// The tokenizer that is read from what is written of one.
  private func rewritten(_ tokenizer: any Tokenizer) throws -> any Tokenizer {
    let path = FileManager.default.temporaryDirectory.path + "/gen-tokenizer-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    try SystemFiles().atomicWrite(path, TokenizerFile.content(of: tokenizer))
    return try TokenizerFile(path: path).tokenizer
  }

  @Test(arguments: ["bytes", "characters", "words", "pairs"])
  func texts(name: String) throws {
    let tokenizer = try Self.fixture(name)
    #expect((tokenizer is CharacterTokenizer) == (name == "characters"))
    let again = try rewritten(tokenizer)
    for (text, expected) in try cases(name) {
      let tokens = try tokenizer.encode(text)
      #expect(tokens == expected, "\(text.debugDescription)")
      #expect(try again.encode(text) == expected, "\(text.debugDescription)")
      #expect(Array(tokenizer.text(of: tokens).utf8) == Array(text.utf8))
    }
    for token in 0..<Int32(tokenizer.count) {
      #expect(tokenizer.bytes(of: token) == again.bytes(of: token))
    }
  }

  @Test(arguments: ["bytes-with-space", "bytes-unsplit"]) func otherSplits(name: String) throws {
    let plain = try #require(try Self.fixture("bytes") as? BytePairTokenizer)
    let tokenizer = BytePairTokenizer(
      alphabet: .bytes, tokens: plain.tokens, merges: plain.merges, added: plain.added,
      splitsWords: name != "bytes-unsplit", addsSpace: name == "bytes-with-space")
    #expect(try rewritten(tokenizer) as? BytePairTokenizer == tokenizer)
    for (text, expected) in try cases(name) {
      #expect(try tokenizer.encode(text) == expected, "\(text.debugDescription)")
    }
  }

  @Test func charactersAndBytes() throws {
    // Two of them are the same to Swift's strings.
    let characters: [Unicode.Scalar] = ["\n", "a", "\u{c5}", "\u{212b}", "\"", "\\", "\0", "🙂"]
    let tokenizer = try #require(CharacterTokenizer(characters))
    let again = try #require(try rewritten(tokenizer) as? CharacterTokenizer)
    #expect(try again.encode("a\u{212b}\u{c5}\0🙂\n") == [1, 3, 2, 6, 7, 0])
    #expect(try rewritten(ByteTokenizer()) is ByteTokenizer)
    #expect(throws: UnknownCharacter("x", at: 1)) { try again.encode("ax") }
  }

  @Test func vocabularyAndMerges() throws {
    let plain = try #require(try Self.fixture("bytes") as? BytePairTokenizer)
    let folder = TemporaryFolder()
    let names = plain.tokens.map { ByteAlphabet.spelled($0 ?? []) }
    let vocabulary = names.enumerated().map { "\($1.json): \($0)" }.joined(separator: ", ")
    let merges = plain.merges.map { "\(names[Int($0.left)]) \(names[Int($0.right)])\n" }.joined()
    let files = (folder("vocab.json"), folder("merges.txt"))
    try SystemFiles().atomicWrite(files.0, "{\(vocabulary)}")
    try SystemFiles().atomicWrite(files.1, "#version: 0.2\n\(merges)")
    let tokenizer = try TokenizerFile(vocabulary: files.0, merges: files.1).tokenizer
    // Only the end of a text is known to be special.
    for (text, expected) in try cases("bytes") where !text.contains("<|end|>") {
      #expect(try tokenizer.encode(text) == expected, "\(text.debugDescription)")
    }
    try SystemFiles().atomicWrite(files.1, "#version: 0.2\n\nq\n")
    let error = #expect(throws: FileError.self) {
      try TokenizerFile(vocabulary: files.0, merges: files.1)
    }
    #expect(error?.description == "\(files.1): line 3 is not a pair of tokens")
  }

  @Test func unknownCharacters() throws {
    let tokenizer = BytePairTokenizer(
      alphabet: .bytes, tokens: [[97], [98], [0xc3], nil, Array("<end>".utf8), [97, 98]],
      merges: [.init(0, 1, into: 5)], added: [.init("<end>", token: 4)])
    #expect(throws: UnknownCharacter("\u{e9}", at: 9)) { try tokenizer.encode("ab<end>bb\u{e9}") }
    #expect(try tokenizer.encode("\u{e9}ab<end>x\u{e9}bab", unknown: .skip) == [5, 4, 1, 5])
    #expect(tokenizer.count == 6 && tokenizer.bytes(of: 3) == [] && tokenizer.bytes(of: 9) == [])
    #expect(tokenizer.text(of: [5, 4]) == "ab<end>")
  }

  @Test(arguments: [
    ("", "is not JSON that can be read"),
    ("[]", "is an array, but must be an object"),
    ("{}", "model is missing"),
    ("{'model': {'type': 'Unigram'}}", "model.type is \"Unigram\", but must be BPE or WordLevel"),
    ("{'model': {'type': 'BPE'}}", "model.vocab is missing"),
    ("{'model': {'vocab': {}}}", "model.vocab is empty"),
    ("{'model': {'vocab': {'a': -1}}}", "model.vocab.a is -1, but must be a whole number"),
    ("{'model': {'vocab': {'a': 9999999}}}", "model.vocab.a is 9999999, but must be below 1048576"),
    ("{'model': {'vocab': {'a': 0, 'b': 0}}}", "model.vocab.b is 0, as another token is already"),
    ("{'model': {'vocab': {'a': 0, 'a': 1}}}", "the key \"a\" comes twice"),
    ("{\(numbered(8)), 'a': 0, 'a': 0}", "the key \"a\" comes twice"),
    ("{\(numbered(20)), '7': 0}", "the key \"7\" comes twice"),
    ("{'model': {'vocab': {'a': 0}, 'merges': ['a']}}", "model.merges[0] is not a pair of tokens"),
    ("{'model': {'vocab': {'a': 0}, 'merges': ['a b']}}", "merges[0] needs the token \"b\", which"),
    ("{'model': {'vocab': {'a': 0}, 'merges': [['a', 'a']]}}", "needs the token \"aa\", which the"),
    ("{'model': {'vocab': {'a': 0}, 'dropout': 0.1}}", "model.dropout is there, but is not suppo"),
    ("{'model': {'vocab': {'a': 0}, 'byte_fallback': true}}", "model.byte_fallback is true, but"),
    ("{'model': {'type': 'WordLevel', 'vocab': {'a': 0}}}", "without a pre_tokenizer that splits"),
    ("{'normalizer': {'type': 'NFC'}}", "normalizer is there, but texts that are changed first"),
    (
      "{'pre_tokenizer': {'type': 'Whitespace'}, 'model': {}}",
      "pre_tokenizer.type is \"Whitespace\", but must be ByteLevel or Split"
    ),
    (
      "{'pre_tokenizer': {'type': 'Split', 'pattern': {'Regex': '[a-z]+'}}, 'model': {}}",
      "pre_tokenizer.pattern.Regex is a pattern that is not known here"
    ),
    (
      "{'post_processor': {'type': 'TemplateProcessing', 'single': [{'SpecialToken': {'id': 'x'}}]}, "
        + "'model': {}}",
      "post_processor.single[0].SpecialToken is put around every text, but the text"
    ),
    (
      "{'model': {'vocab': {'a': 0}}, 'added_tokens': [{'id': 1, 'content': ''}]}",
      "added_tokens[0].content is empty"
    ),
    (
      "{'model': {'vocab': {'a': 0}}, 'added_tokens': [{'id': 1, 'content': 'x', 'lstrip': 1}]}",
      "added_tokens[0].lstrip is 1, but must be true or false"
    ),
    (
      "{'model': {'vocab': {'a': 0}}, 'post_processor': {'type': 'TemplateProcessing', "
        + "'single': [{'SpecialToken': {'id': 'x'}}, {'Sequence': {'id': 'A'}}]}}",
      "post_processor puts \"x\" around every text, which the vocabulary does not have"
    ),
  ])
  func damaged(text: String, expected: String) throws {
    let folder = TemporaryFolder()
    try SystemFiles().atomicWrite(folder("t.json"), text.replacing("'", with: "\""))
    let error = try #require(throws: FileError.self) {
      try TokenizerFile(path: folder("t.json"))
    }
    #expect(error.description.hasPrefix("\(folder("t.json")): "))
    #expect(error.message.contains(expected), "\(error.message)")
    #expect(error.kind == .badData)
  }

  @Test func longWords() throws {
    let tokenizer = try Self.fixture("bytes")
    let text = String(repeating: "the", count: 5000)
    #expect(try tokenizer.text(of: tokenizer.encode(text)) == text)
  }
}

/// So many different keys of a JSON object.
private func numbered(_ count: Int) -> String {
  (0..<count).map { "'\($0)': 0" }.joined(separator: ",")
}
