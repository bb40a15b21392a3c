import Images

/// What a look at every image of a data set brought.
struct Findings {
  /// An image without its pixels.
  struct Found {
    let name: String
    let width, height, channels: Int
    let label: Int32
    let isHeldOut: Bool
    /// A fingerprint of the size and the pixels.
    let hash: UInt64
    let thumbnail: Thumbnail

    init(_ name: String, _ image: Image, label: Int32, isHeldOut: Bool) {
      self.name = name
      (width, height, channels) = (image.width, image.height, image.channels)
      self.label = label
      self.isHeldOut = isHeldOut
      var hash = ContentHash()
      for number in [width, height, channels] { hash.add(number) }
      image.pixels.withUnsafeBytes { hash.add($0) }
      self.hash = hash.value
      thumbnail = Thumbnail(image)
    }
  }

  private(set) var images: [Found] = []
  private(set) var classNames: [String] = []
  private(set) var unreadable: [BrokenFile] = []
  /// The images whose decoder warned of something that has lost no pixel, and of what.
  private(set) var warned: [BrokenFile] = []
  private(set) var otherFiles = 0
  private(set) var otherFormats: [UnreadFormat] = []

  init(folder: ImageFolder) {
    let (names, labels) = folder.classes()
    classNames = names
    unreadable = folder.broken
    (otherFiles, otherFormats) = (folder.otherFiles, folder.otherFormats)
    let outcomes = concurrentMap(folder.count) { index in
      Result { () throws(DatasetError) in
        let decoded = try folder.decoded(index)
        let image = Found(
          folder.paths[index].escaped, decoded.image, label: labels[index],
          isHeldOut: folder.split(of: index) == .heldOut)
        return (image, decoded.warnings)
      }
    }
    for (path, outcome) in zip(folder.paths, outcomes) {
      switch outcome {
      case .success((let image, let warnings)):
        images.append(image)
        if let warnings { warned.append(BrokenFile(path: path.escaped, reason: warnings)) }
      case .failure(let error):
        unreadable.append(BrokenFile(path: path.escaped, reason: error.problem))
      }
    }
    unreadable = unreadable.sortedByPath
  }

  init(idx folder: String) {
    var highest: Int32 = 0
    for split in ImageDataset.Split.allCases
    where split == .train || (try? IDXDataset.imagesPath(in: folder, split)) != .some(nil) {
      add { () throws(DatasetError) in
        let idx = try IDXDataset(folder: folder, split: split)
        highest = max(highest, idx.labels.max() ?? 0)
        return (split, idx.images, idx.labels)
      }
    }
    classNames = IDXDataset.classNames(folder: folder, labels: [highest])
  }

  init(cifar10 folder: String) {
    for split in ImageDataset.Split.allCases
    where split == .train || (try? CIFAR10.paths(in: folder, split)) != [] {
      add { () throws(DatasetError) in
        let cifar = try CIFAR10(folder: folder, split: split)
        return (split, cifar.images, cifar.labels)
      }
    }
    classNames = CIFAR10.classNames
  }

  init(shapes options: ImageDataset.Options) {
    for split in ImageDataset.Split.allCases {
      let shapes = Shapes(seed: options.seed, split: split, side: options.size ?? 32)
      add(split, shapes, (0..<shapes.count).map { Int32(Shapes.shape($0).rawValue) }) {
        shapes.image($0, forShorterSide: nil)
      }
    }
    classNames = Shapes.classNames
  }

  private mutating func add(
    _ read: () throws(DatasetError) -> (ImageDataset.Split, PackedImages, [Int32])
  ) {
    do throws(DatasetError) {
      let (split, images, labels) = try read()
      add(split, images, labels) { images.image($0, forShorterSide: nil) }
    } catch {
      unreadable.append(BrokenFile(path: error.name, reason: error.problem))
    }
  }

  private mutating func add(
    _ split: ImageDataset.Split, _ source: some ImageSource, _ labels: [Int32],
    _ image: (Int) -> Image
  ) {
    let prefix = split == .train ? "training" : "held-out"
    images += concurrentMap(source.count) { index in
      Found(
        "\(prefix) image \(index)", image(index), label: labels[index],
        isHeldOut: split == .heldOut)
    }
  }
}
