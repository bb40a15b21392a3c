// The one form in which a name of any bytes is shown, and stored where there must be text. It is the
// name itself wherever that is UTF-8 of visible characters; a byte that belongs to no character becomes
// \xE9, a character that a terminal would obey or that ends a line becomes \u{1B}, and a backslash of
// the name's own becomes \x5C where it would else begin one of these. So two names never look the same.

extension BytePath: CustomStringConvertible {
  /// The name as text: printable, on one line, and different from that of every other name.
  public var escaped: String {
    var result = String.UnicodeScalarView()
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded)
        let isMistakable = scalar == "\\" && Escape(at: offset, in: bytes) != nil
        if isMistakable {
          result.append(contentsOf: Escape.spelled(UInt8(ascii: "\\")))
        } else if scalar.isUnprintable {
          result.append(contentsOf: Escape.spelled(scalar))
        } else {
          result.append(scalar)
        }
        offset += encoded.count
      case .error(let length):
        for byte in bytes[offset..<offset + length] {
          result.append(contentsOf: Escape.spelled(byte))
        }
        offset += length
      case .emptyInput: return String(result)
      }
    }
  }

  /// The name of which that is the escaped form.
  public init(escaped text: String) {
    let bytes = Array(text.utf8)
    var (result, offset) = ([UInt8](), 0)
    while offset < bytes.count {
      if let escape = Escape(at: offset, in: bytes) {
        result += escape.meaning
        offset += escape.length
      } else {
        result.append(bytes[offset])
        offset += 1
      }
    }
    self.bytes = result
  }

  /// The escaped form.
  public var description: String { escaped }
}

/// What begins with a backslash in an escaped name.
struct Escape {
  /// The bytes that it stands for.
  let meaning: [UInt8]
  /// How many bytes it takes.
  let length: Int

  /// The escape that begins at that place: `\xHH` or `\u{H}` with one to eight digits; nil where none
  /// does.
  init?(at start: Int, in bytes: [UInt8]) {
    guard bytes[start] == UInt8(ascii: "\\"), start + 1 < bytes.count else { return nil }
    let rest = bytes[(start + 2)...]
    switch bytes[start + 1] {
    case UInt8(ascii: "x"):
      guard let value = Self.number(rest.prefix(2)), rest.count >= 2 else { return nil }
      (meaning, length) = ([UInt8(value)], 4)
    case UInt8(ascii: "u"):
      let digits = rest.dropFirst().prefix(9).prefix { $0 != UInt8(ascii: "}") }
      guard rest.first == UInt8(ascii: "{"), digits.count <= 8, digits.endIndex < bytes.count,
        let scalar = Self.number(digits).flatMap(Unicode.Scalar.init)
      else { return nil }
      (meaning, length) = (Array(String(scalar).utf8), digits.count + 4)
    default: return nil
    }
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> UInt32? {
    // The initializer alone would take a sign, too.
    guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }

  /// A byte that belongs to no character: \xE9.
  static func spelled(_ byte: UInt8) -> String.UnicodeScalarView {
    "\\x\(hexadecimal(UInt32(byte), 2))".unicodeScalars
  }

  /// A character that is not to be shown as it is: \u{1B}.
  static func spelled(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
    let digits = scalar.isASCII ? 2 : scalar.value < 0x10000 ? 4 : 8
    return "\\u{\(hexadecimal(scalar.value, digits))}".unicodeScalars
  }

  private static func hexadecimal(_ value: UInt32, _ digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
