/// Reads JSON strictly, front to back, by what the caller expects next.
///
/// A safetensors header needs more care than a general decoder takes: a key that comes twice, a
/// fraction where a length should be and text after the end are all errors here.
package struct JSONScanner {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  private var values = 0
  /// Whether NaN, Infinity and -Infinity are numbers, as Python writes and reads them.
  private let takesNonFinite: Bool
  /// The line of what comes next, from 1.
  package private(set) var line = 1
  /// The line of the key that was read last.
  private(set) var keyLine = 1

  /// Deeper nesting is an error, so that no text exhausts the stack.
  static let maximumDepth = 127
  /// More values are an error: each takes many times the memory of the byte or two that it is written
  /// with.
  static let maximumValues = 1 << 19

  /// A scanner at the start of `bytes`, which must be UTF-8; a byte order mark in front of a text is
  /// read over (RFC 8259, section 8.1).
  package init(_ bytes: [UInt8], takesNonFinite: Bool = false) throws(JSONError) {
    // Most are ASCII, which is seen without making a string of it all.
    guard bytes.reduce(0, |) < 0x80 || String(validating: bytes, as: UTF8.self) != nil else {
      throw JSONError("is not UTF-8")
    }
    self.bytes = bytes
    self.takesNonFinite = takesNonFinite
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
  }

  /// Reads an object; `member` reads the value of each key.
  /// - Throws: `JSONError`, also when a key comes twice.
  package mutating func object(_ member: (_ key: String, inout Self) throws(JSONError) -> Void)
    throws(JSONError)
  {
    // They are compared at the end, which `member` does not let come where there are too many.
    var keys: [JSONKey] = []
    keys.reserveCapacity(4)
    try list(from: "{", to: "}") { scanner throws(JSONError) in
      let key = try scanner.string()
      keys.append(JSONKey(text: key))
      scanner.keyLine = scanner.line
      try scanner.expect(":")
      try member(key, &scanner)
    }
    if let key = keys.firstRepeated { throw JSONError("the key \(cited(key.text)) comes twice") }
  }

  /// Reads an array; `element` reads each of its elements.
  package mutating func array(_ element: (inout Self) throws(JSONError) -> Void) throws(JSONError) {
    try list(from: "[", to: "]", element)
  }

  private mutating func list(
    from open: Unicode.Scalar, to close: Unicode.Scalar,
    _ element: (inout Self) throws(JSONError) -> Void
  ) throws(JSONError) {
    try expect(open)
    depth += 1
    guard depth <= Self.maximumDepth else {
      throw JSONError("nests deeper than \(Self.maximumDepth) levels")
    }
    if next() != UInt8(ascii: close) {
      try count(element)
      while next() == UInt8(ascii: ",") {
        position += 1
        try count(element)
      }
    }
    try expect(close)
    depth -= 1
  }

  private mutating func count(
    _ element: (inout Self) throws(JSONError) -> Void
  ) throws(JSONError) {
    values += 1
    guard values <= Self.maximumValues else {
      throw JSONError("has more than \(Self.maximumValues) values")
    }
    try element(&self)
  }

  /// Reads a number without sign, fraction and exponent.
  package mutating func natural() throws(JSONError) -> Int {
    _ = next()
    let start = position
    var value = 0
    while let byte = peek, 48...57 ~= byte {
      let (tens, tensOverflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = tens.addingReportingOverflow(Int(byte - 48))
      guard !tensOverflow, !overflow else { throw JSONError("a number does not fit") }
      value = sum
      position += 1
    }
    let isWhole = peek.map { !$0.isInNumbers } ?? true
    let hasLeadingZero = position - start > 1 && bytes[start] == 48
    guard position > start, isWhole, !hasLeadingZero else {
      throw JSONError("a whole number, not negative, should be \(place)")
    }
    return value
  }

  /// Reads a string.
  package mutating func string() throws(JSONError) -> String {
    try expect("\"")
    // Most strings have no escape, and stand there as they are.
    let start = position
    while let byte = peek, byte >= 32, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
      position += 1
    }
    if peek == UInt8(ascii: "\"") {
      defer { position += 1 }
      return text(from: start)
    }
    var text = Array(bytes[start..<position])
    while let byte = peek, byte >= 32 {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += String(try escape()).utf8
      default: text.append(byte)
      }
    }
    throw JSONError("a string has no end, or a control character in it, \(place)")
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    let byte = peek
    position += 1
    switch byte.map(Unicode.Scalar.init) {
    case "\""?: return "\""
    case "\\"?: return "\\"
    case "/"?: return "/"
    case "b"?: return "\u{8}"
    case "f"?: return "\u{c}"
    case "n"?: return "\n"
    case "r"?: return "\r"
    case "t"?: return "\t"
    case "u"?:
      let unit = try hexadecimalUnit()
      if let scalar = Unicode.Scalar(unit) { return scalar }
      // A high surrogate, and the low one that must follow.
      if unit < 0xdc00, bytes[position...].starts(with: Array("\\u".utf8)) {
        position += 2
        let low = try hexadecimalUnit()
        let code = (unit & 0x3ff) << 10 + (low & 0x3ff) + 0x10000
        if low & 0xfc00 == 0xdc00, let scalar = Unicode.Scalar(code) { return scalar }
      }
      throw JSONError("half of a surrogate pair stands alone \(place)")
    default: throw JSONError("there is no such escape \(place)")
    }
  }

  private mutating func hexadecimalUnit() throws(JSONError) -> UInt32 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw JSONError("four hexadecimal digits should be \(place)") }
    position += 4
    return unit
  }

  /// Whether an object comes next, which is not read.
  package var startsObject: Bool {
    mutating get { next() == UInt8(ascii: "{") }
  }

  /// Whether null comes next, which is read then.
  package mutating func null() -> Bool { word("null") }

  /// Reads over a value of any kind.
  package mutating func skip() throws(JSONError) {
    switch next().map(Unicode.Scalar.init) {
    case "{"?:
      try list(from: "{", to: "}") { scanner throws(JSONError) in
        _ = try scanner.string()
        try scanner.expect(":")
        try scanner.skip()
      }
    case "["?: try array { scanner throws(JSONError) in try scanner.skip() }
    default: _ = try plain()
    }
  }

  /// Reads a value of any kind.
  package mutating func content() throws(JSONError) -> JSONContent {
    switch next().map(Unicode.Scalar.init) {
    case "{"?:
      var members: [JSONMember] = []
      try object { (name, scanner) throws(JSONError) in
        members.append(JSONMember(name: name, line: scanner.keyLine, value: try scanner.content()))
      }
      return .object(members)
    case "["?:
      var elements: [JSONContent] = []
      try array { scanner throws(JSONError) in elements.append(try scanner.content()) }
      return .array(elements)
    default: return try plain()
    }
  }

  /// Reads a value that has no others in it.
  private mutating func plain() throws(JSONError) -> JSONContent {
    switch next().map(Unicode.Scalar.init) {
    case "\""?: return .string(try string())
    case "n"? where word("null"): return .null
    case "t"? where word("true"): return .flag(true)
    case "f"? where word("false"): return .flag(false)
    case "N"? where takesNonFinite && word("NaN"): return .number("NaN")
    case "I"? where takesNonFinite && word("Infinity"): return .number("Infinity")
    case "-"? where takesNonFinite && word("-Infinity"): return .number("-Infinity")
    default: break
    }
    return .number(try number())
  }

  /// Reads a number of any kind, as it is written: RFC 8259, section 6.
  private mutating func number() throws(JSONError) -> String {
    let start = position
    func digits(_ scanner: inout Self) -> Int {
      let start = scanner.position
      while let byte = scanner.peek, 48...57 ~= byte { scanner.position += 1 }
      return scanner.position - start
    }
    if peek == UInt8(ascii: "-") { position += 1 }
    let hasLeadingZero = peek == UInt8(ascii: "0")
    let whole = digits(&self)
    var isNumber = hasLeadingZero ? whole == 1 : whole > 0
    if peek == UInt8(ascii: ".") {
      position += 1
      if digits(&self) == 0 { isNumber = false }
    }
    if let byte = peek, byte | 0x20 == UInt8(ascii: "e") {
      position += 1
      if let sign = peek, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
      if digits(&self) == 0 { isNumber = false }
    }
    guard isNumber else { throw JSONError("a value should be at byte \(start)") }
    return text(from: start)
  }

  /// Makes sure that nothing but white space follows.
  package mutating func end() throws(JSONError) {
    guard next() == nil else { throw JSONError("there is something after the end \(place)") }
  }

  /// What was read since `start`, as it is written.
  private func text(from start: Int) -> String {
    bytes.withUnsafeBufferPointer {
      String(decoding: UnsafeBufferPointer(rebasing: $0[start..<position]), as: UTF8.self)
    }
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private var place: String { "at byte \(position)" }

  /// The next byte that is not white space, which is not read.
  private mutating func next() -> UInt8? {
    while let byte = peek, byte == 32 || byte == 9 || byte == 10 || byte == 13 {
      if byte == 10 { line += 1 }
      position += 1
    }
    return peek
  }

  private mutating func expect(_ scalar: Unicode.Scalar) throws(JSONError) {
    guard next() == UInt8(ascii: scalar) else {
      throw JSONError("\"\(scalar)\" should be \(place)")
    }
    position += 1
  }

  private mutating func word(_ word: String) -> Bool {
    guard next() != nil, bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }
}
