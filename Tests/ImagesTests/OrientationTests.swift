import Testing

@testable import Images

/// Images are turned as Pillow turns them, whatever form their orientation is stored in.
@Suite struct OrientationTests {
  /// A line of the table that Tests/Parity/orientation made with Pillow.
  struct Row: CustomTestStringConvertible {
    let name: String
    let format: ImageFormat
    /// Segments or chunks before the pixels, and chunks behind them.
    let before, behind: [UInt8]
    let orientation: Orientation

    var testDescription: String { "\(format) \(name)" }

    init(_ line: Substring) throws {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      name = String(fields[0])
      format = try #require(ImageFormat(rawValue: String(fields[1])))
      let parts = fields[2].split(separator: " ")
      before = try Self.bytes(parts.filter { !$0.hasPrefix("+") })
      behind = try Self.bytes(parts.filter { $0.hasPrefix("+") }.map { $0.dropFirst() })
      orientation = try #require(Int(fields[3]).flatMap(Orientation.init))
    }

    private static func bytes(_ parts: [Substring]) throws -> [UInt8] {
      let digits = Array(parts.joined())
      return try stride(from: 0, to: digits.count, by: 2).map {
        try #require(UInt8(String(digits[$0..<$0 + 2]), radix: 16))
      }
    }

    /// An image with them.
    func file(_ image: Image) throws -> [UInt8] {
      switch format {
      case .jpeg:
        let file = try image.jpegData(quality: 100)
        return file[..<2] + before + file[2...]
      case .png:
        let file = try image.pngData()
        let (start, end) = (33, file.count - 12)  // behind IHDR, before IEND
        return file[..<start] + before + file[start..<end] + behind + file[end...]
      case .webp:
        throw ImageError(.unsupported, name, "the table has none")
      }
    }
  }

  static func table() throws -> [Row] {
    let text = String(decoding: try fixture("orientations.txt"), as: UTF8.self)
    return try text.split(separator: "\n").map(Row.init)
  }

  /// Six blocks of one grey each, which JPEG keeps.
  private let image = Image(width: 24, height: 16, channels: 1) { x, y, _ in
    UInt8(x / 8 * 40 + y / 8 * 120)
  }

  @Test func everyFormAsPillowTurnsIt() throws {
    let rows = try Self.table()
    #expect(rows.count > 400)
    for row in rows {
      let file = try row.file(image)
      let decoded = try Image(decoding: file, name: row.name)
      let upright = image.applying(row.orientation)
      #expect(decoded.width == upright.width && decoded.height == upright.height, "\(row)")
      #expect(distance(decoded, upright) <= 2, "\(row.testDescription)")
      let information = try ImageInformation(decoding: file, name: row.name)
      #expect(information.width == upright.width && information.height == upright.height)
    }
  }

  /// Damage to what says how an image stands is no damage to the image.
  @Test func cutMetadataRefusesNoImage() throws {
    for row in try Self.table() where row.behind.isEmpty && row.name.hasSuffix(" MM") {
      let file = try row.file(image)
      let start = row.format == .jpeg ? 2 : 33
      for offset in stride(from: start + 8, to: start + row.before.count - 4, by: 3) {
        var damaged = file
        damaged[offset] ^= 0xFF
        _ = try Image(decoding: damaged, name: "\(row.testDescription) at \(offset)")
      }
    }
  }

  @Test func theFirstRulesKnowShortIntegersOfJPEGAlone() throws {
    for row in try Self.table() {
      let decoded = try? Image(decoding: row.file(image), name: row.name, reading: .first)
      guard let decoded else {
        #expect(row.format == .jpeg, "\(row.testDescription)")  // bytes between segments
        continue
      }
      let isShort = row.format == .jpeg && row.name.hasPrefix("short ") && row.name.count == 10
      if isShort {
        #expect(distance(decoded, image.applying(row.orientation)) <= 2, "\(row)")
      } else if row.format == .png || row.name.hasPrefix("XMP attribute") {
        #expect(decoded.width == 24 && distance(decoded, image) <= 2, "\(row)")
      }
    }
  }
}
