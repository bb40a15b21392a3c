import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct DatasetCheckTests {
  let folder: TemporaryFolder

  init() throws { folder = TemporaryFolder() }

  @Test func reportsAFolder() throws {
    for index in 0..<30 {
      let image = testImage(4 + index % 3, 8, channels: index % 5 == 0 ? 3 : 1, seed: index % 29)
      try folder.write(image, to: "\(index % 2 == 0 ? "even" : "odd")/\(index + 10).png")
    }
    try folder.write(testImage(5, 8, channels: 1, seed: 1), to: "odd/copy.png")
    try folder.write([1], to: "readme.txt")
    try folder.writeBrokenFiles()
    let check = try DatasetCheck(folder.path)
    #expect(check.format == "images" && check.count == 31 && check.otherFiles == 1)
    #expect(check.heldOut > 0 && check.heldOut < 10)
    #expect(check.widths == [4, 6] && check.heights == [8, 8])
    #expect(check.countByChannels == [1: 25, 3: 6] && check.channels == 3)
    let classes = check.classes.map { "\($0.name) \($0.count)" }
    #expect(classes == [". 0", "even 15", "odd 16"])
    #expect(check.duplicates.map(\.image) == ["odd/copy.png"])
    #expect(check.duplicates.map(\.original) == ["odd/11.png"])
    #expect(check.unreadable.map(\.path) == brokenFileNames)
    let text = check.description
    for broken in check.unreadable { #expect(text.contains("\(broken.path): \(broken.reason)")) }
    #expect(text.contains("31 images") && text.contains("odd/copy.png is odd/11.png"))
    // The reasons tell the files' troubles apart.
    let reasons = Dictionary(uniqueKeysWithValues: check.unreadable.map { ($0.path, $0.reason) })
    #expect(reasons["bomb.png"]?.contains("20000 x 20000") == true)
    #expect(reasons["text.jpg"]?.contains("none of PNG, JPEG, WebP") == true)
    #expect(Set(reasons.values).count == 5)
  }

  @Test func theReportGoesThroughJSON() throws {
    try folder.write(testImage(4, 4, channels: 1), to: "a/1.png")
    try folder.write([], to: "b/2.png")
    let check = try DatasetCheck(folder.path)
    let json = try JSONEncoder().encode(check)
    #expect(try JSONDecoder().decode(DatasetCheck.self, from: json) == check)
    #expect(String(decoding: json, as: UTF8.self).contains("\"count_by_channels\":{\"1\":1}"))
  }

  @Test func reportsIDXAndCIFAR() throws {
    try folder.writeIDX("train", count: 40, side: 4, classes: 3)
    try folder.writeIDX("t10k", count: 3, side: 4, classes: 3)
    let check = try DatasetCheck(folder.path)
    #expect(check.format == "IDX" && check.count == 43 && check.heldOut == 3)
    #expect(check.widths == [4, 4] && check.countByChannels == [1: 43])
    #expect(check.classes.map(\.count) == [15, 14, 14])
    // The held-out images are the first training images.
    #expect(check.duplicates.last?.image == "held-out image 2")
    #expect(check.duplicates.last?.original == "training image 2")

    let cifar = TemporaryFolder()
    try cifar.write(CIFAR10Tests.records([1, 2, 1]), to: "data_batch_1.bin")
    let second = try DatasetCheck(cifar.path)
    #expect(second.format == "CIFAR-10" && second.count == 3 && second.heldOut == 0)
    #expect(second.duplicates.count == 1 && second.channels == 3)
  }

  @Test func aDamagedIDXFileIsInTheReport() throws {
    try folder.writeIDX("train", count: 4, side: 2)
    try folder.write([1, 2], to: "t10k-images-idx3-ubyte")
    try folder.write(idx([1], [1]), to: "t10k-labels-idx1-ubyte")
    let check = try DatasetCheck(folder.path)
    #expect(check.count == 4)
    #expect(check.unreadable.map(\.path) == [folder("t10k-images-idx3-ubyte")])
  }

  /// Files of other formats are known by their names, and what is to become of the others is said.
  @Test func whatIsNotReadIsNamed() throws {
    for (name, count) in [("a.gif", 1), ("B.HEIC", 1), ("set.tar.gz", 1), ("notes.md", 1)] {
      for index in 0..<count { try folder.write([1], to: "\(index)\(name)") }
    }
    try folder.write([1], to: "sub/c.GIF")
    let error = try #require(throws: DatasetError.self) { try DatasetCheck(folder.path) }
    let remedy = "convert them to PNG or JPEG, as ImageMagick's mogrify -format png does"
    #expect(
      error.problem == """
        no image (.png, .jpg, .jpeg, .webp) in this folder; 1 HEIC file is not read: \(remedy); 2 GIF files are \
        not read: \(remedy); 1 tar file is not read: unpack them
        """)
    #expect(throws: error) { try ImageDataset(folder.path) }
    try folder.write(testImage(40, 20, channels: 1), to: "cats/1.png")
    for index in 0..<12 {
      try folder.write(testImage(80, 80, channels: 1, seed: index), to: "dogs/\(index).png")
    }
    let check = try DatasetCheck(folder.path)
    #expect(check.otherFiles == 5 && check.otherFormats.map(\.count) == [1, 2, 1])
    #expect(check.enlarged.map(\.count) == [1, 1] && check.cropped.most == 0.5)
    #expect(check.hints.first?.contains("are too few for a GAN or a diffusion: 100") == true)
    #expect(check.hints.contains { $0.hasSuffix(" a model learns little: cats (1)") })
    let text = check.description
    #expect(text.contains("\nother files: 5\n  1 HEIC file is not read: \(remedy)\n"))
    #expect(text.contains("\nenlarged: 1 at 32 pixels, 1 at 64 pixels\n"))
    #expect(text.contains("\ncropped to squares: 4 % of an image on average, 50 % at most\n"))
  }

  @Test func nothingThereIsAnError() throws {
    let error = try #require(throws: DatasetError.self) { try DatasetCheck("/nowhere") }
    #expect(error.kind == .missing)
  }

  @Test func filesThatAreReadWithWarnings() throws {
    let folder = TemporaryFolder()
    var file = try testImage(16, 8, channels: 1).jpegData()
    let name = try #require(file.firstRange(of: Array("JFIF\0".utf8)))
    file[name.upperBound] = 2
    try folder.write(file, to: "warned.jpg")
    try folder.write(testImage(16, 8, channels: 1, seed: 5), to: "sound.png")
    let check = try DatasetCheck(folder.path)
    #expect(check.count == 2 && check.unreadable.isEmpty)
    #expect(check.readWithWarnings.map(\.path) == ["warned.jpg"])
    let version = "Warning: unknown JFIF revision number 2.01"
    #expect(check.description.contains("\nread with warnings: 1\n  warned.jpg: \(version)\n"))
    // By the first rules it cannot be read, and is left out where such files are.
    var options = ImageDataset.Options()
    options.reading = .first
    #expect(throws: DatasetError.self) { try ImageDataset(folder.path, options) }
    options.skipBroken = true
    #expect(try ImageDataset(folder.path, options).skipped.map(\.path) == ["warned.jpg"])
    options.reading = .current
    #expect(try ImageDataset(folder.path, options).count == 2)
  }
}
