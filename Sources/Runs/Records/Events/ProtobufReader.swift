/// The fields of a message in protocol buffers' wire format, of whatever number and order.
struct ProtobufReader {
  /// The value of a field, by its wire type.
  enum Value {
    case integer(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case data(ArraySlice<UInt8>)

    var integer: Int? {
      if case .integer(let bits) = self { Int(Int64(bitPattern: bits)) } else { nil }
    }
    var double: Double? {
      if case .fixed64(let bits) = self { Double(bitPattern: bits) } else { nil }
    }
    var float: Float? { if case .fixed32(let bits) = self { Float(bitPattern: bits) } else { nil } }
    var data: ArraySlice<UInt8>? { if case .data(let bytes) = self { bytes } else { nil } }
    var text: String? { data.map { String(decoding: $0, as: UTF8.self) } }
  }

  /// The fields by number and value, or nil where the bytes are no such message.
  static func fields(_ bytes: ArraySlice<UInt8>) -> [(number: Int, value: Value)]? {
    var reader = ProtobufReader(rest: bytes)
    var fields: [(number: Int, value: Value)] = []
    while !reader.rest.isEmpty {
      guard let key = reader.variableLength(), let value = reader.value(wireType: key & 7),
        let number = Int(exactly: key >> 3)
      else { return nil }
      fields.append((number, value))
    }
    return fields
  }

  /// The first number of variable length, or nil where the bytes are none.
  static func variableLength(_ bytes: ArraySlice<UInt8>) -> UInt64? {
    var reader = ProtobufReader(rest: bytes)
    return reader.variableLength()
  }

  private var rest: ArraySlice<UInt8>

  private mutating func value(wireType: UInt64) -> Value? {
    switch wireType {
    case 0: variableLength().map { .integer($0) }
    case 1: fixed(8).map { .fixed64($0) }
    case 2: variableLength().flatMap { Int(exactly: $0) }.flatMap { taken($0) }.map { .data($0) }
    case 5: fixed(4).map { .fixed32(UInt32($0)) }
    default: nil
    }
  }

  private mutating func variableLength() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      value |= UInt64(byte & 127) << UInt64(shift)
      if byte < 128 { return value }
    }
    return nil
  }

  private mutating func fixed(_ count: Int) -> UInt64? {
    taken(count).map { $0.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
  }

  private mutating func taken(_ count: Int) -> ArraySlice<UInt8>? {
    guard count <= rest.count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}
