import CCodecs
import Images
import Testing

@Suite struct AnimationTests {
  private struct Chunk {
    let type: String
    let data: [UInt8]

    func integer(at place: Int, size: Int = 4) -> Int {
      data[place..<place + size].reduce(0) { $0 << 8 | Int($1) }
    }
  }

  /// The chunks of a file, whose checksums must be right.
  private func chunks(_ file: [UInt8]) -> [Chunk] {
    #expect(Array(file.prefix(8)) == PNGBuilder.signature)
    var (chunks, at) = ([Chunk](), 8)
    while at + 12 <= file.count {
      let length = file[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      let body = Array(file[at + 4..<at + 8 + length])
      let checksum = file[at + 8 + length..<at + 12 + length].reduce(0) { $0 << 8 | Int($1) }
      #expect(checksum == Int(codec_png_checksum(body, body.count)))
      chunks.append(
        Chunk(type: String(decoding: body.prefix(4), as: UTF8.self), data: Array(body.dropFirst(4)))
      )
      at += 12 + length
    }
    #expect(at == file.count)
    return chunks
  }

  private func frames(_ count: Int, side: Int, channels: Int) -> [Image] {
    (0..<count).map { frame in
      Image(
        width: side, height: side, channels: channels,
        pixels: (0..<side * side * channels).map { UInt8(($0 * 7919 + frame * 104_729) % 256) })
    }
  }

  @Test(arguments: [(1, 1, 1), (3, 5, 3), (2, 40, 4), (4, 300, 1)])
  func allFramesAreThereInOrder(count: Int, side: Int, channels: Int) throws {
    let images = frames(count, side: side, channels: channels)
    let file = try Image.animatedPNGData(
      images, delay: 0.1, finalDelay: 2, text: [("run", "a"), ("command", "gen sample")])
    let chunks = chunks(file)
    let control = try #require(chunks.first { $0.type == "acTL" })
    #expect(control.integer(at: 0) == count && control.integer(at: 4) == 0)
    let types = chunks.map(\.type)
    #expect(types.firstIndex(of: "acTL")! < types.firstIndex(of: "IDAT")!)
    #expect(types.first == "IHDR" && types.last == "IEND")
    let frameControls = chunks.filter { $0.type == "fcTL" }
    #expect(frameControls.count == count)
    #expect(frameControls.allSatisfy { $0.integer(at: 4) == side && $0.integer(at: 8) == side })
    #expect(
      frameControls.map { $0.integer(at: 20, size: 2) }
        == Array(repeating: 100, count: count - 1) + [2000])
    let numbered = chunks.filter { ["fcTL", "fdAT"].contains($0.type) }
    #expect(numbered.map { $0.integer(at: 0) } == Array(0..<numbered.count))
    #expect(
      try PNGText.read(decoding: file, name: "animation").map(\.value) == ["a", "gen sample"])
    #expect(try Image(decoding: file, name: "animation") == images[0])
  }

  @Test func eachFrameIsWhatAStillImageWouldBe() throws {
    let images = frames(3, side: 90, channels: 3)
    var stills: [[UInt8]] = []
    for chunk in chunks(try Image.animatedPNGData(images, delay: 0.1)) {
      switch chunk.type {
      case "fcTL": stills.append([])
      case "IDAT": stills[stills.count - 1] += chunk.data
      case "fdAT": stills[stills.count - 1] += chunk.data.dropFirst(4)
      default: break
      }
    }
    let expected = try images.map { image in
      chunks(try image.pngData()).filter { $0.type == "IDAT" }.flatMap(\.data)
    }
    #expect(stills == expected)
  }

  @Test func whatCannotBeAnimatedIsSaid() {
    let images = frames(1, side: 4, channels: 1)
    #expect(imageError { _ = try Image.animatedPNGData([], delay: 1) }?.kind == .unsupported)
    #expect(imageError { _ = try Image.animatedPNGData(images, delay: 90) }?.kind == .unsupported)
    let others = images + frames(1, side: 5, channels: 1)
    #expect(imageError { _ = try Image.animatedPNGData(others, delay: 1) }?.kind == .unsupported)
  }
}
