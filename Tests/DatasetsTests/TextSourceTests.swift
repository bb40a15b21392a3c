import TestSupport
import Testing

@testable import Datasets

@Suite struct TextSourceTests {
  let folder: TemporaryFolder

  init() throws { folder = TemporaryFolder() }

  /// The error of reading a file of those bytes.
  private func error(_ bytes: [UInt8]) throws -> DatasetError {
    try folder.write(bytes, to: "book.txt")
    let error = try #require(throws: DatasetError.self) {
      try TextSource(folder("book.txt"))
    }
    #expect(error.name == folder("book.txt") && error.kind == .damaged)
    return error
  }

  @Test func aFileStaysAsItIsButForItsByteOrderMark() throws {
    try folder.write([0xEF, 0xBB, 0xBF] + Array("\u{FEFF}Ä\r\nb\n\n".utf8), to: "book")
    let text = try TextSource(folder("book")).text()
    #expect(text.utf8.elementsEqual("\u{FEFF}Ä\r\nb\n\n".utf8))
    #expect(text.unicodeScalars.count == 7)
  }

  @Test func aFolderIsReadInTheOrderOfItsPaths() throws {
    try folder.write(Array("third\n".utf8), to: "b/1.txt")
    try folder.write(Array("second".utf8), to: "a/b.rst")
    try folder.write(Array("first".utf8), to: "A.md")
    try folder.write([], to: "empty.txt")
    try folder.write(Array("hidden".utf8), to: ".hidden.txt")
    try folder.write([0xFF, 0xD8, 0xFF], to: "c/photo.jpg")
    try folder.write([0, 1, 2], to: "c/data")
    try folder.link("a/c.txt", to: "b.rst")
    #expect(try TextSource(folder.path).text() == "first\nsecond\nsecond\nthird\n")
    let check = try TextCheck(folder.path)
    #expect(check.otherFiles == 2 && check.unreadable.isEmpty && check.files == 5)
  }

  @Test func aFolderWhoseTextFilesAreNoText() throws {
    try folder.write(Array("sound".utf8), to: "a.txt")
    try folder.write([65, 0xC3], to: "b.txt")
    try folder.link("c.md", to: "/etc/hostname")
    try folder.link("d", to: "nowhere")
    let error = try #require(throws: DatasetError.self) { try TextSource(folder.path) }
    #expect(error.brokenFiles.map(\.path).count == 2)
    #expect(error.description.contains("b.txt: no UTF-8 at byte offset 1, line 1"))
    #expect(error.description.contains("c.md: a link out of the folder"))
  }

  @Test func aFolderWithoutText() throws {
    try folder.write([0xFF, 0xD8, 0xFF], to: "photo.jpg")
    let error = try #require(throws: DatasetError.self) { try TextSource(folder.path) }
    #expect(error.kind == .damaged && error.problem == "no text in this folder")
  }

  @Test func whatIsNoTextIsSaidWithItsPlace() throws {
    let latin = try error(Array("one\ntwo ".utf8) + [0xE9, 0x74] + Array("\n".utf8) + [0xFF])
    #expect(latin.problem.hasPrefix("no UTF-8 at byte offset 8, line 2, nor in 1 more places"))
    #expect(try error([]).problem.hasPrefix("empty"))
    #expect(try error([0xEF, 0xBB, 0xBF]).problem.hasPrefix("empty"))
    #expect(try error([65, 10, 0]).problem.hasPrefix("a zero byte at byte offset 2, line 2"))
    #expect(try error([0xFF, 0xFE, 65, 0]).problem.hasPrefix("UTF-16"))
    #expect(try error(testImage(2, 2, channels: 1).pngData()).problem.hasPrefix("an image (PNG)"))
    #expect(
      try error(testImage(2, 2, channels: 1).jpegData()).problem.hasPrefix("an image (JPEG)"))
    // Overlong, a surrogate, and beyond Unicode.
    for bytes: [UInt8] in [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]] {
      #expect(try error([65] + bytes).problem.contains("byte offset 1,"))
    }
  }

  @Test func aPathThatLeadsNowhereIsMissingInput() throws {
    for name in ["/nowhere", "nowhere.txt", "fashion-mnist", ""] {
      let error = try #require(throws: DatasetError.self) { try TextSource(name) }
      #expect(error.kind == .missing && error.description.contains("fortunes"))
    }
  }

  @Test func fortunesThatAreNotInstalledSayHowToGetThem() throws {
    let error = try #require(throws: DatasetError.self) {
      try TextLocation("fortunes", installed: "/nowhere")
    }
    #expect(error.kind == .missing && error.description.contains("apt-get install fortunes"))
  }

  @Test func fortunesStandApartByAnEmptyLine() throws {
    try folder.write(Array("Love is\n100 %\n%\nblind.\n%\n".utf8), to: "love")
    try folder.write(Array("Art\n%\nis long.\n".utf8), to: "art")
    try folder.write([0, 0, 0], to: "art.dat")
    try folder.link("art.u8", to: "art")
    try folder.write(Array("left out".utf8), to: "off/art")
    let location = try TextLocation("fortunes", installed: folder.path)
    let source = try TextSource("fortunes", at: location)
    #expect(try source.text() == "Art\n\nis long.\n\nLove is\n100 %\n\nblind.")
  }

  @Test func aCheckCounts() throws {
    try folder.write(Array("äa\nb".utf8) + [0xFF], to: "book.txt")
    let check = try TextCheck(folder("book.txt"))
    #expect(check.characters == 4 && check.distinct == 4 && check.lines == 2 && check.bytes == 6)
    #expect(check.unreadable.count == 1 && check.description.contains("byte offset 5, line 2"))
    try folder.write(Array("aa\n".utf8), to: "sound.txt")
    let sound = try TextCheck(folder("sound.txt"))
    #expect(sound.description.contains("3 characters of text in 1 file, 3 bytes"))
    #expect(sound.distinct == 2 && sound.lines == 1 && sound.unreadable.isEmpty)
  }

  @Test func textIsToldFromImages() throws {
    #expect(TextSource.isText("fortunes") && !TextSource.isText("mnist"))
    #expect(!TextSource.isText("/nowhere") && !TextSource.isText(folder.path))
    try folder.write([65], to: "a/book.txt")
    #expect(TextSource.isText(folder.path) && TextSource.isText(folder("a/book.txt")))
    try folder.write(testImage(2, 2, channels: 1), to: "a/photo.png")
    #expect(!TextSource.isText(folder.path))
  }
}
