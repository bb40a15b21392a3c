import Testing

@testable import Datasets

@Suite struct ShapesTests {
  @Test func aImageDependsOnSeedAndNumberAlone() throws {
    var options = ImageDataset.Options()
    let dataset = try ImageDataset("shapes", options)
    #expect(
      [dataset.count, dataset.width, dataset.height, dataset.channels] == [10_000, 32, 32, 3])
    #expect(dataset.classNames == ["circle", "ring", "square", "triangle", "cross"])
    let seventh = try dataset.image(7)
    _ = try dataset.image(9_999)
    #expect(try dataset.image(7) == seventh)
    #expect(try ImageDataset("shapes", options).image(7) == seventh)
    options.seed = 1
    let other = try ImageDataset("shapes", options)
    #expect(try other.image(7) != seventh)
    #expect(other.contentHash != dataset.contentHash)
  }

  @Test func theImagesHaveTheBitsThatTheyHadWhenWritten() throws {
    // Changes when the drawing does, on purpose or not.
    #expect(try ImageDataset("shapes").contentHash == 10_953_105_291_982_892_936)
  }

  @Test func heldOutImagesAreOthers() throws {
    var options = ImageDataset.Options()
    let train = try ImageDataset("shapes", options)
    options.split = .heldOut
    let heldOut = try ImageDataset("shapes", options)
    #expect(heldOut.count == 1_000)
    for index in 0..<20 { #expect(try heldOut.image(index) != train.image(index)) }
  }

  @Test(arguments: Shapes.Shape.allCases)
  func aShapeStandsOutSmoothly(_ shape: Shapes.Shape) throws {
    var options = ImageDataset.Options()
    options.size = 64
    options.channels = 1
    let dataset = try ImageDataset("shapes", options)
    let index = shape.rawValue + 5 * 12
    #expect(dataset.labels[index] == Int32(shape.rawValue))
    let pixels = try dataset.image(index).pixels
    let (ground, paint) = (pixels[0], pixels.max() ?? 0)
    // The corner is ground; the shape has an area, and between them are steps.
    #expect(Int(paint) - Int(ground) > 40)
    let middle = (UInt8(ground) / 2 + paint / 2)
    let inside = pixels.count { $0 > middle }
    #expect(inside > 64 * 64 / 40 && inside < 64 * 64 / 2)
    #expect(pixels.contains { $0 > ground + 5 && $0 < paint - 5 })
  }
}
