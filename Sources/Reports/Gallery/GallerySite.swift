import Files
import Foundation

/// The folder of a gallery: a page about all nights, and a folder for each.
///
/// ```
/// DIR/  index.html  YYYY-MM-DD/{index.html, gallery.json, cover.png, MODEL/001.png ...}
/// ```
/// A night appears whole, or takes the place of the one of its date in one move; only then the page
/// about all changes, also in one move. Whatever is killed in between leaves pages that work.
struct GallerySite {
  private let place: Place
  private let operations: any FileOperations

  /// The name of every page.
  static let pageName = "index.html"

  /// The gallery in the folder of that path.
  init(path: String, operations: any FileOperations) {
    self.init(Place(path), operations)
  }

  private init(_ place: Place, _ operations: any FileOperations) {
    (self.place, self.operations) = (place, operations)
  }

  /// Its folder.
  var path: String { place.path }

  /// The page about all nights.
  var indexPath: String { "\(path)/\(Self.pageName)" }

  /// A night's folder.
  func folder(of date: GalleryDate) -> String { "\(path)/\(date)" }

  /// Takes the folder for this process, which makes it if it is not there, and clears away what a killed
  /// one has left.
  /// - Returns: The gallery, held by this process until the last copy goes away.
  /// - Throws: `FileError`: locked when another process has it; cannot create where it holds something
  ///   that is not of a gallery.
  func held(for date: GalleryDate) throws -> GallerySite {
    try operations.createFolders(place)
    let site = GallerySite(try HeldFolder(locking: path).place, operations)
    try site.check(for: date)
    return site
  }

  private func check(for date: GalleryDate) throws {
    if FileManager.default.fileExists(atPath: indexPath) {
      let page = try InputFile(indexPath).readAll(limit: 64 << 20)
      guard String(decoding: page.prefix(2000), as: UTF8.self).contains(HTMLPage.generator) else {
        throw FileError(
          .cannotCreate, indexPath, "was not written by this program: name another folder")
      }
    }
    try clearUp()
    let place = folder(of: date)
    if exists(place), !exists("\(place)/\(GalleryNight.fileName)") {
      throw FileError(
        .cannotCreate, place, "is there and is no night of a gallery: name another folder")
    }
  }

  /// The nights that can be read, the latest first, and what is wrong with others.
  func nights() -> (nights: [GalleryNight], problems: [String]) {
    var problems: [String] = []
    let nights = names.compactMap(GalleryDate.init).compactMap { date -> GalleryNight? in
      guard exists("\(folder(of: date))/\(GalleryNight.fileName)") else { return nil }
      do {
        let night = try GalleryNight(folder: folder(of: date))
        if night.date == date { return night }
        problems.append("\(folder(of: date)): is of \(night.date)")
      } catch { problems.append("\(error)") }
      return nil
    }
    return (nights.sorted { $0.date > $1.date }, problems)
  }

  /// Puts a night in place, then the page about it and the others, and removes the oldest.
  ///
  /// - Parameter index: the page, of the nights that stay, the latest first.
  /// - Throws: `FileError`, and what `index` throws.
  func publish(
    _ night: GalleryNight, files: [(name: String, bytes: [UInt8])], keep: Int,
    index: ([GalleryNight]) throws -> String
  ) throws {
    try operations.replaceFolder(place / "\(night.date)") { folder in
      let folders = Set(files.map { Self.parent($0.name) }).subtracting([""])
      for name in folders.sorted() { try operations.createFolders(folder / name) }
      for file in files {
        try operations.writeSynced(folder / file.name) { try $0.write(file.bytes) }
      }
      for name in folders { try operations.syncFolder(folder / name) }
    }
    let others = nights().nights.filter { $0.date != night.date }
    // The night itself stays, even where it is older than all others.
    let kept = ([night] + others.prefix(max(0, keep - 1))).sorted { $0.date > $1.date }
    try operations.atomicWrite(place / Self.pageName, try index(kept))
    for old in others.dropFirst(max(0, keep - 1)) {
      try operations.discardFolder(place / "\(old.date)")
    }
  }

  /// Removes what is unfinished, and brings back what a kill has caught between two names: what only who
  /// holds the gallery makes.
  private func clearUp() throws {
    try operations.removeUnfinishedFiles(in: place)
    try operations.removeUnfinishedFolders(in: place) { GalleryDate($0) != nil }
  }

  private var names: [String] {
    // What has another name is not of a gallery.
    ((try? BytePath(path).names()) ?? []).compactMap(\.text)
  }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private static func parent(_ name: String) -> String {
    name.split(separator: "/").dropLast().joined(separator: "/")
  }
}
