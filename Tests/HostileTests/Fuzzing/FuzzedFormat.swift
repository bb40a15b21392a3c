import CCodecs
import Foundation
import Images
import Models
import Runs

@testable import Datasets

/// A format whose reader is given damaged files.
enum FuzzedFormat: String, CaseIterable, Sendable {
  case safetensors, png, jpeg, webp, idx, yaml, tokenizer

  /// What is damaged: small files that touch as much of the format as they can.
  func seeds() throws -> [[UInt8]] {
    switch self {
    case .safetensors: Self.safetensorsHeaders.map { Array($0.utf8) }
    case .png:
      try [1, 3, 4].map {
        try Self.image(channels: $0).pngData(text: [("Title", "a"), ("b", "é")])
      }
    case .jpeg:
      try [1, 3].flatMap { channels in
        try [70, 95].map { try Self.image(channels: channels).jpegData(quality: $0) }
      }
        + ["progressive.jpg", "cmyk.jpg", "color.jpg"].map {
          try Self.bytes("ImagesTests/Fixtures/\($0)")
        }
    case .webp:
      try ["alpha.webp", "lossy.webp"].map { try Self.bytes("ImagesTests/Fixtures/\($0)") }
    case .idx: [Self.idx([5, 4, 3]), Self.idx([7]), Self.idx([0, 2, 2]), Self.idx([1, 30, 30])]
    case .yaml: Self.recipes.map { Array($0.utf8) }
    case .tokenizer: Self.tokenizers.map { Array($0.utf8) }
    }
  }

  /// The whole file that a seed stands for.
  func file(of seed: [UInt8]) -> [UInt8] {
    guard self == .safetensors else { return seed }
    return withUnsafeBytes(of: UInt64(seed.count).littleEndian, Array.init) + seed
      + [UInt8](repeating: 63, count: 92)
  }

  /// Words that mean something in the format.
  var words: [String] {
    switch self {
    case .safetensors:
      [
        "{", "}", "[", "]", "\"", ",", ":", "F32", "F16", "BF16", "F4", "U64", "BOOL", "\\u0041",
        "\\ud800", "null", "-1", "1e3", "\"dtype\":\"I8\"", "__metadata__", "e\u{301}", "\u{e9}",
        " ",
      ]
    case .tokenizer:
      [
        "{", "}", "[", "]", "\"", ",", ":", "null", "true", "\"BPE\"", "\"vocab\":{",
        "\"merges\":[",
        "\\u0120", "\\ud83d\\ude00", "-0", "1.5e300", "e\u{301}", "\u{0}", "\u{120}",
        "[\"a\",\"b\"]",
      ]
    case .yaml:
      [
        "&a ", "*a ", "- ", ": ", "? ", "[", "]", "{", "}", "|\n", ">-\n", "!!binary ",
        "%YAML 1.1\n",
        "---\n", "...\n", "#", "\"", "'", "\\x", "<<: ", "\t", "\u{feff}", "\u{85}", "nan", ".inf",
        "null", "0x7f", "1_000", "-1", "1e999", "true", "kind: rnn\n", "\n  ",
      ]
    default: []
    }
  }

  /// The input of that number: a seed with something wrong, whose checksums and lengths are mostly made
  /// right again, so that what lies behind them is reached.
  func input(_ seeds: [[UInt8]], _ mutator: inout Mutator) -> [UInt8] {
    if self == .png, mutator.once(in: 3) { return Self.drawnPNG(&mutator) }
    let damaged = mutator.mutated(mutator.one(of: seeds), splicing: seeds, words: words)
    switch self {
    case .png: return mutator.once(in: 8) ? damaged : Self.withChecksums(damaged)
    case .safetensors:
      let size = mutator.once(in: 8) ? UInt64(mutator.below(1 << 30)) : UInt64(damaged.count)
      let data = [UInt8](repeating: 63, count: mutator.once(in: 4) ? mutator.below(300) : 92)
      return withUnsafeBytes(of: size.littleEndian, Array.init) + damaged + data
    case .idx:
      guard mutator.once(in: 2) else { return damaged }
      let packed = Self.gzipped(damaged)
      return mutator.once(in: 2) ? packed : mutator.mutated(packed)
    case .jpeg, .webp, .yaml, .tokenizer: return damaged
    }
  }

  /// Reads a file as the program does, all that it has.
  /// - Throws: What the readers throw for a file that is refused.
  func read(_ path: String) throws {
    switch self {
    case .safetensors:
      let file = try SafetensorsFile(path)
      for entry in file.entries where [.f32, .f16, .bf16].contains(entry.type) {
        var count = 0
        try file.forEachPiece(of: entry) { count += $0.count }
        let values = try file.values(entry.name)
        precondition(count == entry.count && count == values.count)
      }
    case .png, .jpeg, .webp:
      let header = try ImageInformation(contentsOf: path)
      if header.format == .png { _ = try? PNGText.read(contentsOf: path) }
      _ = try? Image(contentsOf: path, forShorterSide: 8)
      let image = try Image(contentsOf: path)
      precondition(image.width == header.width && image.height == header.height)
    case .idx:
      let labels = try? IDXFile(contentsOf: path, rank: 1)
      let file = try labels ?? IDXFile(contentsOf: path, rank: 3)
      precondition(file.elements.count == file.dimensions.reduce(1, *))
    case .yaml:
      _ = try? ConfigurationFile(path: path)
      let document = try RecipeDocument(path: path)
      guard let kind = recipeKinds.first(where: { $0.kind == document.kind }) else {
        throw document.unknownKind(among: recipeKinds.map { $0.kind })
      }
      _ = try Self.recipe(of: document, as: kind)
    case .tokenizer:
      let tokenizer = try TokenizerFile(path: path).tokenizer
      let tokens = try tokenizer.encode("ab c\u{e9} <|endoftext|> 12", unknown: .skip)
      precondition(tokens.allSatisfy { $0 >= 0 && $0 < tokenizer.count })
    }
  }

  private static func recipe<R: Recipe>(of document: RecipeDocument, as kind: R.Type) throws -> R {
    try document.recipe(as: kind)
  }
}
