import Files
import Images

/// The images in a folder and all folders below it.
///
/// Images are files named `.png`, `.jpg`, `.jpeg` or `.webp` in any case. The class of an image is
/// the first-level folder that it is in, `.` for those beside such folders.
struct ImageFolder: ImageSource {
  let root: String
  /// By which rules images are read.
  let reading: ImageReading
  /// Paths within the root, in the order of their bytes.
  let paths: [BytePath]
  /// What is named like an image and is none, or may hold some, as a look at the file system tells.
  let broken: [BrokenFile]
  /// How many files are not named like images.
  let otherFiles: Int
  /// Those among them whose format is known, though it is not read.
  let otherFormats: [UnreadFormat]

  var count: Int { paths.count }

  /// Where an image is.
  private func place(of index: Int) -> BytePath { BytePath(root).appending(paths[index]) }

  func image(_ index: Int, forShorterSide side: Int?) throws(DatasetError) -> Image {
    try naming { () throws(ImageError) in
      try Image(contentsOf: place(of: index), forShorterSide: side, reading: reading)
    }
  }

  /// An image at its own size, and what its decoder warned of.
  func decoded(_ index: Int) throws(DatasetError) -> DecodedImage {
    try naming { () throws(ImageError) in try DecodedImage(contentsOf: place(of: index)) }
  }

  /// Lists a folder; nothing is read yet.
  init(_ root: String, reading: ImageReading = .current) throws(DatasetError) {
    let listing = try FolderListing(root) { path in
      ImageFormat(extensionOf: path).map(reading.formats.contains) ?? false
    }
    (self.root, self.reading) = (root, reading)
    paths = listing.paths
    broken = (listing.broken + listing.unknown).map { BrokenFile($0) }
    otherFiles = listing.otherFiles
    otherFormats = UnreadFormat.found(listing.otherEndings)
  }

  /// What is wrong with a folder of no images.
  /// - Parameter name: What the folder is called.
  func withoutImages(_ name: String) -> DatasetError {
    DatasetError(
      .damaged, name,
      "no image (.png, .jpg, .jpeg, .webp) in this folder\(UnreadFormat.addition(otherFormats))")
  }

  /// Some of the images.
  private init(root: String, paths: [BytePath], reading: ImageReading) {
    (self.root, self.paths, self.reading) = (root, paths, reading)
    (broken, otherFiles, otherFormats) = ([], 0, [])
  }

  func subset(_ indices: [Int]) -> ImageFolder {
    ImageFolder(root: root, paths: indices.map { paths[$0] }, reading: reading)
  }

  /// The classes in the order of their folders' bytes, each by its escaped name, and that of each
  /// image; no names where no image is in a folder below the root.
  func classes() -> (names: [String], labels: [Int32]) {
    let classOf = paths.map { path in
      let components = path.components
      return components.count > 1 ? components[0] : "."
    }
    let names = Set(classOf).sorted()
    if names == ["."] { return ([], classOf.map { _ in 0 }) }
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    return (names.map(\.escaped), classOf.map { numbers[$0] ?? 0 })
  }

  /// Which side an image is on, as ``ImageDataset/Split`` says.
  func split(of index: Int) -> ImageDataset.Split {
    guard count >= 10 else { return .train }
    var hash = ContentHash()
    paths[index].bytes.withUnsafeBytes { hash.add($0) }
    return hash.value % 10 == 0 ? .heldOut : .train
  }

  /// What each image's header says, or what is wrong with it.
  func headers() -> [Result<ImageInformation, DatasetError>] {
    concurrentMap(count) { index in
      Result { () throws(DatasetError) in
        try naming { () throws(ImageError) in
          try ImageInformation(contentsOf: place(of: index), reading: reading)
        }
      }
    }
  }

  /// What is wrong with the pixels of those images, by their numbers.
  func failures(among indices: [Int]) -> [(index: Int, error: DatasetError)] {
    let outcomes = concurrentMap(indices.count) { place in
      Result { () throws(DatasetError) in _ = try image(indices[place], forShorterSide: nil) }
    }
    return zip(indices, outcomes).compactMap { index, outcome in
      if case .failure(let error) = outcome { (index, error) } else { nil }
    }
  }
}
