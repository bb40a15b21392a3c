import Images

/// Images of one size with random access, their labels and what the labels mean.
///
/// A sample is [height, width, channels] of 8 bits. The same name, options and files give the same
/// samples in the same order on every machine.
public struct ImageDataset: Sendable {
  /// What the set was asked for by: a name, or a path.
  public let name: String
  /// How many images there are: at least one.
  public let count: Int
  /// How many pixels a row has.
  public let width: Int
  /// How many rows there are.
  public let height: Int
  /// 1 (grey), 3 (red, green, blue) or 4 (and alpha).
  public let channels: Int
  /// The class of each image, an index of `classNames`; all zeros where there are no classes.
  public let labels: [Int32]
  /// What the labels mean; empty where there are no classes.
  public let classNames: [String]
  /// Files that were left out because they cannot be read.
  public let skipped: [BrokenFile]
  /// How many files of a folder, those held out among them, have smaller images than these are.
  public let enlarged: Int
  /// A fingerprint of all samples and labels, as a run's record keeps it.
  public let contentHash: UInt64
  /// The part that is held out from this one, or what is wrong with it: one element, since a structure
  /// cannot hold itself; none where this is that part.
  var heldOutPart: [Result<ImageDataset, DatasetError>] = []

  private enum Storage {
    case memory(PackedImages)
    case source(any ImageSource, Fitting)
  }
  private let storage: Storage

  /// What to say where the folders look like parts of a data set, such as train and test; nil elsewhere.
  public var hint: String? { SplitFolders.hint(classNames, in: name) }

  /// The part that is held out from this one, which was opened with it.
  /// - Throws: ``DatasetError`` where there is none, or it is damaged.
  public func heldOut() throws(DatasetError) -> ImageDataset {
    guard let part = heldOutPart.first else { throw Self.nothingLeft(name, .heldOut) }
    return try part.get()
  }

  /// The fingerprint of the part that is held out from this one, where there is such a part.
  public var heldOutHash: UInt64? { (try? heldOut())?.contentHash }

  /// The samples of an image.
  public var sampleSize: Int { width * height * channels }

  /// Whether all samples are in memory.
  var isInMemory: Bool { if case .memory = storage { true } else { false } }

  /// Writes an image's samples.
  ///
  /// - Throws: ``DatasetError`` if the image is not in memory and its file is no longer what it was.
  public func copySample(
    _ index: Int, to destination: UnsafeMutablePointer<UInt8>
  ) throws(DatasetError) {
    switch storage {
    case .memory(let images):
      images.copy(index, to: destination)
    case .source(let source, let fitting):
      precondition(index >= 0 && index < count, "image \(index) of \(count)")
      let image = try source.image(index, forShorterSide: fitting.shorterSide)
      fitting.write(image, to: destination)
    }
  }

  /// An image.
  ///
  /// - Throws: ``DatasetError`` if the image is not in memory and its file is no longer what it was.
  public func image(_ index: Int) throws(DatasetError) -> Image {
    var pixels = [UInt8](repeating: 0, count: sampleSize)
    try pixels.withUnsafeMutableBufferPointer { buffer throws(DatasetError) in
      if let base = buffer.baseAddress { try copySample(index, to: base) }
    }
    return Image(width: width, height: height, channels: channels, pixels: pixels)
  }

  /// The part of a set whose images are stored and have been decoded.
  ///
  /// - Parameters:
  ///   - labels: those of all images of the source.
  ///   - skipped: the files that were left out, whichever part they belong to.
  ///   - enlarged: how many files have smaller images, whichever part they belong to.
  init(
    name: String, _ split: Split, stored source: some ImageSource, _ decoded: Decoded,
    labels: [Int32], classNames: [String], fitting: Fitting, skipped: [BrokenFile] = [],
    enlarged: Int = 0
  ) throws(DatasetError) {
    guard !decoded.kept.isEmpty else { throw Self.nothingLeft(name, split) }
    self.init(
      name: name, count: decoded.kept.count, fitting: fitting,
      labels: decoded.kept.map { labels[$0] }, classNames: classNames, skipped: skipped,
      enlarged: enlarged, samplesHash: decoded.hash,
      storage: decoded.pixels.map { .memory($0) }
        ?? .source(Subset(source: source, indices: decoded.kept), fitting))
  }

  /// A set that is drawn when it is asked for.
  init(
    name: String, drawn source: some ImageSource, labels: [Int32], classNames: [String],
    fitting: Fitting, samplesHash: UInt64, heldOut: ImageDataset?
  ) {
    self.init(
      name: name, count: source.count, fitting: fitting, labels: labels, classNames: classNames,
      skipped: [], enlarged: 0, samplesHash: samplesHash, storage: .source(source, fitting))
    heldOutPart = heldOut.map { [.success($0)] } ?? []
  }

  private init(
    name: String, count: Int, fitting: Fitting, labels: [Int32], classNames: [String],
    skipped: [BrokenFile], enlarged: Int, samplesHash: UInt64, storage: Storage
  ) {
    self.name = name
    self.count = count
    (width, height, channels) = (fitting.width, fitting.height, fitting.channels)
    self.labels = labels
    self.classNames = classNames
    self.skipped = skipped
    self.enlarged = enlarged
    self.storage = storage
    contentHash = Self.hash(samples: samplesHash, labels, fitting)
  }

  /// A fingerprint of images, given that of their samples.
  private static func hash(samples: UInt64, _ labels: [Int32], _ fitting: Fitting) -> UInt64 {
    var hash = ContentHash()
    for number in [labels.count, fitting.width, fitting.height, fitting.channels] {
      hash.add(number)
    }
    hash.add(samples)
    labels.withUnsafeBytes { hash.add($0) }
    return hash.value
  }

  /// Throws the list of files that cannot be read, if there are any.
  static func refuse(
    _ broken: [BrokenFile], of count: Int, in name: String
  ) throws(DatasetError) {
    guard !broken.isEmpty else { return }
    let listed = broken.prefix(10).map { "\n  \($0)" }.joined()
    let more = broken.count > 10 ? "\n  and \(broken.count - 10) more" : ""
    throw DatasetError(
      .damaged, name,
      "\(broken.count) of \(count) images cannot be read; mend or remove them, or go on without "
        + "them by --skip-broken\(listed)\(more)", brokenFiles: broken)
  }

  static func nothingLeft(_ name: String, _ split: Split) -> DatasetError {
    DatasetError(
      .damaged, name,
      split == .train ? "no images to learn from" : "too few images to hold any out")
  }
}

/// Some of a source's images.
private struct Subset: ImageSource {
  let source: any ImageSource
  let indices: [Int]

  var count: Int { indices.count }

  func image(_ index: Int, forShorterSide side: Int?) throws(DatasetError) -> Image {
    try source.image(indices[index], forShorterSide: side)
  }
}
