import Files
import Images

/// The binary version of CIFAR-10: records of a label and the planes of a 32x32 color image
/// (https://www.cs.toronto.edu/~kriz/cifar.html).
struct CIFAR10 {
  let images: PackedImages
  let labels: [Int32]

  static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  private static let side = 32
  private static let plane = side * side
  private static let record = 1 + 3 * plane
  /// Each of the set's files has 31 MB.
  private static let fileLimit = 1 << 28

  /// The names of a split's files.
  static func fileNames(_ split: ImageDataset.Split) -> [String] {
    split == .train ? (1...5).map { "data_batch_\($0).bin" } : ["test_batch.bin"]
  }

  /// The files of a split that are in that folder.
  static func paths(
    in folder: String, _ split: ImageDataset.Split
  ) throws(DatasetError) -> [String] {
    var paths: [String] = []
    for name in fileNames(split) {
      if let path = try Folder.firstFile([name], in: folder) { paths.append(path) }
    }
    return paths
  }

  init(folder: String, split: ImageDataset.Split) throws(DatasetError) {
    let paths = try Self.paths(in: folder, split)
    guard !paths.isEmpty else {
      throw DatasetError(.missing, folder, "no file \(Self.fileNames(split)[0]) in it")
    }
    var (pixels, labels) = ([UInt8](), [Int32]())
    for path in paths {
      let file = try InputFile.opened(path, limit: Self.fileLimit)
      guard file.size > 0, file.size % Self.record == 0 else {
        throw DatasetError(
          .damaged, path, "\(file.size) bytes are not a number of records of \(Self.record)")
      }
      let bytes = try file.read(file.size)
      guard bytes.count == file.size else {
        throw DatasetError(.damaged, path, "it became shorter while it was read")
      }
      for start in stride(from: 0, to: bytes.count, by: Self.record) {
        guard bytes[start] < Self.classNames.count else {
          throw DatasetError(
            .damaged, path,
            "label \(bytes[start]) in record \(start / Self.record); there are "
              + "\(Self.classNames.count) classes")
        }
        labels.append(Int32(bytes[start]))
      }
      pixels += Self.interleaved(bytes)
    }
    images = PackedImages(
      width: Self.side, height: Self.side, channels: 3, pixels: pixels[...])
    self.labels = labels
  }

  /// The images of whole records, [count, height, width, channels] from planes.
  private static func interleaved(_ records: [UInt8]) -> [UInt8] {
    let count = records.count / record
    return [UInt8](unsafeUninitializedCapacity: count * 3 * plane) { buffer, initialized in
      records.withUnsafeBufferPointer { records in
        guard var source = records.baseAddress, var destination = buffer.baseAddress else { return }
        for _ in 0..<count {
          source += 1
          for pixel in 0..<plane {
            destination[0] = source[pixel]
            destination[1] = source[pixel + plane]
            destination[2] = source[pixel + 2 * plane]
            destination += 3
          }
          source += 3 * plane
        }
      }
      initialized = count * 3 * plane
    }
  }
}
