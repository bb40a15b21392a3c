import Datasets
import TestSupport
import Testing

@testable import Models

/// A long text is judged by pieces of it.
@Suite struct TextPartTests {
  let folder = TemporaryFolder()

  /// 60,000 characters, some of them of two bytes, of which no two stretches are the same.
  private static let text: String = {
    var state: UInt32 = 5
    let letters = Array("abcdefgä")
    return String(
      (0..<60_000).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return letters[Int(state >> 29)]
      })
  }()

  private func data(
    _ unit: TextUnit = .character, most: Int?, counted: Int? = nil
  ) throws -> TextData {
    try folder.write(Array(Self.text.utf8), to: "book.txt")
    var options = TextOptions()
    options.source = folder("book.txt")
    options.unit = unit
    options.heldOut = 0.4
    (options.evaluatedCharacters, options.countedCharacters) = (most, counted)
    return try TextData(options, context: 8)
  }

  @Test func piecesAreSpreadEvenly() {
    #expect(TextPart.pieces(of: 7, most: nil) == [0..<7])
    #expect(TextPart.pieces(of: 7, most: 7) == [0..<7])
    #expect(TextPart.pieces(of: 70, most: 7).map(\.count) == [7])
    #expect(TextPart.pieces(of: 50_000, most: 10_000).map(\.count) == [5000, 5000])
    for count in [1_000_001, 1_000_033, 50_000_000_000] {
      let pieces = TextPart.pieces(of: count, most: 1_000_000)
      #expect(pieces.count == 32 && pieces.allSatisfy { $0.count == 31_250 })
      #expect(TextPart.count(of: count, most: 1_000_000) == 1_000_000)
      for (place, piece) in pieces.enumerated() {
        let stretch = place * count / 32..<(place + 1) * count / 32
        #expect(stretch.contains(piece.lowerBound) && piece.upperBound <= stretch.upperBound)
      }
    }
    // They may begin anywhere in a stretch.
    let places = TextPart.pieces(of: 32_000_000, most: 1_000_000)
      .enumerated().map { Double($1.lowerBound - $0 * 1_000_000) / 968_750 }
    #expect((places.min() ?? 1) < 0.2 && (places.max() ?? 0) > 0.8)
    let mean = places.reduce(0, +) / 32
    #expect((0.35...0.65).contains(mean))
  }

  @Test func aPartIsOfTheSameCharactersWhateverTheTokens() throws {
    let whole = try data(most: nil)
    #expect(whole.isEvaluatedWhole && whole.heldOut.map(\.count) == [24_000])
    let part = try data(most: 10_000)
    #expect(!part.isEvaluatedWhole && part.evaluatedCharacters == 10_000)
    let places = TextPart.pieces(of: 24_000, most: 10_000)
    #expect(places.count == 2)
    #expect(part.heldOut.map(\.all) == places.map { whole.heldOut[0][$0] })
    let bytes = try data(.byte, most: 10_000)
    #expect(
      bytes.heldOut.map { bytes.tokenizer.text(of: $0.all) }
        == part.heldOut.map { part.tokenizer.text(of: $0.all) })
    #expect(bytes.evaluatedCharacters == 10_000 && bytes.evaluatedTokens > 10_500)
    #expect(try data(most: 24_000).heldOut.map(\.all) == whole.heldOut.map(\.all))
  }

  @Test func nGramsCountAndPredictPieces() throws {
    let whole = try data(most: nil)
    let part = try data(.byte, most: 10_000, counted: 20_000)
    #expect(part.countedCharacters == 20_000 && !part.isCountedWhole && whole.isCountedWhole)
    func pieces(_ tokens: [Int32], _ count: Int, _ most: Int) -> [TokenList] {
      TextPart.pieces(of: count, most: most).map { TokenList(Array(tokens[$0]), vocabulary: 8) }
    }
    let counted = pieces(try whole.training[0..<36_000], 36_000, 20_000)
    #expect(counted.count == 4)
    let expected = NGram.losses(
      training: counted, heldOut: pieces(whole.heldOut[0].all, 24_000, 10_000), vocabulary: 8,
      longest: 3)
    #expect(part.baselines(longest: 3) == expected)
    #expect(whole.baselines(longest: 3) != expected)
  }

  /// What is read where it is asked for is the same as what stands in memory, and counts its tokens alike.
  @Test func tokensAreReadFromTheText() throws {
    try folder.write(Array(Self.text.utf8), to: "book.txt")
    let source = try TextSource(folder("book.txt"))
    let part = try source.text(ofCharacters: 100..<50_000)
    for tokenizer in [CharacterTokenizer(of: Self.text), ByteTokenizer()] as [any Tokenizer] {
      let tokens = try TextTokens(source, characters: 100..<50_000, tokenizer)
      let expected = try tokenizer.encode(part)
      #expect(!tokens.isInMemory && tokens.count == expected.count)
      for places in [0..<1, 4000..<9000, 0..<expected.count, 7..<7] {
        #expect(try tokens[places] == Array(expected[places]))
      }
    }
    let pairs = BytePairTokenizer(
      alphabet: .characters, tokens: "abcdefgä".map { Array("\($0)".utf8) }, merges: [])
    let tokens = try TextTokens(source, characters: 100..<50_000, pairs)
    #expect(tokens.isInMemory && tokens.count == 49_900)
  }

  /// Nothing comes before a piece: "ab" and "ba" have neither "bb" nor anything after "b" in the first.
  @Test func countsDoNotCrossPieces() {
    let list = { TokenList($0, vocabulary: 2) }
    let losses = NGram.losses(
      training: [list([0, 1]), list([1, 0])], heldOut: [list([0]), list([1, 1])], vocabulary: 2,
      longest: 1)
    // Without context all is even. After b came a alone: p(b | b) = (0 + 1 / 2) / (1 + 1).
    #expect(abs(losses[0] - 0.6931471805599453) < 1e-12)
    #expect(abs(losses[1] - (2 * 0.6931471805599453 + 1.3862943611198906) / 3) < 1e-12)
  }

  @Test func lossesOfPiecesAreAdded() throws {
    let part = try data(most: 10_000)
    var sizes = TransformerConfiguration()
    (sizes.vocabularySize, sizes.context, sizes.layers) = (8, 64, 1)
    (sizes.width, sizes.heads) = (8, 2)
    let model = Transformer(sizes)
    model.initialize(seed: 1)
    var told: [[Int]] = []
    let loss = model.heldOutLoss(of: part, overlapping: false) { told.append([$0, $1]) }
    let losses = part.heldOut.map { model.heldOutLoss($0.all, overlapping: false) }
    #expect(losses.count == 2 && loss.count == 9998)
    #expect(loss.nats == losses[0].nats + losses[1].nats)
    #expect(told.last == [158, 158] && told.map { $0[0] } == told.map { $0[0] }.sorted())
  }

  @Test func tokensTakeAsFewBytesAsTheirVocabularyAllows() {
    for (vocabulary, bytes) in [(2, 1), (256, 1), (257, 2), (65_536, 2), (65_537, 4)] {
      let last = Int32(vocabulary - 1)
      let list = TokenList([0, last, 1], vocabulary: vocabulary)
      #expect(list.bytesPerToken == bytes && list.count == 3)
      #expect(list.all == [0, last, 1] && list[1..<2] == [last] && list[1] == last)
    }
  }
}
