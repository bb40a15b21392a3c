import Images

/// The pictures in a folder and all folders below it.
///
/// Pictures are files named `.png`, `.jpg` or `.jpeg` in any case. The class of a picture is the
/// first-level folder that it is in, `.` for those beside such folders.
struct ImageFolder: ImageSource {
  let root: String
  /// Paths within the root, in the order of their bytes.
  let paths: [String]
  /// What is named like a picture and is none, as a look at the file system tells.
  let broken: [BrokenFile]
  /// How many files are not named like pictures.
  let otherFiles: Int

  var count: Int { paths.count }

  func image(_ index: Int, forShorterSide side: Int?) throws(DatasetError) -> Image {
    try reading { () throws(ImageError) in
      try Image(contentsOf: "\(root)/\(paths[index])", forShorterSide: side)
    }
  }

  /// Lists a folder; nothing is read yet.
  init(_ root: String) throws(DatasetError) {
    let listing = try FolderListing(root) { ImageFormat(extensionOf: $0) != nil }
    self.root = root
    (paths, broken, otherFiles) = (listing.paths, listing.broken, listing.otherFiles)
  }

  /// Some of the pictures.
  private init(root: String, paths: [String]) {
    self.root = root
    self.paths = paths
    (broken, otherFiles) = ([], 0)
  }

  func subset(_ indices: [Int]) -> ImageFolder {
    ImageFolder(root: root, paths: indices.map { paths[$0] })
  }

  /// The classes in the order of their names, and that of each picture; no names where no picture is
  /// in a folder below the root.
  func classes() -> (names: [String], labels: [Int32]) {
    let classOf = paths.map { path in
      path.firstIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
    let names = Set(classOf).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    if names == ["."] { return ([], classOf.map { _ in 0 }) }
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    return (names, classOf.map { numbers[$0] ?? 0 })
  }

  /// Which side a picture is on, as ``ImageDataset/Split`` says.
  func split(of index: Int) -> ImageDataset.Split {
    guard count >= 10 else { return .train }
    var hash = ContentHash()
    hash.add(paths[index])
    return hash.value % 10 == 0 ? .heldOut : .train
  }

  /// What each picture's header says, or what is wrong with it: with the header, or with the pixels
  /// too if they are decoded, as they will be for that size.
  func headers(
    decoding: Bool, forShorterSide side: Int?
  ) -> [Result<ImageInformation, DatasetError>] {
    concurrentMap(count) { index in
      Result { () throws(DatasetError) in
        let header = try reading { () throws(ImageError) in
          try ImageInformation(contentsOf: "\(root)/\(paths[index])")
        }
        if decoding { _ = try image(index, forShorterSide: side) }
        return header
      }
    }
  }
}
