import Compute
import Datasets
import Files
import Images
import Models

extension ImageDataset {
  /// The images of some data to learn from and those that are held out, at the size and with the
  /// channels of an image, as a model that generates such images learns from them.
  /// - Throws: `DatasetError` when the data cannot be read; `FileError` when it is not there, is not what
  ///   the run has learned from whose it is, or has a part with fewer images than `fewest`.
  static func parts(
    of data: DataReference, like image: Image, fewest: Int, remedy: String
  ) throws -> (training: ImageDataset, heldOut: ImageDataset) {
    let source = try data.location()
    var options = try data.imageOptions()
    options.size = min(image.width, image.height)
    options.channels = image.channels
    let training = try ImageDataset(source, options)
    try data.check(
      hash: training.hash, heldOutHash: training.hashOfHeldOut, at: source, remedy: remedy)
    let heldOut = try training.heldOut()
    for (set, name) in [(training, "images to learn from"), (heldOut, "held-out images")]
    where set.count < fewest {
      throw FileError(
        .badData, source, "has \(set.count) \(name), but comparing takes at least \(fewest)")
    }
    return (training, heldOut)
  }

  /// So many images, all where there are no more: the same ones each time, from all over the set,
  /// since a folder's images come class by class.
  /// - Throws: `DatasetError` if an image's file is no longer what it was.
  public func selection(_ count: Int) throws(DatasetError) -> [Image] {
    let order = RandomStream(seed: 0, purpose: .evaluation).permutation(of: self.count, epoch: 0)
    var images: [Image] = []
    for index in order.prefix(count) { images.append(try image(index)) }
    return images
  }
}
