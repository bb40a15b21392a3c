import Foundation
import Images
import Testing

@Suite struct WritingTests {
  @Test(arguments: [1, 3, 4])
  func pngKeepsEverySample(channels: Int) throws {
    var generator = SystemRandomNumberGenerator()
    for (width, height) in [(1, 1), (33, 17), (300, 2)] {
      // Noise does not compress: the bound on the file's size must still hold.
      let image = Image(
        width: width, height: height, channels: channels,
        pixels: (0..<width * height * channels).map { _ in
          UInt8.random(in: 0...255, using: &generator)
        })
      #expect(try Image(decoding: image.pngData(), name: "png") == image)
    }
  }

  @Test func jpegOfNoiseFits() throws {
    let image = Image(
      width: 61, height: 47, channels: 3,
      pixels: (0..<61 * 47 * 3).map { _ in UInt8.random(in: 0...255) })
    #expect(try Image(decoding: image.jpegData(quality: 100), name: "jpeg").width == 61)
  }

  @Test func jpegQuality() throws {
    let image = gradient(width: 64, height: 64, channels: 3)
    let sizes = try [5, 50, 89, 90, 100].map { try image.jpegData(quality: $0).count }
    #expect(sizes == sizes.sorted() && sizes[0] < sizes[4])
    #expect(imageError { _ = try image.jpegData(quality: 0) }?.kind == .unsupported)
    #expect(
      imageError { _ = try image.jpegData(quality: 101) }?.description
        == "JPEG: quality 101; it goes from 1 to 100")
  }

  @Test func jpegLaysAlphaOverWhite() throws {
    let clear = Image(width: 8, height: 8, channels: 4, value: 0)
    let image = try Image(decoding: clear.jpegData(), name: "clear")
    #expect(image.channels == 3 && image.pixels.allSatisfy { $0 == 255 })
  }

  @Test func theExtensionDecides() throws {
    try inFolder { folder in
      let image = gradient(width: 8, height: 8, channels: 3)
      for (name, format) in [("a.png", ImageFormat.png), ("b.JPG", .jpeg), ("c.jpeg", .jpeg)] {
        try image.write(to: "\(folder)/\(name)")
        let information = try ImageInformation(contentsOf: "\(folder)/\(name)")
        #expect(information.format == format)
      }
      // What is there already is replaced, also by fewer bytes.
      try Image(width: 1, height: 1, channels: 1, value: 0).write(to: "\(folder)/a.png")
      #expect(try Image(contentsOf: "\(folder)/a.png").pixels == [0])
      for name in ["d.gif", "png", "e.png/f"] {
        let error = imageError { try image.write(to: "\(folder)/\(name)") }
        #expect(error?.kind == .unsupported)
      }
      let absent = "\(folder)/absent/g.png"
      #expect(imageError { try image.write(to: absent) }?.kind == .unwritable)
    }
  }

  @Test func aFullDisk() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    try inFolder { folder in
      let path = "\(folder)/full.png"
      try FileManager.default.createSymbolicLink(
        atPath: path, withDestinationPath: "/dev/full")
      let image = gradient(width: 8, height: 8, channels: 3)
      #expect(imageError { try image.write(to: path) }?.kind == .unwritable)
    }
  }

  @Test func whatCannotBeWritten() {
    let empty = Image(width: 0, height: 5, channels: 3, pixels: [])
    #expect(imageError { _ = try empty.pngData() }?.kind == .unsupported)
    #expect(imageError { _ = try empty.jpegData() }?.kind == .unsupported)
    let wide = Image(width: 65_501, height: 1, channels: 1, value: 0)
    #expect(imageError { _ = try wide.jpegData() }?.kind == .unsupported)
  }
}
