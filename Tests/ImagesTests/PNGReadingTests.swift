import Images
import Testing

@Suite struct PNGReadingTests {
  @Test(arguments: [1, 2, 4, 8, 16], [false, true])
  func grey(depth: Int, isInterlaced: Bool) throws {
    let last = 1 << depth - 1
    let builder = PNGBuilder(
      width: 13, height: 9, depth: depth, color: .grey, isInterlaced: isInterlaced)
    func sample(_ x: Int, _ y: Int) -> Int { (x * 7 + y * 13) * max(last / 255, 1) % (last + 1) }
    let image = try Image(decoding: builder.file { x, y, _ in sample(x, y) }, name: "grey")
    #expect(image.width == 13 && image.height == 9 && image.channels == 1)
    for y in 0..<9 {
      for x in 0..<13 {
        let expected = (Double(sample(x, y)) * 255 / Double(last)).rounded()
        #expect(Double(image.pixels[y * 13 + x]) == expected)
      }
    }
  }

  @Test(
    arguments: [PNGBuilder.Color.rgb, .rgba, .greyAlpha], [(8, false), (8, true), (16, true)])
  func color(color: PNGBuilder.Color, kind: (depth: Int, isInterlaced: Bool)) throws {
    let builder = PNGBuilder(
      width: 5, height: 6, depth: kind.depth, color: color, isInterlaced: kind.isInterlaced)
    func sample(_ x: Int, _ y: Int, _ c: Int) -> Int { x * 40 + y * 8 + c * 3 }
    // A 16-bit sample of 257 times the value is that value in 8 bits.
    let file = builder.file { x, y, c in sample(x, y, c) * (kind.depth == 16 ? 257 : 1) }
    let image = try Image(decoding: file, name: "color")
    let channels = color == .rgb ? 3 : 4
    #expect(image.channels == channels)
    for index in image.pixels.indices {
      let (x, y, c) = (index / channels % 5, index / channels / 5, index % channels)
      let stored = color != .greyAlpha ? c : c == 3 ? 1 : 0
      #expect(Int(image.pixels[index]) == sample(x, y, stored))
    }
  }

  @Test(arguments: [1, 2, 4, 8])
  func paletteWithAndWithoutTransparency(depth: Int) throws {
    var builder = PNGBuilder(width: 3, height: 2, depth: depth, color: .palette)
    builder.chunks = [("PLTE", [10, 20, 30, 40, 50, 60])]
    let opaque = try Image(decoding: builder.file { x, y, _ in (x + y) % 2 }, name: "palette")
    let (a, b): ([UInt8], [UInt8]) = ([10, 20, 30], [40, 50, 60])
    #expect(opaque.channels == 3 && opaque.pixels == a + b + a + b + a + b)

    builder.chunks.append(("tRNS", [128]))
    let transparent = try Image(decoding: builder.file { x, y, _ in (x + y) % 2 }, name: "palette")
    #expect(transparent.channels == 4)
    #expect(transparent.pixels[..<8] == [10, 20, 30, 128, 40, 50, 60, 255])
  }

  @Test func transparentGreyAndColor() throws {
    var builder = PNGBuilder(width: 2, height: 1, depth: 4, color: .grey)
    builder.chunks = [("tRNS", [0, 3])]
    let grey = try Image(decoding: builder.file { x, _, _ in x * 3 }, name: "grey")
    #expect(grey.pixels == [0, 0, 0, 255, 51, 51, 51, 0])

    builder = PNGBuilder(width: 2, height: 1, depth: 16, color: .rgb)
    builder.chunks = [("tRNS", [0, 0, 1, 1, 2, 2])]
    let color = try Image(decoding: builder.file { x, _, c in c * 257 + x }, name: "color")
    #expect(color.pixels == [0, 1, 2, 0, 0, 1, 2, 255])
  }

  @Test func aImageByPillow() throws {
    let image = try Image(decoding: fixture("palette.png"), name: "palette.png")
    #expect(image.pixels == [255, 0, 0, 255, 0, 255, 0, 128, 0, 0, 255, 0])
  }

  @Test func ancillaryChunksAreIgnored() throws {
    var builder = PNGBuilder(width: 1, height: 1, depth: 8, color: .grey)
    let plain = builder.file { _, _, _ in 77 }
    builder.chunks = [
      ("gAMA", [0, 0, 0]), ("iCCP", [1, 2, 3]), ("eXIf", []), ("tEXt", [65]), ("zzZz", [9]),
      ("sBIT", [1, 2, 3, 4, 5]),
    ]
    let image = try Image(decoding: builder.file { _, _, _ in 77 }, name: "odd chunks")
    #expect(try image == Image(decoding: plain, name: "plain"))
  }

  @Test func limits() throws {
    func error(_ width: Int, _ height: Int) -> ImageError? {
      let builder = PNGBuilder(width: width, height: height, depth: 8, color: .grey)
      return imageError { _ = try ImageInformation(decoding: builder.file(raw: [0]), name: "bomb") }
    }
    #expect(
      error(20000, 20000)?.description
        == "bomb: 20000 x 20000 pixels; an image may have at most 100 megapixels")
    #expect(error(20000, 20000)?.kind == .tooLarge)
    #expect(
      error(32769, 1)?.description == "bomb: 32769 x 1 pixels; a side may have at most 32768")
    #expect(error(Int(Int32.max), Int(Int32.max))?.kind == .tooLarge)
    #expect(error(0, 1)?.kind == .damaged)
    let large = [UInt8](repeating: 0, count: ImageLimits.fileSize + 1)
    #expect(imageError { _ = try Image(decoding: large, name: "large") }?.kind == .tooLarge)
  }

  @Test func missingRows() {
    let builder = PNGBuilder(width: 4, height: 4, depth: 8, color: .grey)
    let rows = [UInt8](repeating: 0, count: 15)
    let error = imageError { _ = try Image(decoding: builder.file(raw: rows), name: "short") }
    #expect(error?.kind == .damaged)
  }
}
