import TestSupport
import Testing

@testable import Datasets

@Suite struct OpeningTests {
  @Test func aNameThatIsNotInstalledSaysHowToGetIt() throws {
    for (name, remedy) in [
      ("fashion-mnist", "apt-get install dataset-fashion-mnist"),
      ("mnist", "train-images-idx3-ubyte"), ("cifar10", "data_batch_1.bin"),
    ] {
      let error = try #require(throws: DatasetError.self) {
        try DatasetLocation(name, installed: ["/nowhere"])
      }
      #expect(error.kind == .missing && error.name == name)
      #expect(error.description.contains(remedy))
    }
  }

  @Test func anInstalledNameIsFound() throws {
    let root = TemporaryFolder()
    try root.writeIDX("fashion-mnist/train", count: 1)
    try root.write(CIFAR10Tests.records([1]), to: "cifar10/test_batch.bin")
    let installed = ["/nowhere", root.path]
    #expect(
      try DatasetLocation("fashion-mnist", installed: installed)
        == .idx(folder: root("fashion-mnist")))
    #expect(
      try DatasetLocation("cifar10", installed: installed)
        == .cifar10(folder: root("cifar10")))
    #expect(throws: DatasetError.self) { try DatasetLocation("mnist", installed: installed) }
    #expect(try ImageDataset(root("fashion-mnist")).classNames[9] == "Ankle boot")
  }

  @Test func aPathThatLeadsNowhereIsMissingInput() throws {
    for path in ["/nowhere", "/nowhere/at/all/", "fashon-mnist", ""] {
      let error = try #require(throws: DatasetError.self) { try ImageDataset(path) }
      #expect(error.kind == .missing && error.description.contains("fashion-mnist, mnist"))
    }
  }

  @Test func aFileIsNoDataSet() throws {
    let folder = TemporaryFolder()
    try folder.write([1], to: "image.png")
    let error = try #require(throws: DatasetError.self) {
      try ImageDataset(folder("image.png"))
    }
    #expect(error.kind == .damaged && error.description.contains("folder"))
  }

  @Test func aFolderWithoutImagesSaysSo() throws {
    let folder = TemporaryFolder()
    try folder.write([1], to: "notes.txt")
    let error = try #require(throws: DatasetError.self) { try ImageDataset(folder.path) }
    #expect(error.kind == .damaged && error.description.contains("no image"))
  }
}

/// The real thing, where the package is installed.
@Suite(.enabled(if: try Folder.kind("/usr/share/datasets/fashion-mnist") == .folder))
struct FashionMNISTTests {
  @Test func opensByName() throws {
    var options = ImageDataset.Options()
    options.split = .heldOut
    options.size = 32
    let dataset = try ImageDataset("fashion-mnist", options)
    #expect(
      [dataset.count, dataset.width, dataset.height, dataset.channels] == [10_000, 32, 32, 1])
    #expect((0..<10).allSatisfy { label in dataset.labels.count { $0 == label } == 1_000 })
    // The first test image is an ankle boot.
    #expect(dataset.classNames[Int(dataset.labels[0])] == "Ankle boot")
    let image = try dataset.image(0)
    #expect(image.pixels.prefix(2 * 32).allSatisfy { $0 == 0 })
    #expect(image.pixels.contains { $0 > 200 })
  }
}
