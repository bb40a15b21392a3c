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

  /// An image whose pixels another has too.
  public struct Duplicate: Equatable, Sendable, Codable {
    /// The image.
    public let image: String
    /// The first that has the same pixels.
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
  /// The files that cannot be read.
  public let unreadable: [BrokenFile]
  /// The files that are read, though their decoder warned of something that has lost no pixel.
  public let readWithWarnings: [BrokenFile]
  /// How many files are not named like images.
  public let otherFiles: Int
  /// What to say where the folders look like parts of a data set, such as train and test.
  public let hint: String?

  /// The channels that training uses: the most that an image has.
  public var channels: Int { countByChannels.keys.max() ?? 0 }

  /// Reads every image of a data set, both those to learn from and those held out.
  ///
  /// - Throws: ``DatasetError`` of the kind `missing` if nothing is there. What cannot be read is in
  ///   the report.
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
    var firstWith: [UInt64: String] = [:]
    var duplicates: [Duplicate] = []
    for image in images {
      if let original = firstWith[image.hash] {
        duplicates.append(Duplicate(image: image.name, original: original))
      } else {
        firstWith[image.hash] = image.name
      }
    }
    self.duplicates = duplicates
    unreadable = findings.unreadable
    readWithWarnings = findings.warned
    otherFiles = findings.otherFiles
    hint = SplitFolders.hint(findings.classNames, in: what)
  }
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
      "unreadable: " + (unreadable.isEmpty ? "none" : all(unreadable)),
    ]
    if !readWithWarnings.isEmpty { lines.append("read with warnings: \(all(readWithWarnings))") }
    if otherFiles > 0 { lines.append("other files: \(otherFiles)") }
    if let hint { lines.append("hint: \(hint)") }
    return lines.joined(separator: "\n")
  }
}
