import Foundation
import TestSupport
import Testing

@testable import Datasets

/// What is held out changes no more unnoticed than what is learned from.
@Suite struct HeldOutHashTests {
  /// The training part knows the fingerprint of the part that is held out from it.
  @Test func theFingerprintOfWhatIsHeldOut() throws {
    func expectSame(_ what: String, size: Int?, skipBroken: Bool = false) throws {
      var options = ImageDataset.Options(size: size)
      options.skipBroken = skipBroken
      let training = try ImageDataset(what, options)
      options.split = .heldOut
      let heldOut = try ImageDataset(what, options)
      #expect(training.heldOutHash == heldOut.contentHash)
      #expect(training.heldOutHash != training.contentHash && heldOut.heldOutHash == nil)
    }
    try expectSame("shapes", size: 16)
    let folder = TemporaryFolder()
    for number in 0..<40 {
      let kind = number % 2 == 0 ? "a" : "b"
      try folder.write(
        testImage(9, 8, channels: 3, seed: number), to: "images/\(kind)/\(number).png")
    }
    for size in [nil, 8] {
      try expectSame(folder("images"), size: size)
      try folder.write([1, 2, 3], to: "images/a/broken.png")
      try expectSame(folder("images"), size: size, skipBroken: true)
      try FileManager.default.removeItem(atPath: folder("images/a/broken.png"))
    }
    for (prefix, count) in [("train", 6), ("t10k", 4)] {
      try folder.write(
        idx([count, 2, 2], (0..<4 * count).map { UInt8($0) }),
        to: "idx/\(prefix)-images-idx3-ubyte")
      try folder.write(
        idx([count], (0..<count).map { UInt8($0) }), to: "idx/\(prefix)-labels-idx1-ubyte")
    }
    try expectSame(folder("idx"), size: nil)
    try expectSame(folder("idx"), size: 4)
    // Without a test set there is nothing to know.
    try FileManager.default.removeItem(atPath: folder("idx/t10k-images-idx3-ubyte"))
    #expect(try ImageDataset(folder("idx")).heldOutHash == nil)
  }

  @Test func theFingerprintOfCIFARsTestBatch() throws {
    let folder = TemporaryFolder()
    let record = [UInt8](repeating: 3, count: 3073)
    try folder.write(record + record, to: "data_batch_1.bin")
    try folder.write(record, to: "test_batch.bin")
    var options = ImageDataset.Options()
    options.split = .heldOut
    let heldOut = try ImageDataset(folder.path, options)
    #expect(try ImageDataset(folder.path).heldOutHash == heldOut.contentHash)
  }
}
