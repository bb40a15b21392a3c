import Files
import Runs

/// What a night of the gallery has shown: its `gallery.json`, by which the next one is compared.
public struct GalleryNight: Codable, Equatable, Sendable {
  /// The night.
  public let date: GalleryDate
  /// The program's version.
  public let version: String
  /// The models, in the order of the page.
  public var entries: [Entry]

  private enum CodingKeys: String, CodingKey {
    case date, version
    case entries = "exhibits"
  }

  /// The file in the night's folder.
  static let fileName = "gallery.json"
  /// More than such a file can hold.
  private static let maximumSize = 16 << 20

  /// What one model has generated.
  public struct Entry: Codable, Equatable, Sendable {
    /// The run's name, or the pretrained model's.
    public let name: String
    /// What its folder and its place on the page are called.
    public let folder: String
    /// The kind of its recipe, where that can be read.
    public var kind: String?
    /// Whether it is bundled with the program.
    public let isPretrained: Bool
    /// How many steps the model had learned.
    public var step: Int?
    /// What it has learned from.
    public var data: String?
    /// How it was generated; only what was done alike is compared.
    public var settings = ""
    /// The command that makes the samples again: a line for all images, or one for each text.
    public var command = ""
    /// Its images or texts.
    public var samples: [Sample] = []
    /// Other images: of how the samples came about, or of what lies between some.
    public var animations: [Animation] = []
    /// What was measured.
    public var figures: [Figure] = []
    /// What is to be said of it, in sentences.
    public var notes: [String] = []
    /// What a note begins with that says why there is no `change` though there was a night before.
    static let notCompared = "Not compared"
    /// What became of the samples of the night before.
    public var change: Change?
    /// Why it could not be generated; nil where it was.
    public var failure: String?
    /// When it was generated last, of one that could not be.
    public var lastShown: GalleryDate?

    /// The names that the files of all nights have.
    private enum CodingKeys: String, CodingKey {
      case name, folder, kind, isPretrained, step, data, settings, command
      case samples = "pieces"
      case animations = "films"
      case figures, notes, change, failure, lastShown
    }
  }

  /// An image or a text.
  public struct Sample: Codable, Equatable, Sendable {
    /// Its file in the night's folder.
    public let file: String
    /// A fingerprint of its pixels or characters.
    public let hash: String
    /// An image's class, or what a text begins with.
    public var label: String?

    /// Whether it is a text.
    var isText: Bool { file.hasSuffix(".txt") }
  }

  /// Images that belong together: a still, and one that moves.
  public struct Animation: Codable, Equatable, Sendable {
    /// What it shows.
    public let title: String
    /// What is to be seen, in a sentence.
    public let caption: String
    /// The still's file in the night's folder.
    public let still: String
    /// The still's pixels from left to right.
    public let width: Int
    /// The still's pixels from top to bottom.
    public let height: Int
    /// The file of the one that moves.
    public let moving: String
  }

  /// A measurement.
  public struct Figure: Codable, Equatable, Sendable {
    /// What it is called in files, and by which nights are compared.
    public let name: String
    /// The value.
    public let value: Double
    /// What is said to it.
    public var note: String?

    init(name: String, value: Double, note: String? = nil) {
      (self.name, self.value, self.note) = (name, value, note)
    }

    /// Decodes a figure, by the name that it has now.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      name = Measurement.currentName(of: try container.decode(String.self, forKey: .name))
      value = try container.decode(Double.self, forKey: .value)
      note = try container.decodeIfPresent(String.self, forKey: .note)
    }

    /// What it is called on pages.
    var title: String {
      let words = name.replacing("_", with: " ")
      return words.prefix(1).uppercased() + words.dropFirst()
    }
  }

  /// How samples differ from those of the night before.
  public struct Change: Codable, Equatable, Sendable {
    /// That night.
    public let date: GalleryDate
    /// How many samples are the same.
    public let same: Int
    /// Those that are not: where each stands among the samples, and the copy of the old one.
    public let different: [Difference]
  }

  /// A sample that is not what it was.
  public struct Difference: Codable, Equatable, Sendable {
    /// Its place among the samples.
    public let sample: Int
    /// The file of the old one in the night's folder.
    public let file: String
    /// The old one's fingerprint.
    public let hash: String

    private enum CodingKeys: String, CodingKey {
      case sample = "piece"
      case file, hash
    }
  }

  /// The models that were sampled.
  var shown: [Entry] { entries.filter { $0.failure == nil } }

  /// Those that were before and could not be: each a reason to look.
  public var missed: [Entry] { entries.filter { $0.failure != nil && $0.lastShown != nil } }

  /// Reads the record of a night.
  /// - Throws: `FileError` when it is missing or damaged, or names files elsewhere.
  init(folder: String) throws(FileError) {
    let path = "\(folder)/\(Self.fileName)"
    self = try JSONNode(path: path, limit: Self.maximumSize).decoded(keys: .snakeCase)
    let files = entries.flatMap { entry in
      entry.samples.map(\.file) + (entry.change?.different.map(\.file) ?? [])
    }
    if let file = files.first(where: { !Self.isInside($0) }) {
      throw FileError(.badData, path, "names the file \(file), which is not in its folder")
    }
  }

  /// A record of those.
  init(date: GalleryDate, version: String, entries: [Entry]) {
    (self.date, self.version, self.entries) = (date, version, entries)
  }

  /// The file's content.
  func encoded() throws -> [UInt8] { try JSONText.indented(self, keys: .snakeCase) }

  private static func isInside(_ file: String) -> Bool {
    !file.split(separator: "/", omittingEmptySubsequences: false).contains {
      $0.isEmpty || $0 == ".."
    }
  }
}

extension GalleryNight {
  /// The models of which something is not as it was.
  var changed: [Entry] { shown.filter { $0.change?.different.isEmpty == false } }

  /// The night that this one was compared with.
  var comparedWith: GalleryDate? { entries.compactMap(\.change?.date).first }

  /// What there is to say of it, in a few words each, and how that is marked.
  var summary: [(style: String, words: String)] {
    let fresh = shown.count { $0.change == nil }
    let missing = entries.count { $0.failure != nil }
    let counts = [
      ("plain", shown.count, shown.count == 1 ? "model" : "models"),
      ("same", shown.count - fresh - changed.count, "as before"),
      ("other", changed.count, changed.count == 1 ? "differs" : "differ"),
      ("new", fresh, "new"), ("bad", missing, "not shown"),
    ]
    return counts.filter { $0.1 > 0 }.map { ($0.0, "\($0.1) \($0.2)") }
  }

  /// How high the cover is, in pixels.
  var coverHeight: Int {
    let images = shown.flatMap(\.samples).count { !$0.isText }
    return GalleryCover.rows(of: images) * GalleryCover.side
  }
}
