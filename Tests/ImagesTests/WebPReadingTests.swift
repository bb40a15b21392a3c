import Foundation
import Testing

@testable import Images

@Suite struct WebPReadingTests {
  @Test func lossyByPillow() throws {
    let image = try Image(decoding: fixture("lossy.webp"), name: "lossy.webp")
    #expect(image.width == 32 && image.height == 16 && image.channels == 3)
    let original = Image(width: 32, height: 16, channels: 3) { x, y, c in
      UInt8([x * 8, y * 16, 128][c])
    }
    #expect(distance(image, original) <= 12)
  }

  /// Every sample, with what is transparent, and upright: it is stored a quarter turn counterclockwise.
  @Test func losslessByPillow() throws {
    let file = try fixture("alpha.webp")
    let stored = Image(width: 16, height: 8, channels: 4) { x, y, c in
      UInt8([x * 16, y * 16, 128, 255 - 10 * x][c])
    }
    let image = try Image(decoding: file, name: "alpha.webp")
    #expect(image == stored.applying(.turned90))
    let information = try ImageInformation(decoding: file, name: "alpha.webp")
    #expect(information.width == 8 && information.height == 16 && information.channels == 4)
    #expect(information.format == .webp && information.frames == 1)
  }

  /// Of a chunk that is not whole, nothing; XMP where there is no EXIF.
  @Test func orientationInXMP() throws {
    let exif = try fixture("alpha.webp")
    let start = try #require(exif.firstRange(of: Array("EXIF".utf8))).lowerBound
    let plain = Array(exif[..<start])
    func size(_ file: [UInt8]) throws -> [Int] {
      let information = try ImageInformation(decoding: file, name: "turned")
      return [information.width, information.height]
    }
    #expect(try size(plain) == [16, 8] && size(exif.dropLast()) == [16, 8])
    let text = Array("<x tiff:Orientation=\"8\"/>".utf8)
    let chunk = Array("XMP ".utf8) + [UInt8(text.count), 0, 0, 0] + text + [0]
    #expect(text.count % 2 == 1)
    #expect(try size(plain + chunk) == [8, 16])
    #expect(try size(plain + chunk.dropLast(4)) == [16, 8])
  }

  @Test func whatIsNotRead() throws {
    let error = imageError {
      _ = try Image(decoding: fixture("animated.webp"), name: "animated.webp")
    }
    #expect(error?.kind == .unsupported)
    #expect(
      error?.description
        == "animated.webp: an animated WebP; of WebPs, only single images are read")
    // A side of 16,383 pixels, which the format allows.
    var wide = try fixture("lossy.webp")
    let size = try #require(wide.firstRange(of: [0x9D, 0x01, 0x2A])).upperBound
    wide.replaceSubrange(size..<size + 4, with: [0xFF, 0x3F, 0xFF, 0x3F])
    let large = imageError { _ = try ImageInformation(decoding: wide, name: "wide.webp") }
    #expect(large?.kind == .tooLarge)
    #expect(large?.problem.hasSuffix("an image may have at most 100 megapixels") == true)
    // Runs of before, which knew no such images, do without them.
    for reading in [ImageReading.first, .second] {
      let error = imageError {
        _ = try Image(decoding: fixture("lossy.webp"), name: "old", reading: reading)
      }
      #expect(error?.kind == .unrecognized)
      #expect(error?.problem.hasPrefix("none of PNG, JPEG by its first bytes") == true)
    }
    try inFolder { folder in
      let error = imageError {
        try gradient(width: 4, height: 4, channels: 3).write(to: "\(folder)/a.webp")
      }
      #expect(error?.problem == "the name must end in .png, .jpg or .jpeg")
    }
  }
}
