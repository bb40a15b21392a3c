import Datasets
import Images

extension ImageDataset {
  /// Images from all over the data for the layout of a preview: where that has classes, each image of the class that the
  /// preview has in its place.
  /// - Throws: `DatasetError` if an image cannot be read any more.
  func examples(_ layout: PreviewLayout) throws(DatasetError) -> [Image] {
    let places = layout.classes ?? Array(repeating: 0, count: min(layout.count, count))
    let all = Array(0..<count)
    let members = layout.classes.map { _ in Dictionary(grouping: all) { labels[$0] } }
    let needed = Dictionary(places.map { ($0, 1) }, uniquingKeysWith: +)
    var taken: [Int32: Int] = [:]
    var images: [Image] = []
    for place in places {
      let (number, needed) = (taken[place, default: 0], needed[place] ?? 1)
      taken[place] = number + 1
      let indices = members.map { $0[place] ?? [] } ?? all
      // A class may have none.
      images.append(
        indices.isEmpty
          ? Image(width: width, height: height, channels: channels, value: 0)
          : try image(indices[(2 * number + 1) * indices.count / (2 * needed)]))
    }
    return images
  }
}
