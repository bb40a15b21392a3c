import Files
import Foundation
import Images
import TestSupport
import Testing

@testable import Datasets

/// A folder with names that are no UTF-8, and with what a terminal would obey.
@Suite struct NamesTests {
  let folder: TemporaryFolder

  init() throws { folder = TemporaryFolder() }

  /// Folders whose names sort as listed, by bytes.
  static let classes: [(bytes: [UInt8], shown: String)] = [
    (Array("a\u{1B}[31m".utf8), #"a\u{1B}[31m"#),
    (Array("cat\r".utf8), #"cat\u{0D}"#),
    (Array("d\nog".utf8), #"d\u{0A}og"#),
    (Array(#"x\xE9"#.utf8), #"x\x5CxE9"#),
    (Array("x".utf8) + [0xE9], #"x\xE9"#),
    (Array("\u{202E}z".utf8), #"\u{202E}z"#),
    ([0xE9], #"\xE9"#), ([0xEA], #"\xEA"#),
    ([UInt8](repeating: 0xFF, count: 255), String(repeating: #"\xFF"#, count: 255)),
  ]

  private func writeClasses() throws {
    for (index, name) in Self.classes.enumerated() {
      for number in 0..<3 {
        let image = testImage(4, 4, channels: 1, seed: 10 * index + number)
        // Long names leave room for no more.
        let file: [UInt8] = [0xE8, UInt8(ascii: "0") + UInt8(number)] + Array(".png".utf8)
        try folder.write(image.pngData(), to: [name.bytes, file])
      }
    }
  }

  @Test func everyFileIsFoundWhateverItsNameIs() throws {
    try writeClasses()
    var options = ImageDataset.Options()
    let training = try ImageDataset(folder.path)
    options.split = .heldOut
    let heldOut = try ImageDataset(folder.path, options)
    #expect(training.count + heldOut.count == 3 * Self.classes.count)
    #expect(training.classNames == Self.classes.map(\.shown))
    for index in 0..<training.count {
      let label = Int(training.labels[index])
      let seed = Int(try training.image(index).pixels[0])
      #expect(seed / 10 == label)
    }
    #expect(try Image.images(inFolder: folder.path).count == 3 * Self.classes.count)
    options.memoryLimit = 0
    #expect(throws: Never.self) { try ImageDataset(folder.path, options).image(0) }
  }

  @Test func theCheckShowsEveryNameOnALineOfItsOwn() throws {
    try writeClasses()
    let same = try testImage(4, 4, channels: 1, seed: 0).pngData()
    try folder.write(same, to: [[0xE9], Array("c\nopy.png".utf8)])
    try folder.write([1], to: [[0xE9], Array("b\u{1B}ad.png".utf8)])
    let check = try DatasetCheck(folder.path)
    #expect(check.count == 3 * Self.classes.count + 1)
    #expect(check.classes.map(\.name) == Self.classes.map(\.shown))
    let text = check.description
    #expect(printable(text) == text)
    #expect(text.contains(#"\xE9/c\u{0A}opy.png is a\u{1B}[31m/\xE80.png"#))
    #expect(text.contains(#"\xE9/b\u{1B}ad.png: "#))
  }

  @Test func theSideAndOrderOfNamesInUTF8AreAsEver() throws {
    for name in ["b/ü.png", "b/z.png", "a b/1.png", "ä/1.png"] {
      try folder.write(testImage(2, 2, channels: 1), to: name)
    }
    let listed = try ImageFolder(folder.path)
    #expect(listed.paths == ["a b/1.png", "b/z.png", "b/ü.png", "ä/1.png"])
    for index in 0..<12 { try folder.write(testImage(2, 2, channels: 1), to: "\(index).png") }
    let more = try ImageFolder(folder.path)
    for (index, path) in more.paths.enumerated() {
      var hash = ContentHash()
      hash.add(try #require(path.text))
      #expect((more.split(of: index) == .heldOut) == (hash.value % 10 == 0))
    }
  }

  @Test func linksOfAnyNameLeadToFilesWithinTheFolder() throws {
    let outside = TemporaryFolder()
    try folder.write(testImage(2, 2, channels: 1).pngData(), to: [[0xE9], Array("a.png".utf8)])
    try folder.link([[0xEA] + Array(".png".utf8)], to: [[0xE9], Array("a.png".utf8)])
    // The folder itself is reached by a link, too.
    let link = "\(outside.path)/link"
    try outside.link(
      [Array("link".utf8)], to: [Array(folder.path.utf8.dropFirst())], isAbsolute: true)
    #expect(try ImageDataset(link).count == 2)
  }

  @Test func whatTheSystemCannotTellIsNeverLeftOut() throws {
    try folder.write(testImage(2, 2, channels: 1), to: "a.png")
    try folder.link("round", to: "round")
    try folder.link("gone", to: "nowhere")
    let error = try #require(throws: DatasetError.self) { try ImageDataset(folder.path) }
    #expect(error.brokenFiles.map(\.path) == ["round"])
    #expect(error.brokenFiles[0].reason.contains("symbolic links"))
    try folder.write(Array("text".utf8), to: "a.txt")
    let texts = try #require(throws: DatasetError.self) { try TextSource(folder.path) }
    #expect(texts.brokenFiles.map(\.path) == ["round"])
    // So deep that a path to the bottom is longer than the system takes.
    let deep = TemporaryFolder()
    try deep.writeDeeply(levels: 20, of: [UInt8](repeating: 0xE9, count: 250))
    let long = try #require(throws: DatasetError.self) { try ImageDataset(deep.path) }
    #expect(long.brokenFiles.count == 1 && long.description.contains("too long"))
    let round = try #require(throws: DatasetError.self) {
      try ImageDataset("\(folder.path)/round")
    }
    #expect(round.description.contains("symbolic links"))
  }

  @Test(.enabled(if: geteuid() != 0, "root may look into every folder"))
  func aFolderThatMayNotBeOpenedIsNamed() throws {
    try folder.write(testImage(2, 2, channels: 1), to: "a.png")
    try folder.write(testImage(2, 2, channels: 1), to: "closed/b.png")
    chmod(folder("closed"), 0o600)
    defer { chmod(folder("closed"), 0o700) }
    let error = try #require(throws: DatasetError.self) { try ImageDataset(folder.path) }
    #expect(error.brokenFiles.map(\.path) == ["closed/b.png"])
    chmod(folder("closed"), 0)
    let closed = try #require(throws: DatasetError.self) { try ImageDataset(folder.path) }
    #expect(closed.brokenFiles.map(\.path) == ["closed"])
  }

  @Test func textsOfAnyNameAreRead() throws {
    try folder.write(Array("one".utf8), to: [[0xE9] + Array(".txt".utf8)])
    try folder.write(Array("two".utf8), to: [[0xEA], [0xEB]])
    #expect(try TextSource(folder.path).text() == "one\ntwo")
    try folder.write([0xFF], to: [Array("b\nad".utf8) + [0xE9] + Array(".md".utf8)])
    let check = try TextCheck(folder.path)
    #expect(check.unreadable.count == 1)
    #expect(check.description.contains(#"b\u{0A}ad\xE9.md: no UTF-8"#))
  }
}

extension TemporaryFolder {
  private func place(of components: [[UInt8]]) -> BytePath {
    BytePath(bytes: Array((Array(path.utf8) + [0x2F]) + components.joined(separator: [0x2F])))
  }

  /// Writes a file of any name in folders of any names, which are made.
  func write(_ bytes: [UInt8], to components: [[UInt8]]) throws {
    for count in components.indices.dropFirst() {
      _ = place(of: Array(components[..<count])).withCString { mkdir($0, 0o777) }
    }
    let file = place(of: components).withCString { open($0, O_WRONLY | O_CREAT, 0o666) }
    try #require(file >= 0)
    try #require(Foundation.write(file, bytes, bytes.count) == bytes.count)
    close(file)
  }

  func link(_ components: [[UInt8]], to target: [[UInt8]], isAbsolute: Bool = false) throws {
    let target = BytePath(bytes: (isAbsolute ? [0x2F] : []) + target.joined(separator: [0x2F]))
    let result = place(of: components).withCString { link in
      target.withCString { symlink($0, link) }
    }
    try #require(result == 0)
  }

  /// Makes folders in folders, from each of which the next is made.
  func writeDeeply(levels: Int, of name: [UInt8]) throws {
    var folder = open(path, O_RDONLY | O_DIRECTORY)
    for _ in 0..<levels {
      let next = BytePath(bytes: name).withCString { name -> Int32 in
        mkdirat(folder, name, 0o777)
        return openat(folder, name, O_RDONLY | O_DIRECTORY)
      }
      try #require(next >= 0)
      close(folder)
      folder = next
    }
    close(folder)
  }
}

@Suite struct HintTests {
  @Test func partsOfADataSetAreNoClasses() {
    let hint = SplitFolders.hint(["Test", "train", "val"], in: "d")
    #expect(hint?.contains("Test, train, val") == true && hint?.contains("name d/train") == true)
    #expect(SplitFolders.hint([".", "training"], in: "d")?.contains("d/training") == true)
    #expect(SplitFolders.hint(["test", "valid"], in: "d") != nil)
    for names in [[], ["."], ["cat", "train"], ["test"], ["train", "bus"]] {
      #expect(SplitFolders.hint(names, in: "d") == nil, "\(names)")
    }
  }

  @Test func theCheckAndTheDataSetSayIt() throws {
    let folder = TemporaryFolder()
    for part in ["train/cat", "train/dog", "val/cat", "test/dog"] {
      try folder.write(testImage(2, 2, channels: 1), to: "\(part)/a.png")
    }
    #expect(try DatasetCheck(folder.path).description.contains("\nhint: the first level is test"))
    #expect(try ImageDataset(folder.path).hint != nil)
    #expect(try ImageDataset(folder("train")).hint == nil)
    #expect(try !DatasetCheck(folder("train")).description.contains("the first level is"))
  }

  // What is cut is told so; what has characters of several bytes is not of Latin-1.
  private static let faults: [(text: String, end: [UInt8], message: String)] = [
    ("café\nd", [0xC3], "ends within a character, of which only 1 byte came"),
    ("é", [0xF0, 0x9F, 0x99], "ends within a character, of which only 3 bytes came"),
    ("é\n", [0xE9, 10], "though there are 1 characters of several bytes"),
    ("a\n", [0xE9, 10], "convert the text, such as by iconv -f ISO-8859-1"),
    ("caf", [0xE9], "it was cut within a character, or is in another encoding"),
  ]

  @Test func whatIsWrongWithAText() throws {
    for (text, end, message) in Self.faults {
      let fault = try #require(TextFile.fault(of: Array(text.utf8) + end))
      #expect(fault.contains(message), "\(fault)")
      #expect(fault.contains("iconv") == !text.contains("é"), "\(fault)")
    }
    let late = try #require(TextFile.fault(of: Array("ü日".utf8.dropFirst())))
    #expect(late.contains("begins within a character, of which only 1 byte came"))
    #expect(!late.contains("iconv"))
  }
}
