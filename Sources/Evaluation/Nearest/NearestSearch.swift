import Datasets
import Images
import Models

/// Finds the training images that are nearest to generated ones, and to held-out ones for a measure.
public struct NearestSearch {
  /// What images are compared in.
  public let space: ImageSpace
  /// The data that the model has learned from.
  public let data: DataReference
  /// Whether it has learned from mirrored images, too.
  public let isMirrored: Bool
  /// How many neighbors of each image are told.
  public let neighbors: Int

  /// More held-out images would hardly tell more.
  static let mostHeldOut = 2000
  /// How many training images are compared at a time.
  private static let block = 1024

  /// A search in that data.
  public init(
    in data: DataReference, by space: ImageSpace, isMirrored: Bool = false, neighbors: Int = 5
  ) {
    (self.data, self.space) = (data, space)
    (self.isMirrored, self.neighbors) = (isMirrored, neighbors)
  }

  /// A search in what a model has learned from.
  public init(of sampler: some ImageSampler, by space: ImageSpace, neighbors: Int = 5) {
    self.init(
      in: sampler.learnedData, by: space, isMirrored: sampler.data.flip, neighbors: neighbors)
  }

  /// Looks for images of one size, at least one.
  /// - Throws: `DatasetError` when the data cannot be read; `FileError` when it has too few images.
  public func callAsFunction(_ drawn: [Image]) throws -> NearestReport {
    precondition(!drawn.isEmpty, "a search for no images")
    return try search(drawn, parts(like: drawn[0]))
  }

  /// The same in two steps: opens the data, for images of the size and the channels of that one, before others are
  /// made, and returns what looks for them.
  /// - Throws: as the search, but for images that cannot be read later.
  public func opened(like image: Image) throws -> (_ drawn: [Image]) throws -> NearestReport {
    let parts = try parts(like: image)
    return { drawn in try search(drawn, parts) }
  }

  private typealias Parts = (training: ImageDataset, heldOut: ImageDataset)

  private func parts(like image: Image) throws -> Parts {
    try ImageDataset.parts(
      of: data, like: image, fewest: CopyingTest.fewestHeldOut,
      remedy: "train another run on what is there")
  }

  private func search(_ drawn: [Image], _ parts: Parts) throws -> NearestReport {
    let (training, heldOut) = parts
    let unseen = try heldOut.selection(Self.mostHeldOut)
    let queries = space.vectors(of: drawn + unseen)
    var search = NearestNeighbors(of: queries, most: min(neighbors, training.count))
    for start in stride(from: 0, to: training.count, by: Self.block) {
      let images = try (start..<min(start + Self.block, training.count)).map(training.image)
      search.add(space.vectors(of: images), firstIndex: start)
      if isMirrored {
        search.add(
          space.vectors(of: images.map { $0.flippedHorizontally() }), firstIndex: start,
          isMirrored: true)
      }
    }
    func rows(_ images: [Image], from first: Int) -> [NearestReport.Row] {
      images.enumerated().map { number, image in
        let neighbors = search.neighbors[first + number].map { neighbor in
          NearestReport.Neighbor(
            index: neighbor.index, mirrored: neighbor.isMirrored,
            distance: space.distance(squared: neighbor.squaredDistance, size: queries.size))
        }
        return NearestReport.Row(number: number, image: image, neighbors: neighbors)
      }
    }
    let (drawnRows, heldOutRows) = (rows(drawn, from: 0), rows(unseen, from: drawn.count))
    let isInPixels = if case .pixels = space { true } else { false }
    return NearestReport(
      dataSource: data.name, space: space.name, isInPixels: isInPixels, isMirrored: isMirrored,
      drawn: drawnRows, heldOut: heldOutRows, training: training,
      test: CopyingTest(
        drawn: drawnRows.map(\.distance), heldOut: heldOutRows.map(\.distance)))
  }
}
