import TestSupport
import Testing

@testable import Datasets

@Suite struct IDXTests {
  let folder: TemporaryFolder

  init() throws { folder = TemporaryFolder() }

  @Test(arguments: [false, true])
  func readsImagesAndLabels(compressed: Bool) throws {
    // More than one stored block, so that the inflater has more than one step to make.
    let pixels = try folder.writeIDX("train", count: 100, compressed: compressed)
    let held = try folder.writeIDX("t10k", count: 12, compressed: compressed, seed: 5)
    let train = try ImageDataset(folder.path)
    #expect(
      [train.count, train.width, train.height, train.channels, train.sampleSize]
        == [100, 28, 28, 1, 784])
    #expect(train.labels == (0..<100).map { $0 % 10 })
    #expect(train.classNames == (0..<10).map { "\($0)" })
    for index in [0, 1, 57, 99] {
      #expect(try train.image(index).pixels == Array(pixels[index * 784..<(index + 1) * 784]))
    }
    var options = ImageDataset.Options()
    options.split = .heldOut
    let heldOut = try ImageDataset(folder.path, options)
    #expect(heldOut.count == 12)
    #expect(try heldOut.image(11).pixels == Array(held.suffix(784)))
  }

  @Test func readsTheOtherSpellingOfTheFileNames() throws {
    try folder.write(idx([1, 2, 3], [1, 2, 3, 4, 5, 6]), to: "train-images.idx3-ubyte")
    try folder.write(idx([1], [4]), to: "train-labels.idx1-ubyte")
    let dataset = try ImageDataset(folder.path)
    #expect(dataset.width == 3 && dataset.height == 2 && dataset.classNames.count == 5)
    #expect(try dataset.image(0).pixels == [1, 2, 3, 4, 5, 6])
  }

  @Test func paddingPutsTheImageInTheMiddleOfBlack() throws {
    let pixels = try folder.writeIDX("train", count: 3)
    var options = ImageDataset.Options()
    options.size = 32
    let dataset = try ImageDataset(folder.path, options)
    #expect(dataset.width == 32 && dataset.height == 32)
    let image = try dataset.image(2)
    for y in 0..<32 {
      for x in 0..<32 {
        let isInside = (2..<30).contains(x) && (2..<30).contains(y)
        let expected = isInside ? pixels[2 * 784 + (y - 2) * 28 + x - 2] : 0
        #expect(image.pixels[y * 32 + x] == expected)
      }
    }
    // Far too large to pad: scaled instead, so that no border stays black.
    options.size = 64
    options.channels = 3
    let scaled = try ImageDataset(folder.path, options)
    #expect(scaled.width == 64 && scaled.channels == 3)
    #expect(try scaled.image(2).pixels != dataset.image(2).pixels)
    options.fit = .pad
    let padded = try ImageDataset(folder.path, options).image(2)
    #expect(padded.pixels.prefix(18 * 64 * 3).allSatisfy { $0 == 0 })
  }

  /// Files that must be refused, and a word of the reason.
  static let damaged: [(String, [UInt8], String)] = [
    ("empty", [], "IDX"),
    ("text", Array("These are no images at all.".utf8), "IDX"),
    ("floats", [0, 0, 0x0D, 3] + idx([1, 1, 1], [1]).dropFirst(4), "unsigned bytes"),
    ("labels in place of images", idx([3], [1, 2, 3]), "3 dimensions"),
    ("cut short", idx([2, 2, 2], [1, 2, 3, 4, 5, 6, 7]), "23 bytes instead of the 24"),
    ("too long", idx([2, 2, 2], [UInt8](repeating: 0, count: 9)), "25 bytes instead of the 24"),
    (
      "overflowing", idx([0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], [1]), "beyond all memory"
    ),
    ("no images", idx([0, 28, 28], []), "no images"),
    ("no pixels", idx([2, 0, 28], []), "no images"),
    ("bomb", gzip(idx([60000, 1000, 28], [1, 2, 3])), "at most"),
    ("overflowing gzip", gzip(idx([0xFFFF_FFFF, 0xFFFF_FFFF, 9], [1])), "beyond all memory"),
    ("gzip with less", gzip(idx([2, 2, 2], [1, 2, 3])), "19 bytes instead of the 24"),
    ("gzip with more", gzip(idx([2, 2, 2], [UInt8](repeating: 0, count: 9))), "more than the 24"),
    ("gzip cut short", gzip(idx([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])).dropLast(9), "ends before"),
    ("gzip and more", gzip(idx([1, 1, 1], [1])) + [0], "follow"),
    ("gzip of nothing", gzip([]), "IDX"),
    ("gzip header alone", [0x1F, 0x8B], "ends before"),
    (
      "gzip with a wrong checksum", gzip(idx([1, 1, 1], [1])).dropLast(5) + [9, 17, 0, 0, 0],
      "damaged"
    ),
  ].map { ($0.0, Array($0.1), $0.2) }

  @Test(arguments: damaged.indices)
  func refusesDamagedFiles(_ index: Int) throws {
    let (name, bytes, reason) = Self.damaged[index]
    try folder.write(bytes, to: "train-images-idx3-ubyte")
    try folder.write(idx([2], [0, 1]), to: "train-labels-idx1-ubyte")
    let error = try #require(throws: DatasetError.self, "\(name)") {
      try ImageDataset(folder.path)
    }
    #expect(error.kind == .damaged)
    #expect(error.description.contains("train-images-idx3-ubyte"))
    #expect(error.description.contains(reason), "\(name): \(error)")
  }

  @Test func refusesLabelsThatDoNotFit() throws {
    try folder.writeIDX("train", count: 4, side: 2)
    try folder.write(idx([3], [0, 1, 2]), to: "train-labels-idx1-ubyte")
    let error = try #require(throws: DatasetError.self) { try ImageDataset(folder.path) }
    #expect(error.kind == .damaged && error.description.contains("3 labels for 4 images"))
  }

  @Test func namesTheFileThatIsMissing() throws {
    try folder.write(idx([1, 1, 1], [1]), to: "train-images-idx3-ubyte")
    let error = try #require(throws: DatasetError.self) { try ImageDataset(folder.path) }
    #expect(error.kind == .missing && error.description.contains("train-labels-idx1-ubyte"))
  }
}
