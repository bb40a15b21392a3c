import Files

/// What a night of the gallery has shown: its `gallery.json`, by which the next one is compared.
public struct GalleryNight: Codable, Equatable, Sendable {
  /// The night.
  public let date: GalleryDate
  /// The program's version.
  public let version: String
  /// The models, in the order of the page.
  public var exhibits: [Exhibit]

  /// The file in the night's folder.
  static let fileName = "gallery.json"
  /// More than such a file can hold.
  private static let maximumSize = 16 << 20

  /// What one model has drawn or written.
  public struct Exhibit: Codable, Equatable, Sendable {
    /// The run's name, or the pretrained model's.
    public let name: String
    /// What its folder and its place on the page are called.
    public let folder: String
    /// The kind of its recipe, where that can be read.
    public var kind: String?
    /// Whether it came along with the program.
    public let isPretrained: Bool
    /// How many steps the model had learned.
    public var step: Int?
    /// What it has learned from.
    public var data: String?
    /// How it was drawn or written; only what was done alike is compared.
    public var settings = ""
    /// What makes the pieces again: a line for all pictures, or one for each text.
    public var command = ""
    /// Its pictures or texts.
    public var pieces: [Piece] = []
    /// Other pictures: of how the pieces came about, or of what lies between some.
    public var films: [Film] = []
    /// What was measured.
    public var figures: [Figure] = []
    /// What is to be said of it, in sentences.
    public var notes: [String] = []
    /// What became of the pieces of the night before.
    public var change: Change?
    /// Why it could not be drawn or written; nil where it was.
    public var failure: String?
    /// When it was drawn or written last, of one that could not be.
    public var lastShown: GalleryDate?
  }

  /// A picture or a text.
  public struct Piece: Codable, Equatable, Sendable {
    /// Its file in the night's folder.
    public let file: String
    /// A fingerprint of its pixels or characters.
    public let hash: String
    /// A picture's class, or what a text begins with.
    public var label: String?

    /// Whether it is a text.
    var isText: Bool { file.hasSuffix(".txt") }
  }

  /// Pictures that belong together: a still, and one that moves.
  public struct Film: Codable, Equatable, Sendable {
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

    /// What it is called on pages.
    var title: String {
      let words = name.replacing("_", with: " ")
      return words.prefix(1).uppercased() + words.dropFirst()
    }
  }

  /// How pieces differ from those of the night before.
  public struct Change: Codable, Equatable, Sendable {
    /// That night.
    public let date: GalleryDate
    /// How many pieces are the same.
    public let same: Int
    /// Those that are not: where each stands among the pieces, and the copy of the old one.
    public let different: [Difference]
  }

  /// A piece that is not what it was.
  public struct Difference: Codable, Equatable, Sendable {
    /// Its place among the pieces.
    public let piece: Int
    /// The file of the old one in the night's folder.
    public let file: String
    /// The old one's fingerprint.
    public let hash: String
  }

  /// The models that were drawn or written.
  var shown: [Exhibit] { exhibits.filter { $0.failure == nil } }

  /// Those that were before and could not be: each a reason to look.
  public var missed: [Exhibit] { exhibits.filter { $0.failure != nil && $0.lastShown != nil } }

  /// Reads the record of a night.
  /// - Throws: `FileError` when it is missing or damaged, or names files elsewhere.
  init(folder: String) throws(FileError) {
    let path = "\(folder)/\(Self.fileName)"
    self = try JSONNode(path: path, limit: Self.maximumSize).decoded(keys: .snakeCase)
    let files = exhibits.flatMap { exhibit in
      exhibit.pieces.map(\.file) + (exhibit.change?.different.map(\.file) ?? [])
    }
    if let file = files.first(where: { !Self.isInside($0) }) {
      throw FileError(.badData, path, "names the file \(file), which is not in its folder")
    }
  }

  /// A record of those.
  init(date: GalleryDate, version: String, exhibits: [Exhibit]) {
    (self.date, self.version, self.exhibits) = (date, version, exhibits)
  }

  /// The file's content.
  func encoded() throws -> [UInt8] { try JSONText.indented(self, keys: .snakeCase) }

  private static func isInside(_ file: String) -> Bool {
    !file.split(separator: "/", omittingEmptySubsequences: false).contains {
      $0.isEmpty || $0 == ".."
    }
  }
}
