import Compute
import Datasets
import Images

extension ImageDataset {
  /// So many pictures, all where there are no more: the same ones each time, from all over the set,
  /// since a folder's pictures come class by class.
  /// - Throws: `DatasetError` if a picture's file is no longer what it was.
  public func selection(_ count: Int) throws(DatasetError) -> [Image] {
    let order = RandomStream(seed: 0, purpose: .evaluation).permutation(of: self.count, epoch: 0)
    var pictures: [Image] = []
    for index in order.prefix(count) { pictures.append(try image(index)) }
    return pictures
  }
}
