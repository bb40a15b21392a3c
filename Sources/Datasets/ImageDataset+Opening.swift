import Images

extension ImageDataset {
  /// The data sets that are known by name: all but `shapes`, which is drawn, must be installed.
  public static var names: [String] { DatasetLocation.names }

  /// Opens a data set by its name or by the path of a folder: one of IDX files as MNIST has them, of
  /// CIFAR-10's binary files, or of images with a folder for each class.
  ///
  /// Every image is decoded once here, so that what is broken is known before anything is learned. The
  /// training part has the one that is held out from it, which is decoded with it.
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
      try self.init(name: what, options, standOnBlack: true) { split throws(DatasetError) in
        let idx = try IDXDataset(folder: folder, split: split)
        return (idx.images, idx.labels, IDXDataset.classNames(folder: folder, labels: idx.labels))
      }
    case .cifar10(let folder):
      try self.init(name: what, options, standOnBlack: false) { split throws(DatasetError) in
        let cifar = try CIFAR10(folder: folder, split: split)
        return (cifar.images, cifar.labels, CIFAR10.classNames)
      }
    case .images(let folder):
      try self.init(name: what, folder: ImageFolder(folder, reading: options.reading), options)
    }
  }

  /// That part of a set; the training part with the one that is held out from it.
  private init(
    _ split: Split, part: (Split) throws(DatasetError) -> ImageDataset
  ) throws(DatasetError) {
    self = try part(split)
    if split == .train { heldOutPart = [Result { () throws(DatasetError) in try part(.heldOut) }] }
  }

  /// A set whose parts have files of their own, each with many images.
  private init(
    name: String, _ options: Options, standOnBlack: Bool,
    read: (Split) throws(DatasetError) -> (PackedImages, labels: [Int32], classNames: [String])
  ) throws(DatasetError) {
    try self.init(options.split) { split throws(DatasetError) in
      let (images, labels, classNames) = try read(split)
      let fitting = Fitting(
        width: images.width, height: images.height, channels: images.channels,
        standOnBlack: standOnBlack, options)
      return try ImageDataset(
        name: name, split, stored: images,
        Decoded(images, fitting, keepingUpTo: options.memoryLimit), labels: labels,
        classNames: classNames, fitting: fitting)
    }
  }

  private init(
    name: String, folder: ImageFolder, _ options: Options
  ) throws(DatasetError) {
    guard folder.count + folder.broken.count > 0 else {
      throw folder.withoutImages(name)
    }
    let decoded = try DecodedFolder(folder, name: name, options)
    let (names, labels) = folder.classes()
    try self.init(options.split) { split throws(DatasetError) in
      let (indices, images) = decoded.part(split)
      return try ImageDataset(
        name: name, split, stored: folder.subset(indices), images,
        labels: indices.map { labels[$0] }, classNames: names, fitting: decoded.fitting,
        skipped: decoded.broken, enlarged: decoded.enlarged)
    }
  }
}

/// All images of a folder, decoded once.
private struct DecodedFolder {
  let fitting: Fitting
  /// What cannot be read, by its path.
  let broken: [BrokenFile]
  /// How many are smaller than what they are brought to.
  let enlarged: Int
  private let training, heldOut: (indices: [Int], Decoded)

  /// - Throws: ``DatasetError``: files that cannot be read and are not left out; several sizes.
  init(
    _ folder: ImageFolder, name: String, _ options: ImageDataset.Options
  ) throws(DatasetError) {
    var (broken, sound) = (folder.broken, [(index: Int, header: ImageInformation)]())
    func add(_ failures: [(index: Int, error: DatasetError)]) {
      broken += failures.map {
        BrokenFile(path: folder.paths[$0.index].escaped, reason: $0.error.problem)
      }
      broken = broken.sortedByPath
      let failed = Set(failures.map(\.index))
      sound.removeAll { failed.contains($0.index) }
    }
    func refuseBroken() throws(DatasetError) {
      guard !options.skipBroken else { return }
      try ImageDataset.refuse(broken, of: folder.count + folder.broken.count, in: name)
    }
    var damaged: [(index: Int, error: DatasetError)] = []
    for (index, outcome) in folder.headers().enumerated() {
      switch outcome {
      case .success(let header): sound.append((index, header))
      case .failure(let error): damaged.append((index, error))
      }
    }
    add(damaged)
    // What is broken has no say in the size and the channels. That a file is, its pixels may be the first
    // to tell; then the others are decoded again where it did have a say.
    while true {
      let fitting: Fitting
      do throws(DatasetError) {
        fitting = try Fitting(sound.map(\.header), name: name, options)
      } catch {
        let failures = folder.failures(among: sound.map(\.index))
        add(failures)
        try refuseBroken()
        if failures.isEmpty { throw error }
        continue
      }
      func decoded(_ split: ImageDataset.Split) -> (indices: [Int], Decoded) {
        let indices = sound.map(\.index).filter { folder.split(of: $0) == split }
        let isWanted = options.split == .train || split == options.split
        return (
          indices,
          Decoded(
            folder.subset(indices), fitting, keepingUpTo: isWanted ? options.memoryLimit : 0)
        )
      }
      let parts = (decoded(.train), decoded(.heldOut))
      let failures = [parts.0, parts.1].flatMap { indices, images in
        images.failures.map { (index: indices[$0.index], error: $0.error) }
      }
      add(failures)
      try refuseBroken()
      var isRight = failures.isEmpty
      if !isRight {
        isRight = try Fitting(sound.map(\.header), name: name, options) == fitting
      }
      if isRight {
        (self.fitting, self.broken) = (fitting, broken)
        enlarged = sound.count { min($0.header.width, $0.header.height) < fitting.shorterSide ?? 0 }
        (training, heldOut) = parts
        return
      }
    }
  }

  /// The numbers of a part's images in the folder, and the images.
  func part(_ split: ImageDataset.Split) -> (indices: [Int], Decoded) {
    split == .train ? training : heldOut
  }
}

extension Fitting {
  /// From a size and channels to those that the options ask for.
  init(
    width: Int, height: Int, channels: Int, standOnBlack: Bool, _ options: ImageDataset.Options
  ) {
    let size = options.size(ofImagesWith: [min(width, height)])
    self.channels = options.channels ?? channels
    self.width = size ?? width
    self.height = size ?? height
    scales = size != nil
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
    var options = options
    options.size = options.size(ofImagesWith: headers.map { min($0.width, $0.height) })
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
