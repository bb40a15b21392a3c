import Files
import Testing

@testable import Images

/// What libjpeg warns of: nothing where all pixels are there, damage where they are not.
@Suite struct JPEGWarningTests {
  /// A grey JPEG of 8 x 8 blocks, made by hand.
  private struct Builder {
    var width = 8
    var isProgressive = false
    var restartInterval: Int?
    /// What stands behind the frame, scans and tables for them.
    var rest: [UInt8] = []

    static func segment(_ marker: UInt8, _ data: [UInt8]) -> [UInt8] {
      [0xFF, marker, 0, UInt8(data.count + 2)] + data
    }

    /// A table whose one code, a 0, means nothing: the end of a block, or a difference of none.
    static func table(_ number: UInt8) -> [UInt8] {
      segment(0xC4, [number, 1] + [UInt8](repeating: 0, count: 15) + [0])
    }

    static func scan(
      _ first: UInt8, _ last: UInt8, bits: UInt8 = 0, _ data: [UInt8]
    ) -> [UInt8] {
      segment(0xDA, [1, 1, 0, first, last, bits]) + data
    }

    var file: [UInt8] {
      let quantization = Self.segment(0xDB, [0] + [UInt8](repeating: 1, count: 64))
      let frame = Self.segment(
        isProgressive ? 0xC2 : 0xC0, [8, 0, 8, 0, UInt8(width), 1, 1, 0x11, 0])
      let interval = restartInterval.map { Self.segment(0xDD, [0, UInt8($0)]) } ?? []
      return [0xFF, 0xD8] + quantization + frame + interval + Self.table(0) + Self.table(0x10)
        + rest + [0xFF, 0xD9]
    }
  }

  private func warnings(of file: [UInt8]) throws -> String? {
    try inNewFile(file) { try DecodedImage(contentsOf: BytePath($0)).warnings }
  }

  private func inNewFile<Result>(
    _ file: [UInt8], _ body: (String) throws -> Result
  ) throws -> Result {
    var result: Result?
    try inFolder { folder in
      let path = "\(folder)/image.jpg"
      try write(file, to: path)
      result = try body(path)
    }
    return try #require(result)
  }

  /// A file is read to the same pixels as another, with that warning; by the first rules it is damaged.
  private func expectHarmless(_ file: [UInt8], as sound: [UInt8], _ warning: String) throws {
    let image = try Image(decoding: file, name: "warned")
    #expect(try image == Image(decoding: sound, name: "sound"))
    #expect(try warnings(of: file) == warning)
    #expect(try warnings(of: sound) == nil)
    let error = imageError { _ = try Image(decoding: file, name: "strict", reading: .first) }
    #expect(error?.kind == .damaged && error?.problem == warning)
  }

  private func expectDamage(_ file: [UInt8], _ problem: String) {
    let error = imageError { _ = try Image(decoding: file, name: "damaged") }
    #expect(error?.kind == .damaged && error?.problem == problem, "\(error?.problem ?? "")")
  }

  private func own(_ change: (inout [UInt8]) throws -> Void) throws -> (sound: [UInt8], [UInt8]) {
    let sound = try gradient(width: 40, height: 24, channels: 3).jpegData()
    var changed = sound
    try change(&changed)
    return (sound, changed)
  }

  @Test(arguments: [(2, 1), (3, 0), (255, 99)])
  func anotherVersionOfJFIF(major: UInt8, minor: UInt8) throws {
    let (sound, file) = try own { file in
      let name = try #require(file.firstRange(of: Array("JFIF\0".utf8)))
      (file[name.upperBound], file[name.upperBound + 1]) = (major, minor)
    }
    let version = "\(major).\(minor < 10 ? "0" : "")\(minor)"
    try expectHarmless(file, as: sound, "Warning: unknown JFIF revision number \(version)")
  }

  @Test(arguments: [2, 7] as [UInt8])
  func anotherTransformOfAdobe(number: UInt8) throws {
    let (sound, file) = try own { file in
      let jfif = try #require(file.firstRange(of: [0xFF, 0xE0]))
      file.replaceSubrange(
        jfif.lowerBound..<jfif.lowerBound + 18,
        with: Builder.segment(0xEE, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, number]))
    }
    try expectHarmless(file, as: sound, "Unknown Adobe color transform code \(number)")
  }

  @Test(arguments: [[0xFF, 0xDB], [0xFF, 0xC4], [0xFF, 0xC0], [0xFF, 0xDA]] as [[UInt8]])
  func bytesBetweenSegments(marker: [UInt8]) throws {
    for junk in [[0], [0, 0, 0, 0], [1, 2, 3], [0xFF, 0, 9]] as [[UInt8]] {
      let (sound, file) = try own { file in
        file.insert(contentsOf: junk, at: try #require(file.firstRange(of: marker)).lowerBound)
      }
      let type = String(marker[1], radix: 16)
      try expectHarmless(
        file, as: sound,
        "Corrupt JPEG data: \(junk.count) extraneous bytes before marker 0x\(type)")
    }
  }

  @Test func numbersThatASequentialScanHasNoUseFor() throws {
    let numbers: [(UInt8, UInt8, UInt8)] = [(0, 0, 0), (0, 5, 0), (1, 63, 0), (0, 63, 0x10)]
    for (first, last, bits) in numbers {
      let sound = Builder(rest: Builder.scan(0, 63, [0x3F])).file
      let file = Builder(rest: Builder.scan(first, last, bits: bits, [0x3F])).file
      try expectHarmless(file, as: sound, "Invalid SOS parameters for sequential JPEG")
    }
  }

  @Test func scansInAnotherOrder() throws {
    let (levels, details) = (Builder.scan(0, 0, [0x7F]), Builder.scan(1, 63, [0x7F]))
    let sound = Builder(isProgressive: true, rest: levels + details).file
    let file = Builder(isProgressive: true, rest: details + levels).file
    try expectHarmless(
      file, as: sound, "Inconsistent progression sequence for component 0 coefficient 0")
  }

  @Test func paddingBehindAScan() throws {
    let (levels, details) = (Builder.scan(0, 0, [0x7F]), Builder.scan(1, 63, [0x7F]))
    let sound = Builder(isProgressive: true, rest: levels + details).file
    // Of what follows a scan, the decoder has taken some bytes before it knows that the scan is over.
    for padding in [[UInt8](repeating: 0, count: 20), [UInt8](repeating: 0x55, count: 20)] {
      for rest in [levels + padding + details, levels + details + padding] {
        let file = Builder(isProgressive: true, rest: rest).file
        #expect(
          try Image(decoding: file, name: "padded") == Image(decoding: sound, name: "sound"))
        #expect(try warnings(of: file)?.contains("extraneous bytes before marker") == true)
        #expect(throws: ImageError.self) {
          try Image(decoding: file, name: "strict", reading: .first)
        }
      }
    }
  }

  /// What a scan leaves over is a sign that its codes were misread.
  @Test func codesThatAreLeftOver() throws {
    let left = (1...20).map { UInt8($0) }
    let (levels, details) = (Builder.scan(0, 0, [0x7F]), Builder.scan(1, 63, [0x7F]))
    for rest in [levels + left + details, levels + details + left] {
      let error = imageError {
        _ = try Image(decoding: Builder(isProgressive: true, rest: rest).file, name: "left over")
      }
      #expect(error?.kind == .damaged)
    }
    // Tables stand between a scan and what is before the next: that is no scan's.
    let table = Builder.table(0x11)
    let file = Builder(isProgressive: true, rest: levels + table + left + details).file
    let sound = Builder(isProgressive: true, rest: levels + table + details).file
    try expectHarmless(
      file, as: sound, "Corrupt JPEG data: 20 extraneous bytes before marker 0xda")
  }

  @Test func restarts() throws {
    func file(_ data: [UInt8]) -> [UInt8] {
      Builder(width: 24, restartInterval: 1, rest: Builder.scan(0, 63, data)).file
    }
    let sound = file([0x3F, 0xFF, 0xD0, 0x3F, 0xFF, 0xD1, 0x3F])
    #expect(try warnings(of: sound) == nil)
    let long = [UInt8](repeating: 0, count: 20)
    expectDamage(
      file([0x3F] + long + [0xFF, 0xD0, 0x3F, 0xFF, 0xD1, 0x3F]),
      "Corrupt JPEG data: 20 extraneous bytes before marker 0xd0")
    expectDamage(
      file([0x3F, 0xFF, 0xD3, 0x3F, 0xFF, 0xD1, 0x3F]),
      "Corrupt JPEG data: found marker 0xd3 instead of RST0")
    expectDamage(
      file([0x3F, 0xFF, 0xD1, 0x3F]), "Corrupt JPEG data: found marker 0xd1 instead of RST0")
  }

  @Test func codesThatAreNone() {
    expectDamage(
      Builder(rest: Builder.scan(0, 63, [0xC0, 0, 0, 0])).file,
      "Corrupt JPEG data: bad Huffman code")
    expectDamage(
      Builder(width: 80, rest: Builder.scan(0, 63, [0])).file,
      "Corrupt JPEG data: premature end of data segment")
    let whole = Builder(width: 80, rest: Builder.scan(0, 63, [0, 0, 0])).file
    expectDamage(Array(whole.dropLast(4)), "Premature end of JPEG file")
  }

  /// Many warnings take no more than one look at the file.
  @Test func manyWarnings() throws {
    let junk = (0..<20_000).flatMap { _ in [0, 0, 0xFF, 0xFE, 0, 2] as [UInt8] }
    let file = Builder(rest: junk + Builder.scan(0, 63, [0x3F])).file
    #expect(try Image(decoding: file, name: "many").width == 8)
    #expect(
      try warnings(of: file) == "Corrupt JPEG data: 2 extraneous bytes before marker 0xfe")
  }
}
