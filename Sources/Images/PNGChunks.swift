import CCodecs

/// The chunks of a PNG up to its end, or as far as they are whole.
struct PNGChunks: Sequence, IteratorProtocol {
  /// A chunk: its length, its type, so many bytes, and a checksum of type and bytes.
  struct Chunk {
    let type: String
    let data: ArraySlice<UInt8>
    private let checked: ArraySlice<UInt8>
    private let checksum: Int

    fileprivate init(_ checked: ArraySlice<UInt8>, _ checksum: Int) {
      (self.checked, self.checksum) = (checked, checksum)
      type = String(decoding: checked.prefix(4), as: UTF8.self)
      data = checked.dropFirst(4)
    }

    /// Whether the checksum is that of the bytes.
    var isSound: Bool {
      checksum
        == Int(checked.withUnsafeBufferPointer { codec_png_checksum($0.baseAddress, $0.count) })
    }
  }

  private let file: StoredIntegers
  private var offset = 8  // after the signature
  /// Whether all chunks have come, the last of which says that it is.
  private(set) var hasEnded = false

  init(_ bytes: [UInt8]) { file = StoredIntegers(bytes: bytes[...]) }

  mutating func next() -> Chunk? {
    guard !hasEnded, let length = file.integer(at: offset, size: 4),
      let checksum = file.integer(at: offset + 8 + length, size: 4)
    else { return nil }
    let chunk = Chunk(file.bytes[offset + 4..<offset + 8 + length], checksum)
    hasEnded = chunk.type == "IEND"
    offset += 12 + length
    return hasEnded ? nil : chunk
  }
}
