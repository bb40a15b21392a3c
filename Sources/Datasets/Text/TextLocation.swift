import Files
import Images

/// What a text was asked for by: the files that it is made of.
struct TextLocation {
  /// How the files make a text.
  enum Form: Equatable {
    /// As it is.
    case file
    /// All files, in the order of their paths, with a newline between two.
    case folder
    /// Files of fortunes, with an empty line between two.
    case fortunes
  }

  /// How the files make a text.
  let form: Form
  /// The paths of the files, in order.
  let paths: [BytePath]
  /// What is named like text in the folder and is no file, and what may hold some.
  let broken: [BrokenFile]
  /// How many others are no files.
  let otherFiles: Int

  /// The names that are not paths. A file of the same name is reached as `./NAME`.
  static let names = ["fortunes"]

  /// Where the package `fortunes` puts its files.
  static let installed = "/usr/share/games/fortunes"

  /// Where a text is that was asked for by name or path.
  ///
  /// - Throws: ``DatasetError`` of the kind `missing`, whose text says how to get it.
  init(_ what: String, installed: String = Self.installed) throws(DatasetError) {
    if what == "fortunes" {
      guard try Folder.kind(installed) == .folder else {
        throw DatasetError(
          .missing, what,
          "not installed; run: apt-get install fortunes, or name a text file or a folder of them")
      }
      // Beside each file of fortunes are its index, .dat, and a link to it, .u8; folders below hold
      // fortunes that are asked for apart, and other languages.
      let folder = BytePath(installed)
      do {
        paths = try folder.names().filter { !$0.bytes.contains(UInt8(ascii: ".")) }
          .map { folder.appending($0) }
          .filter { try FileKind($0, followingLinks: false) == .file }
      } catch { throw DatasetError(.damaged, installed, "\(error)") }
      (form, broken, otherFiles) = (.fortunes, [], 0)
      return
    }
    switch try Folder.kind(what) {
    case .folder:
      let listing = try FolderListing(what) { _ in true }
      paths = listing.paths.map { BytePath(what).appending($0) }
      let named = listing.broken.filter { TextFile.isNamedLikeText($0.path) }
      broken = (named + listing.unknown).map { BrokenFile($0) }
      otherFiles = listing.broken.count - named.count
      form = .folder
    case nil:
      let images = ImageDataset.names.contains(what)
      throw DatasetError(
        .missing, what,
        (images ? "a data set of images" : "nothing is there")
          + "; name a text file, a folder of text files, or \(Self.names.joined(separator: ", "))")
    default:
      (form, paths, broken, otherFiles) = (.file, [BytePath(what)], [], 0)
    }
  }

  /// Whether this is text rather than images, as far as names tell: a built-in text, a file, or a
  /// folder with text files and neither images nor a data set's files.
  static func isText(_ what: String) -> Bool {
    if names.contains(what) { return true }
    // What the system cannot tell is an error of whoever opens it.
    switch try? Folder.kind(what) {
    case .folder:
      guard case .images = try? DatasetLocation(what), let folder = try? ImageFolder(what) else {
        return false
      }
      return folder.count == 0 && folder.broken.isEmpty && folder.otherFiles > 0
    case nil: return false
    default: return true
    }
  }
}
