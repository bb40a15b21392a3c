import CCodecs
import Foundation
import Images

extension HostileFile {
  /// PNGs. Those that only decoding tells are looked at as a data set.
  static let png = [
    HostileFile(
      "side.png", .inspect, imitates: "a side beyond all images: CVE-2004-0599 (libpng)",
      says: "a side may have at most 32768"
    ) { builder(2_147_483_647, 1, .rgb).file(raw: []) },
    HostileFile(
      "rows.png", .inspect, imitates: "a row that overflows to nothing: CVE-2018-13785 (libpng)",
      says: "a side may have at most 32768"
    ) { builder(0x5555_5555, 1, .rgb).file(raw: [0]) },
    HostileFile(
      "pixels.png", .inspect, imitates: "a decompression bomb by its header: CWE-409",
      says: "at most 100 megapixels"
    ) { builder(20_000, 20_000, .rgb).file(raw: [0]) },
    HostileFile(
      "short.png", .dataset, imitates: "few bytes for many pixels: CWE-789",
      says: "pixels take at least 387596"
    ) { builder(10_000, 10_000, .rgba).file(raw: [0]) },
    HostileFile(
      "nothing.png", .inspect, imitates: "an image without a size: CWE-369",
      says: "Invalid IHDR"
    ) { builder(0, 0, .grey).file(raw: []) },
    HostileFile(
      "depth.png", .inspect, imitates: "a depth that the color forbids: CWE-1284",
      says: "IHDR"
    ) { builder(4, 4, .rgb, depth: 1).file(raw: [0]) },
    HostileFile(
      "palette.png", .inspect, imitates: "a palette of no whole colors: CVE-2015-8126 (libpng)",
      says: "PLTE"
    ) {
      var image = builder(1, 1, .palette)
      image.chunks = [("PLTE", [1, 2, 3, 4])]
      return image.file(raw: [0, 0])
    },
    HostileFile(
      "no-palette.png", .dataset,
      imitates: "pixels of a palette that is not there: CVE-2015-8472 (libpng)",
      says: "PLTE"
    ) { builder(1, 1, .palette).file(raw: [0, 0]) },
    HostileFile(
      "checksum.png", .inspect, imitates: "a header that was changed: CWE-354", says: "CRC"
    ) {
      var file = builder(1, 1, .grey).file(raw: [0, 0])
      file[30] ^= 1
      return file
    },
    HostileFile(
      "chunk.png", .inspect,
      imitates: "a chunk that is longer than the file: CVE-2004-0597 (libpng)",
      says: "the file ends before the image does"
    ) {
      Array(builder(1, 1, .grey).file(raw: [0, 0])[..<33]) + [0x7F, 0xFF, 0xFF, 0xFF]
        + Array("tRNS".utf8)
    },
    HostileFile(
      "text.png", .inspect,
      imitates: "a compressed comment that takes all memory: CVE-2010-0205 (libpng)",
      says: "compressed text is over"
    ) {
      // A stream of one symbol: each bit pair of it is a match of 258 zeros.
      let zeros = try bomb(8 << 20)
      var image = builder(1, 1, .grey)
      image.chunks = [("zTXt", Array("a".utf8) + [0, 0] + zeros)]
      return image.file(raw: [0, 0])
    },
    HostileFile(
      "texts.png", .inspect, imitates: "comments without end: CVE-2011-3048 (libpng)",
      says: "its text has more than 1000000 bytes"
    ) {
      var image = builder(1, 1, .grey)
      let text = Array("a".utf8) + [0] + [UInt8](repeating: 98, count: 60_000)
      image.chunks = Array(repeating: ("tEXt", text), count: 20)
      return image.file(raw: [0, 0])
    },
    HostileFile(
      "stream.png", .dataset, imitates: "compressed pixels that are none: CVE-2005-2096 (zlib)",
      says: "too many length or distance symbols"
    ) {
      PNGBuilder.signature + PNGBuilder.chunk("IHDR", header(4, 4))
        + PNGBuilder.chunk("IDAT", [0x78, 0x9C, 0xED, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
        + PNGBuilder.chunk("IEND", [])
    },
    HostileFile(
      "filter.png", .dataset, imitates: "a row filter that does not exist: CWE-129",
      says: "filter"
    ) { builder(2, 2, .grey).file(raw: [9, 0, 0, 9, 0, 0]) },
    HostileFile(
      "large.png", .inspect, imitates: "a file without end: CWE-400", says: "at most 67108864"
    ) { try sparse($0, 1 << 40, PNGBuilder.signature) },
    HostileFile(
      "zeros.png", .inspect, imitates: "a large file that is nothing: CWE-400",
      says: "none of PNG, JPEG, WebP"
    ) { try sparse($0, 64 << 20) },
  ]

  /// JPEGs.
  static let jpeg = [
    HostileFile(
      "side.jpg", .inspect, imitates: "a side beyond all images: CWE-789",
      says: "a side may have at most 32768"
    ) { resized(try baseline(), 65_000, 65_000) },
    HostileFile(
      "short.jpg", .inspect,
      imitates: "few bytes for many pixels: Two Issues with the JPEG Standard (libjpeg-turbo)",
      says: "pixels take at least"
    ) { resized(try baseline(), 9999, 9999) },
    HostileFile(
      "scans.jpg", .inspect,
      imitates: "scans without end: Two Issues with the JPEG Standard (libjpeg-turbo)",
      says: "more than 100 scans"
    ) {
      let file = try FuzzedFormat.bytes("ImagesTests/Fixtures/progressive.jpg")
      let scan: [UInt8] = [0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 63, 0x10, 0]
      return file.dropLast(2) + Array(repeating: scan, count: 200).joined() + [0xFF, 0xD9]
    },
    HostileFile(
      "arithmetic.jpg", .inspect, imitates: "a coder that hardly anybody uses: CWE-1104",
      says: "arithmetic coding"
    ) { replacing(try baseline(), marker: 0xC0) { $0[$0.startIndex + 1] = 0xC9 } },
    HostileFile(
      "scan-components.jpg", .dataset,
      imitates: "more components in a scan than there are: CVE-2012-2806 (libjpeg-turbo)",
      says: "Bogus marker length"
    ) { replacing(try baseline(), marker: 0xDA) { $0[$0.startIndex + 4] = 255 } },
    HostileFile(
      "same-component.jpg", .dataset,
      imitates: "the same component twice in a scan: CVE-2013-6629 (libjpeg)",
      says: "component"
    ) { replacing(try baseline(), marker: 0xDA) { $0[$0.startIndex + 7] = $0[$0.startIndex + 5] } },
    HostileFile(
      "huffman.jpg", .dataset,
      imitates: "a Huffman table with more codes than there are: CVE-2013-6630 (libjpeg)",
      says: "Huffman"
    ) { replacing(try baseline(), marker: 0xC4) { $0[$0.startIndex + 5] = 255 } },
    HostileFile(
      "tables.jpg", .dataset, imitates: "a quantization table that is not there: CWE-476",
      says: "uantization"
    ) { replacing(try baseline(), marker: 0xC0) { $0[$0.startIndex + 12] = 3 } },
    HostileFile(
      "precision.jpg", .inspect,
      imitates: "samples of a size that nobody expects: CVE-2023-2804 (libjpeg-turbo)",
      says: "precision"
    ) { replacing(try baseline(), marker: 0xC0) { $0[$0.startIndex + 4] = 16 } },
    HostileFile(
      "cut.jpg", .dataset,
      imitates: "memory shown where pixels are missing: CVE-2013-6629 (libjpeg)",
      says: "remature end"
    ) {
      let file = try baseline()
      return Array(file[..<(file.count / 2 + 200)])
    },
  ]

  private static func builder(
    _ width: Int, _ height: Int, _ color: PNGBuilder.Color, depth: Int = 8
  ) -> PNGBuilder {
    PNGBuilder(width: width, height: height, depth: depth, color: color)
  }

  private static func header(_ width: Int, _ height: Int) -> [UInt8] {
    PNGBuilder.bigEndian(width) + PNGBuilder.bigEndian(height) + [8, 0, 0, 0, 0]
  }

  /// A zlib stream of so many zeros, as libpng makes it of a black image.
  private static func bomb(_ count: Int) throws -> [UInt8] {
    let side = 4096
    let black = Image(
      width: side, height: count / side, channels: 1,
      pixels: [UInt8](repeating: 0, count: count / side * side))
    let file = try black.pngData()
    var (stream, place) = ([UInt8](), 8)
    while place + 12 <= file.count {
      let length = file[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
      if file[(place + 4)..<(place + 8)].elementsEqual("IDAT".utf8) {
        stream += file[(place + 8)..<(place + 8 + length)]
      }
      place += 12 + length
    }
    return stream
  }

  /// A whole JPEG of 64 x 64 pixels.
  private static func baseline() throws -> [UInt8] {
    let pixels = (0..<(64 * 64 * 3)).map { UInt8($0 * 7 % 251) }
    return try Image(width: 64, height: 64, channels: 3, pixels: pixels).jpegData(quality: 80)
  }

  private static func resized(_ file: [UInt8], _ width: Int, _ height: Int) -> [UInt8] {
    replacing(file, marker: 0xC0) { frame in
      let start = frame.startIndex + 5
      frame.replaceSubrange(
        start..<(start + 4),
        with: [UInt8(height >> 8), UInt8(height & 255), UInt8(width >> 8), UInt8(width & 255)])
    }
  }

  /// A JPEG with the segment of a marker changed; its first byte is the marker's 255.
  private static func replacing(
    _ file: [UInt8], marker: UInt8, _ change: (inout ArraySlice<UInt8>) -> Void
  ) -> [UInt8] {
    var place = 2
    while place + 4 <= file.count, file[place + 1] != marker {
      place += 2 + Int(file[place + 2]) << 8 + Int(file[place + 3])
    }
    var segment = file[place...]
    change(&segment)
    return Array(file[..<place] + segment)
  }
}
