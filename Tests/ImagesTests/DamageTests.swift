import Foundation
import Images
import Testing

/// Files from strangers: whatever the bytes are, there is an error or an image, never a crash.
@Suite struct DamageTests {
  private func files() throws -> [String: [UInt8]] {
    var palette = PNGBuilder(width: 5, height: 5, depth: 2, color: .palette, isInterlaced: true)
    palette.chunks = [("PLTE", [1, 2, 3, 4, 5, 6]), ("tRNS", [9, 8])]
    return [
      "own.png": try gradient(width: 9, height: 7, channels: 4).pngData(text: [("Key", "é")]),
      "interlaced.png": palette.file { x, y, _ in (x + y) % 2 },
      "text.png": try fixture("text.png"),
      "progressive.jpg": try fixture("progressive.jpg"),
      "cmyk.jpg": try fixture("cmyk.jpg"),
      "lossy.webp": try fixture("lossy.webp"),
    ]
  }

  /// Decodes all that there is; says whether there was an image.
  private func survives(_ bytes: [UInt8]) -> Bool {
    _ = try? ImageInformation(decoding: bytes, name: "damaged")
    _ = try? PNGText.read(decoding: bytes, name: "damaged")
    guard let image = try? Image(decoding: bytes, name: "damaged") else { return false }
    #expect(image.pixels.count == image.width * image.height * image.channels)
    return true
  }

  @Test func everyTruncation() throws {
    for (name, file) in try files() {
      #expect(survives(file))
      for count in 0..<file.count where survives(Array(file[..<count])) {
        // Only what stands behind the last row of pixels may be missing.
        #expect(count >= file.count - 20, "\(name) cut at \(count) of \(file.count) bytes")
      }
    }
  }

  @Test func flippedBits() throws {
    for (_, file) in try files() {
      for index in file.indices {
        for bit in [index % 8, (index + 3) % 8, (index + 5) % 8] {
          var damaged = file
          damaged[index] ^= 1 << UInt8(bit)
          // A side of thousands of pixels is no crash, but slow where nothing is optimized.
          let side = (try? ImageInformation(decoding: damaged, name: "large"))
            .map { max($0.width, $0.height) }
          if side ?? 0 <= 512 { _ = survives(damaged) }
        }
      }
    }
  }

  @Test func cutInHalf() throws {
    let image = gradient(width: 64, height: 64, channels: 3)
    for (file, name) in [(try image.jpegData(), "half.jpg"), (try image.pngData(), "half.png")] {
      let half = Array(file[..<(file.count / 2)])
      // The header is whole: only decoding tells.
      #expect(try ImageInformation(decoding: half, name: name).width == 64)
      let error = imageError { _ = try Image(decoding: half, name: name) }
      #expect(error?.kind == .damaged)
      #expect(error?.description.hasPrefix("\(name): ") == true)
    }
  }

  @Test func filesThatAreNoImages() throws {
    try inFolder { folder in
      func error(_ name: String, _ bytes: [UInt8]?) throws -> ImageError? {
        let path = "\(folder)/\(name)"
        if let bytes { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
        let error = imageError { _ = try Image(contentsOf: path) }
        #expect(error?.name == path)
        return error
      }
      let text = try error("text.jpg", Array("no image".utf8))
      #expect(text?.kind == .unrecognized)
      #expect(try error("empty.png", [])?.problem == "the file is empty")
      #expect(try error("absent.png", nil)?.kind == .missing)
      #expect(try error("", nil)?.problem == "is not a regular file")
      let large = "\(folder)/large.png"
      #expect(FileManager.default.createFile(atPath: large, contents: nil))
      #expect(truncate(large, ImageLimits.fileSize + 1) == 0)
      #expect(imageError { _ = try Image(contentsOf: large) }?.kind == .tooLarge)
      let pipe = "\(folder)/pipe.png"
      #expect(mkfifo(pipe, 0o600) == 0)
      #expect(imageError { _ = try Image(contentsOf: pipe) }?.problem == "is not a regular file")
    }
  }

  @Test func theNameDoesNotMatter() throws {
    try inFolder { folder in
      let path = "\(folder)/really-a-png.jpg"
      let image = gradient(width: 4, height: 3, channels: 3)
      try Data(image.pngData()).write(to: URL(fileURLWithPath: path))
      #expect(try Image(contentsOf: path) == image)
      #expect(try ImageInformation(contentsOf: path).format == .png)
    }
  }
}
