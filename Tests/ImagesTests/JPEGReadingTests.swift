import Testing

@testable import Images

@Suite struct JPEGReadingTests {
  @Test(arguments: ["color.jpg", "progressive.jpg"])
  func colorByPillow(name: String) throws {
    let image = try Image(decoding: fixture(name), name: name)
    #expect(image.width == 16 && image.height == 16 && image.channels == 3)
    let original = Image(width: 16, height: 16, channels: 3) { x, y, c in
      UInt8([x * 16, y * 16, 128][c])
    }
    #expect(distance(image, original) <= 10)
    // What Pillow reads in the middle of each 8 x 8 block.
    let blocks: [(x: Int, y: Int, color: [Int])] = [
      (4, 4, [64, 65, 129]), (11, 4, [178, 63, 128]), (4, 11, [63, 177, 128]),
      (11, 11, [177, 175, 127]),
    ]
    for (x, y, color) in blocks {
      for c in 0..<3 {
        #expect(abs(Int(image.pixels[(y * 16 + x) * 3 + c]) - color[c]) <= 1)
      }
    }
  }

  /// The quadrants' inks: cyan, magenta, yellow, and half of black.
  private let inks: [[Int]] = [[0, 255, 255], [255, 0, 255], [255, 255, 0], [127, 127, 127]]

  private func expectQuadrants(_ image: Image, _ colors: [[Int]], within tolerance: Int = 2) {
    #expect(image.channels == 3)
    for quadrant in 0..<4 {
      let start = ((4 + quadrant / 2 * 16) * 32 + 4 + quadrant % 2 * 16) * 3
      for c in 0..<3 {
        #expect(abs(Int(image.pixels[start + c]) - colors[quadrant][c]) <= tolerance)
      }
    }
  }

  @Test func invertedInksOfAdobe() throws {
    try expectQuadrants(Image(decoding: fixture("cmyk.jpg"), name: "cmyk.jpg"), inks)
  }

  @Test func inksWithoutAdobe() throws {
    // Without the marker, the same bytes mean the opposite amounts of ink: of white and black in the
    // first three quadrants, whose fourth component was none, all is now covered.
    var file = try fixture("cmyk.jpg")
    let marker = try #require(file.firstRange(of: Array("Adobe".utf8)))
    file.removeSubrange(marker.lowerBound - 4..<marker.lowerBound + 12)
    let black = [0, 0, 0]
    try expectQuadrants(
      Image(decoding: file, name: "plain"), [black, black, black, [0, 0, 0]])
  }

  @Test func brightnessAndChromaOfInks() throws {
    // Adobe's marker now says that the components are Y, Cb, Cr and K: what libjpeg makes of them is
    // the inverse of the color that they would be, and inverted once more as Adobe stores it.
    var file = try fixture("cmyk.jpg")
    let marker = try #require(file.firstRange(of: Array("Adobe".utf8)))
    file[marker.lowerBound + 11] = 2
    func inverse(_ y: Double, _ cb: Double, _ cr: Double, _ k: Double) -> [Int] {
      [
        y + 1.402 * (cr - 128), y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128),
        y + 1.772 * (cb - 128),
      ].map { Int(((255 - min(max($0, 0), 255)) * k / 255).rounded()) }
    }
    // What is stored: no ink is 255.
    let colors = [
      inverse(0, 255, 255, 255), inverse(255, 0, 255, 255), inverse(255, 255, 0, 255),
      inverse(255, 255, 255, 127),
    ]
    try expectQuadrants(Image(decoding: file, name: "ycck"), colors, within: 4)
  }

  @Test func greyAndColorOfOurOwn() throws {
    for channels in [1, 3] {
      let original = gradient(width: 40, height: 23, channels: channels)
      let image = try Image(decoding: original.jpegData(quality: 95), name: "own")
      #expect(image.width == 40 && image.height == 23 && image.channels == channels)
      #expect(distance(image, original) <= 6)
    }
  }

  @Test(arguments: Orientation.allCases, [false, true])
  func orientation(_ orientation: Orientation, isLittleEndian: Bool) throws {
    // Stored in 8 x 8 blocks of one grey each, which JPEG keeps.
    let stored = Image(width: 24, height: 16, channels: 1) { x, y, _ in
      UInt8(x / 8 * 40 + y / 8 * 120)
    }
    let file = try exif(orientation.rawValue, isLittleEndian, in: stored.jpegData(quality: 100))
    let image = try Image(decoding: file, name: "turned")
    func block(_ column: Int, _ row: Int) -> Int {
      (Int(image.pixels[(row * 8 + 4) * image.width + column * 8 + 4]) + 20) / 40
    }
    let blocks = (0..<image.height / 8).map { row in
      (0..<image.width / 8).map { column in block(column, row) }
    }
    // Stored as [[0, 1, 2], [3, 4, 5]]; what EXIF's eight values make of that.
    let expected: [Int: [[Int]]] = [
      1: [[0, 1, 2], [3, 4, 5]], 2: [[2, 1, 0], [5, 4, 3]], 3: [[5, 4, 3], [2, 1, 0]],
      4: [[3, 4, 5], [0, 1, 2]], 5: [[0, 3], [1, 4], [2, 5]], 6: [[3, 0], [4, 1], [5, 2]],
      7: [[5, 2], [4, 1], [3, 0]], 8: [[2, 5], [1, 4], [0, 3]],
    ]
    #expect(blocks == expected[orientation.rawValue])
    let information = try ImageInformation(decoding: file, name: "turned")
    #expect(information.width == image.width && information.height == image.height)
  }

  @Test func strangeOrientations() throws {
    let stored = gradient(width: 16, height: 8, channels: 1)
    let plain = try stored.jpegData()
    let image = try Image(decoding: plain, name: "plain")
    for value in [0, 9, 65535] {
      #expect(try Image(decoding: exif(value, false, in: plain), name: "odd") == image)
    }
    // Every truncation of the structure inside a whole segment.
    let structure = tiff(6, isLittleEndian: true)
    for count in 0..<structure.count {
      let file = segment(Array(structure[..<count]), in: plain)
      let width = try Image(decoding: file, name: "cut").width
      #expect(width == 16 || (count >= 20 && width == 8))
    }
  }

  @Test func reducedScale() throws {
    let original = gradient(width: 203, height: 101, channels: 3)
    let file = try original.jpegData(quality: 95)
    // A quarter of 101 would leave fewer than twice 13 pixels.
    for (side, expected) in [(51, (203, 101)), (25, (102, 51)), (13, (102, 51)), (12, (51, 26))] {
      let image = try Image(decoding: file, name: "large", forShorterSide: side)
      #expect(image.width == expected.0 && image.height == expected.1)
      let target = original.resizedCovering(side)
      #expect(distance(image.resizedCovering(side), target) <= 6)
    }
  }

  @Test func scansAreLimited() {
    #expect(throws: Never.self) { try Image(decoding: progressive(scans: 100), name: "scans") }
    let error = imageError { _ = try Image(decoding: progressive(scans: 101), name: "scans") }
    #expect(error?.kind == .tooLarge)
    #expect(error?.description == "scans: more than 100 scans; save it with fewer")
  }

  /// A JPEG of 8 x 8 grey pixels whose one coefficient is sent again and again.
  private func progressive(scans: Int) -> [UInt8] {
    let quantization = [0xFF, 0xDB, 0, 67, 0] + [Int](repeating: 1, count: 64)
    let frame = [0xFF, 0xC2, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0]
    let huffman = [0xFF, 0xC4, 0, 20, 0, 1] + [Int](repeating: 0, count: 15) + [0]
    let scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0, 0x7F]
    let all = (0..<scans).flatMap { _ in scan }
    return ([0xFF, 0xD8] + quantization + frame + huffman + all + [0xFF, 0xD9]).map { UInt8($0) }
  }

  private func tiff(_ value: Int, isLittleEndian: Bool) -> [UInt8] {
    func integer(_ value: Int, _ size: Int) -> [UInt8] {
      let bytes = (0..<size).map { UInt8(value >> ($0 * 8) & 255) }
      return isLittleEndian ? bytes : bytes.reversed()
    }
    let byteOrder = Array((isLittleEndian ? "II" : "MM").utf8)
    let entry = integer(274, 2) + integer(3, 2) + integer(1, 4) + integer(value, 2) + [0, 0]
    return byteOrder + integer(42, 2) + integer(8, 4) + integer(1, 2) + entry + integer(0, 4)
  }

  private func exif(_ value: Int, _ isLittleEndian: Bool, in file: [UInt8]) -> [UInt8] {
    segment(tiff(value, isLittleEndian: isLittleEndian), in: file)
  }

  private func segment(_ structure: [UInt8], in file: [UInt8]) -> [UInt8] {
    let length = 2 + 6 + structure.count
    let start: [UInt8] = [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)]
    return file[..<2] + start + Array("Exif\0\0".utf8) + structure + file[2...]
  }
}
