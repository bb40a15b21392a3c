/// The four files of MNIST, Fashion-MNIST and their kin.
struct IDXDataset {
  let images: PackedImages
  let labels: [Int32]

  /// Begins the names of a split's files.
  static func prefix(_ split: ImageDataset.Split) -> String {
    split == .train ? "train" : "t10k"
  }

  /// The names that a file may have; the separator differs between copies, and gzip adds its own.
  private static func fileNames(
    _ split: ImageDataset.Split, _ content: String, rank: Int
  ) -> [String] {
    ["-", "."].flatMap { separator in
      ["", ".gz"].map { "\(prefix(split))-\(content)\(separator)idx\(rank)-ubyte\($0)" }
    }
  }

  /// Where a split's images are, if they are in that folder.
  static func imagesPath(
    in folder: String, _ split: ImageDataset.Split
  ) throws(DatasetError) -> String? {
    try Folder.firstFile(fileNames(split, "images", rank: 3), in: folder)
  }

  init(folder: String, split: ImageDataset.Split) throws(DatasetError) {
    let imageNames = Self.fileNames(split, "images", rank: 3)
    let labelNames = Self.fileNames(split, "labels", rank: 1)
    guard let imagesPath = try Folder.firstFile(imageNames, in: folder) else {
      throw DatasetError(.missing, folder, "no file \(imageNames[0]), gzipped or not, in it")
    }
    guard let labelsPath = try Folder.firstFile(labelNames, in: folder) else {
      throw DatasetError(.missing, folder, "no file \(labelNames[0]), gzipped or not, in it")
    }
    let images = try IDXFile(contentsOf: imagesPath, rank: 3)
    let labels = try IDXFile(contentsOf: labelsPath, rank: 1)
    guard images.dimensions.allSatisfy({ $0 > 0 }) else {
      throw DatasetError(.damaged, imagesPath, "no images in dimensions of \(images.dimensions)")
    }
    guard images.dimensions[0] == labels.dimensions[0] else {
      throw DatasetError(
        .damaged, labelsPath,
        "\(labels.dimensions[0]) labels for \(images.dimensions[0]) images")
    }
    self.images = PackedImages(
      width: images.dimensions[2], height: images.dimensions[1], channels: 1,
      pixels: images.elements)
    self.labels = labels.elements.map { Int32($0) }
  }

  /// The meaning of the labels; their numbers, where nothing else is known.
  static func classNames(folder: String, labels: [Int32]) -> [String] {
    let highest = Int(labels.max() ?? 0)
    let isFashion = folder.split(separator: "/").last?.lowercased() == "fashion-mnist"
    if isFashion && highest < fashionClassNames.count { return fashionClassNames }
    return (0...highest).map { String($0) }
  }

  private static let fashionClassNames = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
    "Ankle boot",
  ]
}
