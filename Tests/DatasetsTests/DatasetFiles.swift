import Foundation
import Images
import TestSupport

extension TemporaryFolder {
  func write(_ image: Image, to name: String) throws {
    let isPNG = name.lowercased().hasSuffix("png")
    try write(isPNG ? image.pngData() : image.jpegData(), to: name)
  }

  /// Writes a WebP of 16x8 pixels that is to be turned, which the tests of its reader hold.
  func writeWebP(to name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let file = folder.appendingPathComponent("../ImagesTests/Fixtures/alpha.webp")
    try write([UInt8](Data(contentsOf: file)), to: name)
  }

  func link(_ name: String, to destination: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: self(name), withDestinationPath: destination)
  }
}

/// An image whose samples are 7 i + seed, modulo 256.
func testImage(_ width: Int, _ height: Int, channels: Int, seed: Int = 0) -> Image {
  Image(
    width: width, height: height, channels: channels,
    pixels: (0..<width * height * channels).map { UInt8(truncatingIfNeeded: 7 * $0 + seed) })
}

/// An IDX file of unsigned bytes.
func idx(_ dimensions: [Int], _ elements: [UInt8]) -> [UInt8] {
  [0, 0, 8, UInt8(dimensions.count)] + dimensions.flatMap(bigEndian) + elements
}

func bigEndian(_ number: Int) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
}

/// The bytes as a gzip file (RFC 1952) of stored blocks.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  func littleEndian(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
  var crc: UInt32 = ~0
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
  }
  var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
  for start in stride(from: 0, to: max(bytes.count, 1), by: 65535) {
    let block = bytes[start..<min(start + 65535, bytes.count)]
    file += [start + 65535 >= bytes.count ? 1 : 0]
    file += littleEndian(block.count, 2) + littleEndian(~block.count, 2) + block
  }
  return file + littleEndian(Int(~crc), 4) + littleEndian(bytes.count, 4)
}

extension TemporaryFolder {
  /// Writes a split of `count` images like those of MNIST, and their labels, i modulo `classes`.
  @discardableResult
  func writeIDX(
    _ prefix: String, count: Int, side: Int = 28, classes: Int = 10,
    compressed: Bool = false, seed: Int = 0
  ) throws -> [UInt8] {
    let pixels = (0..<count * side * side).map { UInt8(truncatingIfNeeded: $0 * 31 / 7 + seed) }
    let images = idx([count, side, side], pixels)
    let labels = idx([count], (0..<count).map { UInt8($0 % classes) })
    let suffix = compressed ? ".gz" : ""
    try write(compressed ? gzip(images) : images, to: "\(prefix)-images-idx3-ubyte\(suffix)")
    try write(compressed ? gzip(labels) : labels, to: "\(prefix)-labels-idx1-ubyte\(suffix)")
    return pixels
  }
}
