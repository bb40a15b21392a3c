import Files

/// The frame of an entry in TensorFlow's record files:
/// `u64 length | u32 masked CRC-32C of it | data | u32 masked CRC-32C of the data`.
enum EventRecords {
  /// The record of an event.
  static func framed(_ event: LogEvent) -> [UInt8] {
    let data = event.encoded
    let length = withUnsafeBytes(of: UInt64(data.count).littleEndian, Array.init)
    return length + checksum(length[...]) + data + checksum(data[...])
  }

  /// A record of a file: its event, and where it ends.
  struct Record {
    let event: LogEvent
    let bytes: ArraySlice<UInt8>
  }

  /// The records of a file up to the first that is torn or damaged, and whether there is one.
  static func read(_ file: [UInt8]) -> (records: [Record], isDamaged: Bool) {
    var records: [Record] = []
    var rest = file[...]
    while !rest.isEmpty {
      guard rest.count >= 12, checksum(rest.prefix(8)).elementsEqual(rest.dropFirst(8).prefix(4)),
        let length = Int(
          exactly: rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }),
        length <= rest.count - 16
      else { return (records, true) }
      let data = rest.dropFirst(12).prefix(length)
      let size = length + 16
      guard checksum(data).elementsEqual(rest.dropFirst(12 + length).prefix(4)),
        let event = LogEvent(decoding: data)
      else { return (records, true) }
      records.append(Record(event: event, bytes: rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    return (records, false)
  }

  /// The masked checksum, so that a checksum of data that holds checksums is none of its own.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let crc = CRC32C(of: bytes).value
    let masked = (crc >> 15 | crc << 17) &+ 0xa282_ead8
    return withUnsafeBytes(of: masked.littleEndian, Array.init)
  }
}
