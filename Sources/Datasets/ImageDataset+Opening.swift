import Images

extension ImageDataset {
  /// The data sets that are known by name: all but `shapes`, which is drawn, must be installed.
  public static var names: [String] { DatasetLocation.names }

  /// Opens a data set by its name or by the path of a folder: one of IDX files as MNIST has them, of
  /// CIFAR-10's binary files, or of images with a folder for each class.
  ///
  /// Every image is decoded once here, so that what is broken is known before anything is learned.
  ///
  /// - Throws: ``DatasetError``: of the kind `missing` if nothing is there, with the package that
  ///   brings it; `damaged` if something is that cannot be used, with the files' names.
  public init(_ what: String, _ options: Options = Options()) throws(DatasetError) {
    precondition(
      options.size.map { $0 > 0 } ?? true
        && options.channels.map { [1, 3, 4].contains($0) } ?? true,
      "images of size \(options.size ?? 0) and \(options.channels ?? 0) channels")
    switch try DatasetLocation(what) {
    case .shapes:
      self.init(shapes: what, options)
    case .idx(let folder):
      let idx = try IDXDataset(folder: folder, split: options.split)
      try self.init(
        name: what, packed: idx.images, labels: idx.labels,
        classNames: IDXDataset.classNames(folder: folder, labels: idx.labels),
        standOnBlack: true, options
      ) { () throws(DatasetError) in
        let heldOut = try IDXDataset(folder: folder, split: .heldOut)
        return (heldOut.images, heldOut.labels)
      }
    case .cifar10(let folder):
      let cifar = try CIFAR10(folder: folder, split: options.split)
      try self.init(
        name: what, packed: cifar.images, labels: cifar.labels, classNames: CIFAR10.classNames,
        standOnBlack: false, options
      ) { () throws(DatasetError) in
        let heldOut = try CIFAR10(folder: folder, split: .heldOut)
        return (heldOut.images, heldOut.labels)
      }
    case .images(let folder):
      try self.init(name: what, folder: ImageFolder(folder, reading: options.reading), options)
    }
  }

  private init(
    name: String, packed: PackedImages, labels: [Int32], classNames: [String], standOnBlack: Bool,
    _ options: Options, heldOut: () throws(DatasetError) -> (PackedImages, [Int32])
  ) throws(DatasetError) {
    func fitting(_ packed: PackedImages) -> Fitting {
      Fitting(
        width: packed.width, height: packed.height, channels: packed.channels,
        standOnBlack: standOnBlack, options)
    }
    var heldOutHash: UInt64?
    // A test set that is not there, or is damaged, is no concern of what learns without it.
    if options.split == .train, let (images, labels) = try? heldOut() {
      let fitting = fitting(images)
      heldOutHash = Self.hash(of: Decoded(images, fitting, keepingUpTo: 0), labels, fitting)
    }
    try self.init(
      name: name, stored: packed, labels: labels, classNames: classNames, fitting: fitting(packed),
      options: options, nameOf: { "image \($0)" }, heldOutHash: heldOutHash)
  }

  private init(
    name: String, folder: ImageFolder, _ options: Options
  ) throws(DatasetError) {
    let total = folder.count + folder.broken.count
    guard total > 0 else {
      throw DatasetError(.damaged, name, "no image (.png, .jpg, .jpeg) in this folder")
    }
    // A broken file must have no say in the sizes and channels. Where one is refused anyway, headers
    // are enough for those; where it is left out, all pixels are decoded once more.
    let decodesFirst = options.skipBroken || options.size == nil
    var (broken, sound, headers) = (folder.broken, [Int](), [ImageInformation]())
    let outcomes = folder.headers(decoding: decodesFirst, forShorterSide: options.size)
    for (index, outcome) in outcomes.enumerated() {
      switch outcome {
      case .success(let header):
        sound.append(index)
        headers.append(header)
      case .failure(let error):
        broken.append(BrokenFile(path: folder.paths[index].escaped, reason: error.problem))
      }
    }
    if decodesFirst && !options.skipBroken {
      try Self.refuse(broken.sortedByPath, of: total, in: name)
    }
    let fitting = try Fitting(headers, name: name, options)
    let labels = folder.classes().labels
    let wanted = sound.filter { folder.split(of: $0) == options.split }
    var heldOutHash: UInt64?
    if !decodesFirst || options.split == .train {
      let indices = sound.filter { folder.split(of: $0) != options.split }
      let others = folder.subset(indices)
      let decoded = Decoded(others, fitting, keepingUpTo: 0)
      // All broken files are named, whichever side they are on.
      for failure in decoded.failures {
        broken.append(
          BrokenFile(path: others.paths[failure.index].escaped, reason: failure.error.problem))
      }
      if options.split == .train {
        heldOutHash = Self.hash(of: decoded, indices.map { labels[$0] }, fitting)
      }
    }
    try self.init(
      name: name, stored: folder.subset(wanted), labels: wanted.map { labels[$0] },
      classNames: folder.classes().names, fitting: fitting, options: options,
      alreadyBroken: broken, outOf: total, nameOf: { folder.paths[wanted[$0]].escaped },
      heldOutHash: heldOutHash)
  }
}

extension Fitting {
  /// From a size and channels to those that the options ask for.
  init(
    width: Int, height: Int, channels: Int, standOnBlack: Bool, _ options: ImageDataset.Options
  ) {
    self.channels = options.channels ?? channels
    self.width = options.size ?? width
    self.height = options.size ?? height
    scales = options.size != nil
    pads =
      switch options.fit {
      case .pad: true
      case .cover: false
      case .automatic:
        standOnBlack && 4 * min(width, height) >= 3 * min(self.width, self.height)
      }
  }

  /// From the sizes and channels of a folder's images; of none, if none can be read.
  fileprivate init(
    _ headers: [ImageInformation], name: String, _ options: ImageDataset.Options
  ) throws(DatasetError) {
    let (widths, heights) = (headers.map(\.width), headers.map(\.height))
    let (width, height) = (widths.max() ?? 1, heights.max() ?? 1)
    let isOneSize = widths.min() ?? 1 == width && heights.min() ?? 1 == height
    guard options.size != nil || isOneSize else {
      throw DatasetError(
        .severalSizes, name,
        "images of different sizes, \(widths.min() ?? 0) to \(width) wide and "
          + "\(heights.min() ?? 0) to \(height) high; say which size to bring them to")
    }
    self.init(
      width: width, height: height, channels: headers.map(\.channels).max() ?? 1,
      standOnBlack: false, options)
  }
}
