/// Tokens in memory, in as few bytes each as their vocabulary takes: one for up to 256 tokens, two for up
/// to 65,536, else four.
public struct TokenList: Sendable {
  private enum Storage {
    case bytes([UInt8])
    case pairs([UInt16])
    case words([Int32])
  }

  private let storage: Storage

  /// The tokens, which are numbers from 0 up to `vocabulary`.
  public init(_ tokens: [Int32], vocabulary: Int) {
    storage =
      switch vocabulary {
      case ...(1 << 8): .bytes(tokens.map { UInt8($0) })
      case ...(1 << 16): .pairs(tokens.map { UInt16($0) })
      default: .words(tokens)
      }
  }

  /// How many there are.
  public var count: Int {
    switch storage {
    case .bytes(let tokens): tokens.count
    case .pairs(let tokens): tokens.count
    case .words(let tokens): tokens.count
    }
  }

  /// How many bytes a token takes.
  var bytesPerToken: Int {
    switch storage {
    case .bytes: 1
    case .pairs: 2
    case .words: 4
    }
  }

  /// The places of the tokens.
  public var indices: Range<Int> { 0..<count }

  /// The token at a place.
  public subscript(place: Int) -> Int32 {
    switch storage {
    case .bytes(let tokens): Int32(tokens[place])
    case .pairs(let tokens): Int32(tokens[place])
    case .words(let tokens): tokens[place]
    }
  }

  /// The tokens at those places.
  public subscript(places: Range<Int>) -> [Int32] {
    switch storage {
    case .bytes(let tokens): tokens[places].map { Int32($0) }
    case .pairs(let tokens): tokens[places].map { Int32($0) }
    case .words(let tokens): Array(tokens[places])
    }
  }

  /// All tokens.
  public var all: [Int32] { self[indices] }
}
