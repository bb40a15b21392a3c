/// Writes the parts of protocol buffers' wire format that event files are made of.
///
/// protobuf.dev/programming-guides/encoding: a field is its number and wire type, then its value.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  /// A whole number of variable length, as int32, int64 and enumerations are.
  mutating func integer(_ field: Int, _ value: Int) {
    key(field, wireType: 0)
    variableLength(UInt64(bitPattern: Int64(value)))
  }

  mutating func double(_ field: Int, _ value: Double) {
    key(field, wireType: 1)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  mutating func float(_ field: Int, _ value: Float) {
    key(field, wireType: 5)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  mutating func data(_ field: Int, _ value: [UInt8]) {
    key(field, wireType: 2)
    variableLength(UInt64(value.count))
    bytes += value
  }

  mutating func text(_ field: Int, _ value: String) { data(field, Array(value.utf8)) }

  mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    body(&inner)
    data(field, inner.bytes)
  }

  private mutating func key(_ field: Int, wireType: Int) {
    variableLength(UInt64(field << 3 | wireType))
  }

  /// Seven bits a byte, the lowest first; the eighth says that more follow.
  private mutating func variableLength(_ value: UInt64) {
    var rest = value
    while rest >= 128 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
