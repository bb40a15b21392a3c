import Files
import Images

/// What a data set holds, and what is wrong with it.
public struct DatasetCheck: Equatable, Sendable, Codable {
  /// A class and how many images it has.
  public struct ClassCount: Equatable, Sendable, Codable {
    /// What the class is called.
    public let name: String
    /// How many images are in it, those held out among them.
    public let count: Int
  }

  /// An image that another shows, too.
  public struct Duplicate: Equatable, Sendable, Codable {
    /// The image.
    public let image: String
    /// The first that shows the same.
    public let original: String
  }

  /// What was asked for: a name, or a path.
  public let name: String
  /// How the set is stored: `IDX`, `CIFAR-10`, `images` or `drawn`.
  public let format: String
  /// How many images can be read.
  public let count: Int
  /// How many of them are held out from training.
  public let heldOut: Int
  /// The least and the most pixels of a row.
  public let widths: [Int]
  /// The least and the most rows.
  public let heights: [Int]
  /// How many images have 1, 3 or 4 channels.
  public let countByChannels: [Int: Int]
  /// The classes; empty where there are none.
  public let classes: [ClassCount]
  /// The images whose pixels are those of an earlier one.
  public let duplicates: [Duplicate]
  /// The images that are nearly an earlier one, such as a photo that was saved again or scaled.
  public let nearDuplicates: [Duplicate]
  /// The files that cannot be read.
  public let unreadable: [BrokenFile]
  /// The files that are read, though their decoder warned of something that has lost no pixel.
  public let readWithWarnings: [BrokenFile]
  /// How many files are not named like images.
  public let otherFiles: Int
  /// Those among them whose format is known, though it is not read.
  public let otherFormats: [UnreadFormat]
  /// How many images are enlarged to be learned from at a size.
  public let enlarged: [Enlarged]
  /// How much of an image is cut off to make it a square.
  public let cropped: Cropped
  /// What to do about too few images, or where the folders look like parts of a data set, such as train and test.
  public let hints: [String]

  /// How many images are smaller than a size that recipes have.
  public struct Enlarged: Equatable, Sendable, Codable {
    /// Pixels of a square's side.
    public let side: Int
    /// How many images have a side that is shorter.
    public let count: Int
  }

  /// Parts of an image, from 0 to 1.
  public struct Cropped: Equatable, Sendable, Codable {
    /// On average.
    public let mean: Double
    /// Of the image of which it is most.
    public let most: Double
  }

  private enum CodingKeys: String, CodingKey {
    case name, format, count, widths, heights, classes, duplicates, unreadable, enlarged, cropped
    case hints
    case nearDuplicates = "near_duplicates"
    case heldOut = "held_out"
    case countByChannels = "count_by_channels"
    case readWithWarnings = "read_with_warnings"
    case otherFiles = "other_files"
    case otherFormats = "other_formats"
  }

  /// The sizes of the recipes for photos and for all else.
  private static let sides = [32, 64]

  /// The channels that training uses: the most that an image has.
  public var channels: Int { countByChannels.keys.max() ?? 0 }

  /// Reads every image of a data set, both those to learn from and those held out.
  ///
  /// - Throws: ``DatasetError`` of the kind `missing` if nothing is there, and `damaged` if no file of it is an image,
  ///   as its name says. What cannot be read is in the report.
  public init(_ what: String) throws(DatasetError) {
    let findings: Findings
    switch try DatasetLocation(what) {
    case .shapes:
      findings = Findings(shapes: ImageDataset.Options())
      format = "drawn"
    case .idx(let folder):
      findings = Findings(idx: folder)
      format = "IDX"
    case .cifar10(let folder):
      findings = Findings(cifar10: folder)
      format = "CIFAR-10"
    case .images(let path):
      let folder = try ImageFolder(path)
      guard folder.count + folder.broken.count > 0 else { throw folder.withoutImages(path) }
      findings = Findings(folder: folder)
      format = "images"
    }
    name = what
    let images = findings.images
    count = images.count
    heldOut = images.count { $0.isHeldOut }
    let (widths, heights) = (images.map(\.width), images.map(\.height))
    self.widths = [widths.min() ?? 0, widths.max() ?? 0]
    self.heights = [heights.min() ?? 0, heights.max() ?? 0]
    countByChannels = Dictionary(images.map { ($0.channels, 1) }, uniquingKeysWith: +)
    let countByLabel = Dictionary(images.map { ($0.label, 1) }, uniquingKeysWith: +)
    classes = findings.classNames.enumerated().map { label, name in
      ClassCount(name: name, count: countByLabel[Int32(label)] ?? 0)
    }
    (duplicates, nearDuplicates) = Self.duplicates(images)
    unreadable = findings.unreadable
    readWithWarnings = findings.warned
    (otherFiles, otherFormats) = (findings.otherFiles, findings.otherFormats)
    enlarged = Self.sides.map { side in
      Enlarged(side: side, count: images.count { min($0.width, $0.height) < side })
    }
    let cut = images.map { image in
      1 - Double(min(image.width, image.height)) / Double(max(image.width, image.height, 1))
    }
    cropped = Cropped(
      mean: cut.reduce(0, +) / Double(max(1, cut.count)), most: cut.max() ?? 0)
    hints =
      Self.hints(count: images.count - heldOut, classes)
      + (SplitFolders.hint(findings.classNames, in: what).map { [$0] } ?? [])
  }

  /// The images that are the same as others, and those among the rest that are nearly so.
  private static func duplicates(_ images: [Findings.Found]) -> (
    same: [Duplicate], near: [Duplicate]
  ) {
    var firstWith: [UInt64: String] = [:]
    var (same, different): ([Duplicate], [Findings.Found]) = ([], [])
    for image in images {
      if let original = firstWith[image.hash] {
        same.append(Duplicate(image: image.name, original: original))
      } else {
        firstWith[image.hash] = image.name
        different.append(image)
      }
    }
    let originals = Thumbnail.originals(of: different.map(\.thumbnail))
    let near = zip(different, originals).compactMap { image, original in
      original.map { Duplicate(image: image.name, original: different[$0].name) }
    }
    return (same, near)
  }

  /// What is said of few images.
  private static func hints(count: Int, _ classes: [ClassCount]) -> [String] {
    var hints: [String] = []
    if count > 0 && count < ImageDataset.tooFew {
      hints.append(
        "\(count) images to learn from are too few for a GAN or a diffusion: \(ImageDataset.tooFew) at least, "
          + "better \(ImageDataset.few)")
    } else if count > 0 && count < ImageDataset.few {
      hints.append(
        "\(count) images to learn from are few: generated ones may be copies, and gen explain --nearest "
          + "compares them; \(ImageDataset.few) or more would be better")
    }
    let counts = classes.map(\.count).sorted()
    let usual = counts.isEmpty ? 0 : counts[counts.count / 2]
    let rare = classes.filter { $0.count > 0 && ($0.count < 10 || 10 * $0.count < usual) }
    if !rare.isEmpty && rare.count < classes.count {
      let names = rare.prefix(5).map { "\($0.name) (\($0.count))" }.joined(separator: ", ")
      hints.append(
        "classes with few images, of which a model learns little: \(names)"
          + (rare.count > 5 ? " and \(rare.count - 5) more" : ""))
    }
    return hints
  }
}

extension ImageDataset {
  /// With fewer images a generator soon overfits.
  package static let few = 1000
  /// With fewer images it does so, whatever is done about it.
  static let tooFew = 100
}

extension DatasetCheck: CustomStringConvertible {
  /// The report on a few lines.
  public var description: String {
    func range(_ bounds: [Int]) -> String {
      bounds[0] == bounds[1] ? "\(bounds[0])" : "\(bounds[0]) to \(bounds[1])"
    }
    func list<Item: CustomStringConvertible>(_ items: [Item]) -> String {
      items.prefix(10).map { "\n  \($0)" }.joined()
        + (items.count > 10 ? "\n  and \(items.count - 10) more" : "")
    }
    let byChannels = countByChannels.sorted { $0.key < $1.key }
      .map { countByChannels.count == 1 ? "\($0.key)" : "\($0.key) (\($0.value) images)" }
    func percent(_ part: Double) -> String { "\(Int((100 * part).rounded())) %" }
    func all(_ files: [BrokenFile]) -> String {
      "\(files.count)" + files.map { "\n  \($0)" }.joined()
    }
    var lines = [
      "\(oneLine(name)): \(count) images (\(format)), of which \(heldOut) are held out",
      "size: \(range(widths)) wide, \(range(heights)) high",
      "channels: \(byChannels.joined(separator: ", "))",
      "classes: "
        + (classes.isEmpty
          ? "none" : "\(classes.count)" + list(classes.map { "\($0.name): \($0.count)" })),
      "duplicates: "
        + (duplicates.isEmpty
          ? "none"
          : "\(duplicates.count)" + list(duplicates.map { "\($0.image) is \($0.original)" })),
      "near duplicates: "
        + (nearDuplicates.isEmpty
          ? "none"
          : "\(nearDuplicates.count)"
            + list(nearDuplicates.map { "\($0.image) is nearly \($0.original)" })),
      "unreadable: " + (unreadable.isEmpty ? "none" : all(unreadable)),
    ]
    if !readWithWarnings.isEmpty { lines.append("read with warnings: \(all(readWithWarnings))") }
    if otherFiles > 0 {
      lines.append("other files: \(otherFiles)" + otherFormats.map { "\n  \($0)" }.joined())
    }
    if count > 0 && format == "images" {
      lines.append(
        "enlarged: "
          + enlarged.map { "\($0.count == 0 ? "none" : "\($0.count)") at \($0.side) pixels" }
          .joined(separator: ", "))
      lines.append(
        "cropped to squares: "
          + (cropped.most == 0
            ? "none"
            : "\(percent(cropped.mean)) of an image on average, \(percent(cropped.most)) at most"))
    }
    lines += hints.map { "hint: \($0)" }
    return lines.joined(separator: "\n")
  }
}
