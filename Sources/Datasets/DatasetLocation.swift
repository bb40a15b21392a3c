/// What the text after `--data` means: which reader, and where.
enum DatasetLocation: Equatable {
  case shapes
  case idx(folder: String)
  case cifar10(folder: String)
  case images(folder: String)

  /// The names that are not paths. A folder of the same name is reached as `./NAME`.
  static let names = ["fashion-mnist", "mnist", "cifar10", "shapes"]

  /// Where packages put data sets, each in a folder of its name.
  static let installed = ["/usr/share/datasets", "/usr/local/share/datasets"]

  /// Where a data set is that was asked for by name or path.
  ///
  /// - Throws: ``DatasetError`` of the kind `missing`, whose text says how to get it.
  init(_ what: String, installed: [String] = Self.installed) throws(DatasetError) {
    if what == "shapes" {
      self = .shapes
    } else if Self.names.contains(what) {
      for folder in installed.map({ "\($0)/\(what)" }) where try Folder.kind(folder) == .folder {
        let location = try Self.inside(folder)
        if case .images = location { continue }
        self = location
        return
      }
      throw DatasetError(.missing, what, Self.remedy(what, installed))
    } else {
      self = try Self.at(path: what)
    }
  }

  private static func at(path: String) throws(DatasetError) -> DatasetLocation {
    switch try Folder.kind(path) {
    case .folder:
      return try inside(path)
    case nil:
      throw DatasetError(
        .missing, path,
        "no data set has this name, and no folder is there; the names are "
          + names.joined(separator: ", "))
    default:
      throw DatasetError(.damaged, path, "not a folder; name the folder that holds the data")
    }
  }

  /// What a folder holds, by the names of its files.
  private static func inside(_ folder: String) throws(DatasetError) -> DatasetLocation {
    for split in ImageDataset.Split.allCases {
      if try IDXDataset.imagesPath(in: folder, split) != nil { return .idx(folder: folder) }
      // As the archive unpacks.
      for folder in [folder, "\(folder)/cifar-10-batches-bin"]
      where try !CIFAR10.paths(in: folder, split).isEmpty {
        return .cifar10(folder: folder)
      }
    }
    return .images(folder: folder)
  }

  private static func remedy(_ name: String, _ installed: [String]) -> String {
    switch name {
    case "fashion-mnist":
      return "not installed; run: apt-get install dataset-fashion-mnist"
    case "cifar10":
      return "not installed, and no package brings it: name the folder with "
        + "data_batch_1.bin to data_batch_5.bin and test_batch.bin (the binary version of "
        + "https://www.cs.toronto.edu/~kriz/cifar.html)"
    default:
      return "not installed, and no package brings it: name the folder with "
        + "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and "
        + "t10k-labels-idx1-ubyte, gzipped or not"
    }
  }
}
