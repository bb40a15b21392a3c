/// Writes PNG files by hand, bit for bit from the specification: all the kinds that our own encoder
/// never makes, and broken ones.
struct PNGBuilder {
  enum Color: UInt8 {
    case grey = 0
    case rgb = 2
    case palette = 3
    case greyAlpha = 4
    case rgba = 6

    var samples: Int {
      switch self {
      case .grey, .palette: 1
      case .greyAlpha: 2
      case .rgb: 3
      case .rgba: 4
      }
    }
  }

  var width: Int
  var height: Int
  var depth: Int
  var color: Color
  var isInterlaced = false
  /// Chunks between the header and the pixels.
  var chunks: [(type: String, data: [UInt8])] = []

  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// The file with these samples, each of `depth` bits, as a function of column, row and number.
  func file(_ sample: (Int, Int, Int) -> Int) -> [UInt8] {
    file(raw: passes.flatMap { rows(of: $0, sample) })
  }

  /// The file whose unfiltered rows are these bytes, right or wrong.
  func file(raw: [UInt8]) -> [UInt8] {
    let header =
      Self.bigEndian(width) + Self.bigEndian(height)
      + [UInt8(depth), color.rawValue, 0, 0, isInterlaced ? 1 : 0]
    var file = Self.signature + Self.chunk("IHDR", header)
    for (type, data) in chunks { file += Self.chunk(type, data) }
    return file + Self.chunk("IDAT", Self.stored(raw)) + Self.chunk("IEND", [])
  }

  private struct Pass {
    let x, y, stepX, stepY: Int
  }

  /// The seven passes of Adam7, or the one of all pixels.
  private var passes: [Pass] {
    guard isInterlaced else { return [Pass(x: 0, y: 0, stepX: 1, stepY: 1)] }
    return [
      (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
      (0, 1, 1, 2),
    ].map { Pass(x: $0.0, y: $0.1, stepX: $0.2, stepY: $0.3) }
  }

  private func rows(of pass: Pass, _ sample: (Int, Int, Int) -> Int) -> [UInt8] {
    guard pass.x < width else { return [] }
    var bytes: [UInt8] = []
    for y in stride(from: pass.y, to: height, by: pass.stepY) {
      bytes.append(0)  // no filter
      var bits = 0
      for x in stride(from: pass.x, to: width, by: pass.stepX) {
        for number in 0..<color.samples {
          let value = sample(x, y, number)
          if depth == 16 { bytes += [UInt8(value >> 8), UInt8(value & 255)] }
          if depth == 8 { bytes.append(UInt8(value)) }
          if depth < 8 {
            if bits % 8 == 0 { bytes.append(0) }
            bytes[bytes.count - 1] |= UInt8(value << (8 - depth - bits % 8))
            bits += depth
          }
        }
      }
    }
    return bytes
  }

  static func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(value >> $0 & 255) }
  }

  static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    return bigEndian(data.count) + body + bigEndian(crc(body))
  }

  /// A zlib stream of one block that is not compressed.
  static func stored(_ bytes: [UInt8]) -> [UInt8] {
    let size = bytes.count
    let lengths = [size, ~size].flatMap { [UInt8($0 & 255), UInt8($0 >> 8 & 255)] }
    var (a, b) = (1, 0)
    for byte in bytes {
      a = (a + Int(byte)) % 65521
      b = (b + a) % 65521
    }
    return [0x78, 0x01, 0x01] + lengths + bytes + bigEndian(b << 16 | a)
  }

  private static func crc(_ bytes: [UInt8]) -> Int {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return Int(~crc)
  }
}
