import Images
import TestSupport
import Testing

@testable import Datasets

@Suite struct ImageFolderTests {
  let folder: TemporaryFolder

  init() throws { folder = TemporaryFolder() }

  @Test func classesAreTheFirstLevelFolders() throws {
    try folder.write(testImage(4, 4, channels: 3, seed: 1), to: "dog/b.PNG")
    try folder.write(testImage(4, 4, channels: 3, seed: 2), to: "cat/deep/er/a.png")
    try folder.write(testImage(4, 4, channels: 3, seed: 3), to: "cat/z.png")
    try folder.write(testImage(4, 4, channels: 3, seed: 4), to: "dog/a.JpEg")
    try folder.write(testImage(9, 9, channels: 3), to: ".hidden/a.png")
    try folder.write(testImage(9, 9, channels: 3), to: "cat/.hidden.png")
    try folder.write([1, 2], to: "cat/labels.csv")
    let dataset = try ImageDataset(folder.path)
    #expect(dataset.classNames == ["cat", "dog"])
    #expect(dataset.labels == [0, 0, 1, 1])
    #expect([dataset.count, dataset.width, dataset.height, dataset.channels] == [4, 4, 4, 3])
    // In the order of the paths' bytes.
    #expect(try dataset.image(0) == testImage(4, 4, channels: 3, seed: 2))
    #expect(try dataset.image(1) == testImage(4, 4, channels: 3, seed: 3))
    #expect(try dataset.image(3) == testImage(4, 4, channels: 3, seed: 1))
  }

  /// A training that began when WebPs were not read goes on with the images that it had.
  @Test func olderRulesPassOverWebPs() throws {
    try folder.write(testImage(16, 8, channels: 3), to: "a.png")
    try folder.writeWebP(to: "b.WEBP")
    var options = ImageDataset.Options()
    options.size = 8
    #expect(try ImageDataset(folder.path, options).count == 2)
    options.reading = .second
    #expect(try ImageDataset(folder.path, options).count == 1)
  }

  @Test func channelsAreTheMostOfAnyImage() throws {
    try folder.write(testImage(4, 4, channels: 1), to: "a.png")
    #expect(try ImageDataset(folder.path).channels == 1)
    #expect(try ImageDataset(folder.path).classNames == [])
    try folder.write(testImage(4, 4, channels: 3), to: "b.png")
    #expect(try ImageDataset(folder.path).channels == 3)
    try folder.write(testImage(4, 4, channels: 4), to: "c.png")
    let dataset = try ImageDataset(folder.path)
    #expect(dataset.channels == 4)
    #expect(try dataset.image(0) == testImage(4, 4, channels: 1).converted(toChannels: 4))
    var options = ImageDataset.Options()
    options.channels = 1
    #expect(try ImageDataset(folder.path, options).channels == 1)
  }

  @Test func imagesOfSeveralSizesNeedASize() throws {
    try folder.write(testImage(8, 12, channels: 1), to: "a.png")
    try folder.write(testImage(30, 10, channels: 1), to: "b.png")
    let error = try #require(throws: DatasetError.self) { try ImageDataset(folder.path) }
    #expect(error.kind == .severalSizes && error.description.contains("8 to 30 wide"))
    var options = ImageDataset.Options()
    options.size = 10
    let dataset = try ImageDataset(folder.path, options)
    #expect(dataset.width == 10 && dataset.height == 10)
    #expect(
      try dataset.image(1) == testImage(30, 10, channels: 1).centerCropped(width: 10, height: 10))
  }

  @Test func decodingOnTheFlyGivesTheSameSamples() throws {
    for index in 0..<12 {
      let image = testImage(20 + index, 24, channels: index % 2 == 0 ? 3 : 1, seed: index)
      try folder.write(image, to: "\(index % 3)/\(index).\(index < 6 ? "png" : "jpg")")
    }
    try folder.write([], to: "1/broken.png")
    var options = ImageDataset.Options()
    options.size = 16
    options.skipBroken = true
    let inMemory = try ImageDataset(folder.path, options)
    options.memoryLimit = 100
    let onTheFly = try ImageDataset(folder.path, options)
    #expect(inMemory.isInMemory && !onTheFly.isInMemory)
    #expect(inMemory.contentHash == onTheFly.contentHash)
    #expect(inMemory.count == onTheFly.count && inMemory.labels == onTheFly.labels)
    for index in 0..<inMemory.count {
      #expect(try inMemory.image(index) == onTheFly.image(index))
    }
  }

  @Test func everyTenthImageOrSoIsHeldOut() throws {
    for index in 0..<60 {
      try folder.write(testImage(2, 2, channels: 1, seed: index), to: "\(index).png")
    }
    var options = ImageDataset.Options()
    let train = try ImageDataset(folder.path, options)
    options.split = .heldOut
    let heldOut = try ImageDataset(folder.path, options)
    #expect(train.count + heldOut.count == 60 && (1...15).contains(heldOut.count))
    let trained = try (0..<train.count).map { try train.image($0).pixels }
    for index in 0..<heldOut.count { #expect(try !trained.contains(heldOut.image(index).pixels)) }
    // Another image moves none of these to the other side.
    let before = try Set((0..<heldOut.count).map { try heldOut.image($0).pixels })
    try folder.write(testImage(2, 2, channels: 1, seed: 99), to: "00.png")
    let after = try ImageDataset(folder.path, options)
    #expect(try before.isSubset(of: (0..<after.count).map { try after.image($0).pixels }))
  }

  @Test func fewImagesAreAllForTraining() throws {
    try folder.write(testImage(2, 2, channels: 1), to: "a.png")
    #expect(try ImageDataset(folder.path).count == 1)
    var options = ImageDataset.Options()
    options.split = .heldOut
    let error = try #require(throws: DatasetError.self) { try ImageDataset(folder.path, options) }
    #expect(error.kind == .damaged && error.description.contains("hold any out"))
  }

  @Test func linksLeadToFilesWithinTheFolderAlone() throws {
    let outside = TemporaryFolder()
    try outside.write(testImage(2, 2, channels: 1), to: "secret.png")
    try folder.write(testImage(2, 2, channels: 1), to: "real.png")
    try folder.link("inside.png", to: "real.png")
    #expect(try ImageDataset(folder.path).count == 2)
    try folder.link("outside.png", to: outside("secret.png"))
    try folder.link("nowhere.png", to: "gone.png")
    try folder.link("loop", to: ".")
    let error = try #require(throws: DatasetError.self) { try ImageDataset(folder.path) }
    #expect(error.brokenFiles.map(\.path) == ["loop", "nowhere.png", "outside.png"])
    #expect(error.brokenFiles[2].reason.contains("out of the folder"))
  }

  @Test(arguments: [nil, 8])
  func brokenFilesAreListedOrLeftOut(size: Int?) throws {
    for index in 0..<20 {
      try folder.write(testImage(4, 4, channels: 1, seed: index), to: "good/\(index)a.png")
    }
    try folder.writeBrokenFiles()
    var options = ImageDataset.Options()
    options.size = size
    let error = try #require(throws: DatasetError.self) { try ImageDataset(folder.path, options) }
    #expect(error.kind == .damaged)
    #expect(error.brokenFiles.map(\.path) == brokenFileNames)
    #expect(error.description.contains("5 of 25 images"))
    #expect(error.description.contains("--skip-broken"))
    for name in brokenFileNames { #expect(error.description.contains(name)) }

    options = ImageDataset.Options()
    options.skipBroken = true
    // The broken images have other sizes and three channels.
    let train = try ImageDataset(folder.path, options)
    #expect(train.skipped.map(\.path) == brokenFileNames)
    #expect([train.width, train.height, train.channels] == [4, 4, 1])
    options.split = .heldOut
    let heldOut = try ImageDataset(folder.path, options)
    #expect(train.count + heldOut.count == 20)
    #expect(heldOut.count > 0)
    let good = (0..<20).map { testImage(4, 4, channels: 1, seed: $0).pixels }
    for index in 0..<train.count { #expect(try good.contains(train.image(index).pixels)) }
  }

  @Test func theListOfBrokenFilesIsCutAtTen() throws {
    for index in 10..<32 { try folder.write([], to: "\(index).png") }
    let error = try #require(throws: DatasetError.self) { try ImageDataset(folder.path) }
    #expect(error.brokenFiles.count == 22)
    #expect(error.description.contains("19.png") && !error.description.contains("20.png"))
    #expect(error.description.contains("and 12 more"))
    var options = ImageDataset.Options()
    options.skipBroken = true
    #expect(throws: DatasetError.self) { try ImageDataset(folder.path, options) }
  }

  @Test func aFileThatGoesAfterOpeningIsAnErrorOfItsName() throws {
    try folder.write(testImage(2, 2, channels: 1), to: "a.png")
    try folder.write(testImage(2, 2, channels: 1), to: "b.png")
    var options = ImageDataset.Options()
    options.memoryLimit = 0
    let dataset = try ImageDataset(folder.path, options)
    try folder.write([1, 2, 3], to: "b.png")
    #expect(throws: Never.self) { try dataset.image(0) }
    let error = try #require(throws: DatasetError.self) { try dataset.image(1) }
    #expect(error.description.contains("b.png"))
  }
}

let brokenFileNames = ["bomb.png", "cut.jpg", "empty.png", "text.jpg", "truncated.png"]

extension TemporaryFolder {
  /// An image cut short, another, nothing, a text, and a header that asks for gigabytes.
  func writeBrokenFiles() throws {
    let png = try testImage(30, 30, channels: 3).pngData()
    let jpeg = try testImage(64, 64, channels: 3).jpegData()
    try write(Array(png.prefix(png.count / 2)), to: "truncated.png")
    try write(Array(jpeg.prefix(jpeg.count / 2)), to: "cut.jpg")
    try write([], to: "empty.png")
    try write(Array("not an image".utf8), to: "text.jpg")
    // The header's checksum must be right, or that would be the reason.
    let header = Array("IHDR".utf8) + bigEndian(20_000) + bigEndian(20_000) + [8, 2, 0, 0, 0]
    let stored = gzip(header).suffix(8).prefix(4).reversed()
    try write(png.prefix(8) + bigEndian(13) + header + stored + png.dropFirst(33), to: "bomb.png")
  }
}
