/// The chunks of a WebP, as far as they are whole: a name, a length, so many bytes, and one more where they are odd.
struct WebPChunks: Sequence, IteratorProtocol {
  private let file: StoredIntegers
  private var offset = 12  // after "RIFF", the length of the rest and "WEBP"

  init(_ bytes: [UInt8]) { file = StoredIntegers(bytes: bytes[...], isLittleEndian: true) }

  mutating func next() -> (name: String, data: ArraySlice<UInt8>)? {
    guard let length = file.integer(at: offset + 4, size: 4),
      length <= file.bytes.count - offset - 8
    else { return nil }
    let start = offset + 8
    defer { offset = start + length + length % 2 }
    return (
      String(decoding: file.bytes[offset..<offset + 4], as: UTF8.self),
      file.bytes[start..<start + length]
    )
  }
}
