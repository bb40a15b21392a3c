/// What a slow look at every byte of a file tells that is no text.
struct TextScan {
  /// A byte's place.
  struct Place: CustomStringConvertible {
    /// How many bytes come before it.
    var offset = 0
    /// The number of its line, the first being 1.
    var line = 1

    var description: String { "byte offset \(offset), line \(line)" }
  }

  /// A run of bytes that are no UTF-8.
  struct Fault {
    /// Where it begins.
    let place: Place
    /// How many bytes it has.
    let count: Int
    /// Whether they begin a character that has more bytes.
    let needsMore: Bool
  }

  /// How many bytes there are.
  var bytes: Int { place.offset }
  /// How many characters (Unicode scalars) there are, without what is no UTF-8.
  private(set) var characters = 0
  /// How many lines there are; the last need not end.
  var lines: Int { place.line - (endsLine ? 1 : 0) }
  /// How many runs of bytes are no UTF-8.
  private(set) var faults = 0
  /// How many of the first three bytes are the end of a character: neighboring faults at the start are one
  /// character's bytes.
  private(set) var faultsAtStart = 0
  /// The first and the last fault.
  private(set) var firstFault: Fault?, lastFault: Fault?
  /// How many characters have several bytes, which in another encoding would hardly come about.
  private(set) var longCharacters = 0
  /// Where the first zero byte is, which no text has.
  private(set) var firstZero: Place?
  /// Which characters there are.
  private(set) var alphabet = ScalarSet()
  /// Where what is added next begins.
  private var place = Place()
  private var endsLine = true

  init(_ bytes: [UInt8]) { add(bytes) }

  /// Looks at more bytes, which begin with a character.
  mutating func add(_ bytes: [UInt8]) {
    if place.offset == 0 { faultsAtStart = bytes.prefix(3).prefix { $0 & 0xC0 == 0x80 }.count }
    let start = place.offset
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded)
        alphabet.insert(scalar.value)
        characters += 1
        if encoded.count > 1 { longCharacters += 1 }
        if scalar.value == 0 && firstZero == nil { firstZero = place }
        endsLine = scalar == "\n"
        if endsLine { place.line += 1 }
        place.offset += encoded.count
      case .error(let length):
        lastFault = Fault(
          place: place, count: length,
          needsMore: length < Self.length(of: bytes[place.offset - start]))
        firstFault = firstFault ?? lastFault
        faults += 1
        endsLine = false
        place.offset += length
      case .emptyInput: return
      }
    }
  }

  /// How many bytes a character has that begins with that byte; 0 where none does.
  private static func length(of byte: UInt8) -> Int {
    switch byte {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 0
    }
  }
}
