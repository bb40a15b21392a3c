/// A printable character for each byte, by which GPT-2's vocabulary spells tokens that need not be text.
///
/// Bytes that are visible in Latin-1 stand for themselves; the others get the characters from U+0100 on
/// in order, so that a space is "Ġ" and a newline "Ċ".
enum ByteAlphabet {
  /// The character of each byte.
  static let characters: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (UInt8.min...UInt8.max).map { byte in
      switch byte {
      case 0x21...0x7e, 0xa1...0xac, 0xae...0xff: return Unicode.Scalar(byte)
      default:
        defer { next += 1 }
        // There is no surrogate among the 68 characters from here on.
        return Unicode.Scalar(next) ?? "\u{fffd}"
      }
    }
  }()

  private static let bytes = Dictionary(
    uniqueKeysWithValues: characters.enumerated().map { ($1, UInt8($0)) })

  /// How bytes are spelled.
  static func spelled(_ bytes: some Sequence<UInt8>) -> String {
    var text = ""
    for byte in bytes { text.unicodeScalars.append(characters[Int(byte)]) }
    return text
  }

  /// The bytes that a token's spelling stands for, or nil where it has another character.
  static func bytes(spelledBy text: String) -> [UInt8]? {
    var result: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = bytes[scalar] else { return nil }
      result.append(byte)
    }
    return result
  }
}
