import Images

extension ImageDataset {
  /// The data sets that are known by name: all but `shapes`, which is drawn, must be installed.
  public static var names: [String] { DatasetLocation.names }

  /// Opens a data set by its name or by the path of a folder: one of IDX files as MNIST has them, of
  /// CIFAR-10's binary files, or of pictures with a folder for each class.
  ///
  /// Every picture is decoded once here, so that what is broken is known before anything is learned.
  ///
  /// - Throws: ``DatasetError``: of the kind `missing` if nothing is there, with the package that
  ///   brings it; `damaged` if something is that cannot be used, with the files' names.
  public init(_ what: String, _ options: Options = Options()) throws(DatasetError) {
    precondition(
      options.size.map { $0 > 0 } ?? true
        && options.channels.map { [1, 3, 4].contains($0) } ?? true,
      "pictures of size \(options.size ?? 0) and \(options.channels ?? 0) channels")
    switch try DatasetLocation(what) {
    case .shapes:
      self.init(shapes: what, options)
    case .idx(let folder):
      let idx = try IDXDataset(folder: folder, split: options.split)
      try self.init(
        name: what, packed: idx.images, labels: idx.labels,
        classNames: IDXDataset.classNames(folder: folder, labels: idx.labels),
        standOnBlack: true, options)
    case .cifar10(let folder):
      let cifar = try CIFAR10(folder: folder, split: options.split)
      try self.init(
        name: what, packed: cifar.images, labels: cifar.labels, classNames: CIFAR10.classNames,
        standOnBlack: false, options)
    case .images(let folder):
      try self.init(name: what, folder: ImageFolder(folder), options)
    }
  }

  private init(
    name: String, packed: PackedImages, labels: [Int32], classNames: [String], standOnBlack: Bool,
    _ options: Options
  ) throws(DatasetError) {
    let fitting = Fitting(
      width: packed.width, height: packed.height, channels: packed.channels,
      standOnBlack: standOnBlack, options)
    try self.init(
      name: name, stored: packed, labels: labels, classNames: classNames, fitting: fitting,
      options: options, nameOf: { "picture \($0)" })
  }

  private init(
    name: String, folder: ImageFolder, _ options: Options
  ) throws(DatasetError) {
    guard folder.count + folder.broken.count > 0 else {
      throw DatasetError(.damaged, name, "no picture (.png, .jpg, .jpeg) in this folder")
    }
    var broken = folder.broken
    var (sound, widths, heights, channels) = ([Int](), Set<Int>(), Set<Int>(), 1)
    for (index, header) in folder.headers().enumerated() {
      switch header {
      case .success(let header):
        sound.append(index)
        widths.insert(header.width)
        heights.insert(header.height)
        channels = max(channels, header.channels)
      case .failure(let error):
        broken.append(BrokenFile(path: folder.paths[index], reason: error.problem))
      }
    }
    guard let width = widths.first, let height = heights.first else {
      try Self.refuse(broken, of: broken.count, in: name)
      throw Self.nothingLeft(name, options.split)
    }
    guard options.size != nil || (widths.count == 1 && heights.count == 1) else {
      throw DatasetError(
        .damaged, name,
        "pictures of several sizes, \(widths.min() ?? 0) to \(widths.max() ?? 0) wide and "
          + "\(heights.min() ?? 0) to \(heights.max() ?? 0) high; say which size to bring them to")
    }
    let fitting = Fitting(
      width: width, height: height, channels: channels, standOnBlack: false, options)
    let labels = folder.classes().labels
    let wanted = sound.filter { folder.split(of: $0) == options.split }
    let others = folder.subset(sound.filter { folder.split(of: $0) != options.split })
    // All broken files are named, whichever side they are on.
    for failure in Decoded(others, fitting, keepingUpTo: 0).failures {
      broken.append(BrokenFile(path: others.paths[failure.index], reason: failure.error.problem))
    }
    try self.init(
      name: name, stored: folder.subset(wanted), labels: wanted.map { labels[$0] },
      classNames: folder.classes().names, fitting: fitting, options: options,
      alreadyBroken: broken, outOf: folder.count + folder.broken.count,
      nameOf: { folder.paths[wanted[$0]] })
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
}
