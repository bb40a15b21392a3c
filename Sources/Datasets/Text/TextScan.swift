/// What a look at every byte of a text tells.
struct TextScan {
  /// How many characters (Unicode scalars) there are, without what is no UTF-8.
  private(set) var characters = 0
  /// How many lines there are; the last need not end.
  private(set) var lines = 0
  /// How many runs of bytes are no UTF-8.
  private(set) var faults = 0
  /// Where the first and the last of them are.
  private(set) var firstFault: Range<Int>?, lastFault: Range<Int>?
  /// How many characters have several bytes, which in another encoding would hardly come about.
  private(set) var longCharacters = 0
  /// The offset of the first zero byte, which no text has.
  private(set) var firstZero: Int?
  /// Which characters there are.
  private(set) var alphabet: Set<Unicode.Scalar> = []

  init(_ bytes: [UInt8]) { add(bytes) }

  /// Counts more bytes; the offsets are within those that were first to have a fault.
  mutating func add(_ bytes: [UInt8]) {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded)
        alphabet.insert(scalar)
        characters += 1
        if encoded.count > 1 { longCharacters += 1 }
        if scalar == "\n" { lines += 1 }
        if scalar.value == 0 && firstZero == nil { firstZero = offset }
        offset += encoded.count
      case .error(let length):
        lastFault = offset..<offset + length
        firstFault = firstFault ?? lastFault
        faults += 1
        offset += length
      case .emptyInput:
        if let last = bytes.last, last != 10 { lines += 1 }
        return
      }
    }
  }
}
