import Datasets
import Images
import TestSupport
import Testing

@testable import Models

struct ExamplesTests {
  /// In a preview's place of a class stands an image of that class, and no image twice.
  @Test func imagesStandWhereTheirClassDoes() throws {
    let data = try ImageDataset("shapes", ImageDataset.Options(size: 16))
    let layout = PreviewLayout(classes: data.classNames.count)
    let cells = try data.examples(layout)
    #expect(cells.count == layout.count && Set(cells.map(\.pixels)).count == layout.count)
    let classes = try #require(layout.classes)
    for (cell, number) in zip(cells, classes) {
      let places = try (0..<data.count).filter { try data.image($0) == cell }
      #expect(places.contains { data.labels[$0] == number })
    }
  }

  /// Few images are shown once each.
  @Test func noMoreThanThereAre() throws {
    let folder = TemporaryFolder(inMemory: true)
    for level in 1...5 {
      let image = Image(width: 8, height: 8, channels: 1, value: UInt8(level * 40))
      try image.write(to: "\(folder.path)/\(level).png")
    }
    let data = try ImageDataset(folder.path, ImageDataset.Options(size: 8))
    let cells = try data.examples(PreviewLayout(classes: nil))
    #expect(Set(cells.map(\.pixels)).count == data.count && cells.count == data.count)
  }
}
