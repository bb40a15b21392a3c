/// What a look at every byte of a text tells.
struct TextScan {
  /// How many characters (Unicode scalars) there are, without what is no UTF-8.
  private(set) var characters = 0
  /// How many lines there are; the last need not end.
  private(set) var lines = 0
  /// How many runs of bytes are no UTF-8.
  private(set) var faults = 0
  /// The offset of the first of them.
  private(set) var firstFault: Int?
  /// The offset of the first zero byte, which no text has.
  private(set) var firstZero: Int?
  /// Whether a character occurs, by its code point.
  private var occurs = [Bool](repeating: false, count: 0x11_0000)

  init(_ bytes: [UInt8]) { add(bytes) }

  /// Which characters there are, by code point.
  var alphabet: [Unicode.Scalar] {
    occurs.indices.lazy.filter { occurs[$0] }.compactMap { Unicode.Scalar(UInt32($0)) }
  }

  /// Counts more bytes; the offsets are within those that were first to have a fault.
  mutating func add(_ bytes: [UInt8]) {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded).value
        occurs[Int(scalar)] = true
        characters += 1
        if scalar == 10 { lines += 1 }
        if scalar == 0 && firstZero == nil { firstZero = offset }
        offset += encoded.count
      case .error(let length):
        if firstFault == nil { firstFault = offset }
        faults += 1
        offset += length
      case .emptyInput:
        if let last = bytes.last, last != 10 { lines += 1 }
        return
      }
    }
  }
}
