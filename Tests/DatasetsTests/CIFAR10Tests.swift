import TestSupport
import Testing

@testable import Datasets

@Suite struct CIFAR10Tests {
  let folder: TemporaryFolder

  init() throws { folder = TemporaryFolder() }

  /// Records whose red, green and blue planes are told apart by their high bits.
  static func records(_ labels: [UInt8]) -> [UInt8] {
    labels.flatMap { label in
      var record = [label]
      for channel in 0..<3 {
        for pixel in 0..<1024 { record.append(sample(label, pixel, channel)) }
      }
      return record
    }
  }

  static func sample(_ label: UInt8, _ pixel: Int, _ channel: Int) -> UInt8 {
    let low = (pixel + Int(label)) % 64
    return UInt8(channel * 64 + low)
  }

  @Test(arguments: ["", "cifar-10-batches-bin/"])
  func readsPlanesAsPixels(subfolder: String) throws {
    try folder.write(Self.records([3, 9]), to: subfolder + "data_batch_1.bin")
    try folder.write(Self.records([0]), to: subfolder + "data_batch_2.bin")
    try folder.write(Self.records([7]), to: subfolder + "test_batch.bin")
    let dataset = try ImageDataset(folder.path)
    #expect(dataset.labels == [3, 9, 0])
    #expect(dataset.classNames[9] == "truck")
    #expect([dataset.width, dataset.height, dataset.channels] == [32, 32, 3])
    let pixels = try dataset.image(1).pixels
    for pixel in 0..<1024 {
      for channel in 0..<3 {
        let expected = Self.sample(9, pixel, channel)
        #expect(pixels[3 * pixel + channel] == expected)
      }
    }
    var options = ImageDataset.Options()
    options.split = .heldOut
    #expect(try ImageDataset(folder.path, options).labels == [7])
  }

  @Test func refusesDamagedFiles() throws {
    for (bytes, reason) in [
      ([], "0 bytes"), (Self.records([1]).dropLast(), "3072 bytes"), (Self.records([1, 10]), "10"),
    ] {
      try folder.write(Array(bytes), to: "data_batch_1.bin")
      let error = try #require(throws: DatasetError.self) { try ImageDataset(folder.path) }
      #expect(error.kind == .damaged && error.description.contains(reason))
      #expect(error.description.contains("data_batch_1.bin"))
    }
  }
}
