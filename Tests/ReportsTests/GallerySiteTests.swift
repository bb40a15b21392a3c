import Foundation
import Images
import TestSupport
import Testing

@testable import Files
@testable import Reports

/// What stands in a gallery's folder, whatever happens while it is written.
@Suite struct GallerySiteTests {
  let folder = TemporaryFolder()

  private func night(_ day: String, samples: Int = 1) throws -> GalleryNight {
    let date = try #require(GalleryDate(day))
    let files = (0..<samples).map { "a/\($0).txt" }
    return GalleryNight(
      date: date, version: "1",
      entries: [
        GalleryNight.Entry(
          name: "a", folder: "a", isPretrained: false,
          samples: files.map { .init(file: $0, hash: "\(samples)") })
      ])
  }

  /// Writes a night whose files all hold how many there are, and a page that lists the nights.
  private func publish(
    _ night: GalleryNight, keep: Int = 2, _ files: any FileOperations = SystemFiles()
  ) throws {
    let samples = night.entries[0].samples
    let content = Array("\(samples.count)".utf8)
    try GallerySite(path: folder.path, operations: files).publish(
      night,
      files: samples.map { ($0.file, content) } + [
        ("index.html", content), (GalleryNight.fileName, try night.encoded()),
      ], keep: keep
    ) { nights in HTMLPage.generator + "\n" + nights.map { "\($0.date)" }.joined(separator: "\n") }
  }

  /// The nights that the page lists, each with what its files say; nil for one that is not whole.
  private func site() throws -> [String: String?] {
    let lines = try String(contentsOfFile: folder.path + "/index.html", encoding: .utf8)
      .split(separator: "\n").dropFirst().map(String.init)
    return Dictionary(
      uniqueKeysWithValues: lines.map { day in
        let place = folder.path + "/" + day
        let files = (try? GalleryNight(folder: place).entries[0].samples.map(\.file)) ?? []
        let contents = Set(
          (files + ["index.html"]).map {
            try? String(contentsOfFile: "\(place)/\($0)", encoding: .utf8)
          })
        return (
          day, contents.count == 1 && contents.first == "\(files.count)" ? "\(files.count)" : nil
        )
      })
  }

  private func whole(_ days: [String: String]) -> [String: String?] { days.mapValues { $0 } }

  @Test(arguments: [true, false]) func whateverFailsThereIsTheOldSiteOrTheNewOne(
    canExchange: Bool
  ) throws {
    let old = whole(["2026-01-01": "1", "2026-01-02": "2"])
    // The night is written anew, and the next one, for which the first goes.
    for (next, new) in [
      (try night("2026-01-02", samples: 3), whole(["2026-01-01": "1", "2026-01-02": "3"])),
      (try night("2026-01-03", samples: 3), whole(["2026-01-02": "2", "2026-01-03": "3"])),
    ] {
      var states: Set<[String: String?]> = []
      var count = 0
      while true {
        try? FileManager.default.removeItem(atPath: folder.path)
        try FileManager.default.createDirectory(
          atPath: folder.path, withIntermediateDirectories: true)
        try publish(try night("2026-01-01", samples: 1))
        try publish(try night("2026-01-02", samples: 2))
        #expect(try site() == old)
        let files = FailingFiles(after: count, canExchange: canExchange)
        do { try publish(next, files) } catch is FileError {}
        let left = try site()
        states.insert(left)
        // Without an exchange, the night is away for a moment, until the next start brings it back.
        if canExchange { #expect(left == old || left == new, "after \(count): \(left)") }
        let healthy = GallerySite(path: folder.path, operations: SystemFiles())
        _ = try healthy.held(for: next.date)
        let healed = try site()
        #expect(healed == old || healed == new, "after \(count), started again: \(healed)")
        try publish(next)
        #expect(try site() == new)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(names) == Set(new.keys).union(["index.html", ".lock"]), "\(names)")
        if !files.hasFailed { break }
        count += 1
      }
      #expect(count > 10)
      #expect(states.isSuperset(of: [old, new]))
    }
  }

  @Test func aFolderOfSomethingElseIsLeftAlone() throws {
    let site = GallerySite(path: folder.path, operations: SystemFiles())
    let date = try #require(GalleryDate("2026-01-01"))
    try FileManager.default.createDirectory(
      atPath: folder.path + "/2026-01-01", withIntermediateDirectories: true)
    #expect(throws: FileError.self) { try site.held(for: date) }
    let other = try #require(GalleryDate("2026-01-02"))
    _ = try site.held(for: other)
    // What is no night is not removed with the old ones.
    try publish(try night("2026-01-02"), keep: 1)
    #expect(FileManager.default.fileExists(atPath: folder.path + "/2026-01-01"))
    try Data("<html>mine</html>".utf8).write(to: URL(fileURLWithPath: folder.path + "/index.html"))
    #expect(throws: FileError.self) { try site.held(for: other) }
  }

  @Test func whatIsNotOursStays() throws {
    let theirs = [
      "2026-01-01.tmp", "2026-01-01.old", "2026-01-01.new.tmp", "x.tmp",
      ".notes.gen-0123456789abcdef.tmp", ".notes.gen-old",
    ]
    let ours = [".2026-01-01.gen-0123456789abcdef.tmp", ".2026-01-02.gen-old"]
    for name in theirs + ours {
      try FileManager.default.createDirectory(
        atPath: folder.path + "/" + name + "/a", withIntermediateDirectories: true)
    }
    try publish(try night("2026-01-02"))
    let site = GallerySite(path: folder.path, operations: SystemFiles())
    _ = try site.held(for: try #require(GalleryDate("2026-01-02")))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(Set(names) == Set(theirs + ["2026-01-02", "index.html", ".lock"]))
  }

  /// A gallery that is moved is written on where it is; one that is removed is not made anew.
  @Test func aGalleryIsFollowedAndALostOneIsAnError() throws {
    let night = try night("2026-01-02")
    let files = [
      ("a/0.txt", [UInt8(49)]), ("index.html", [49]), (GalleryNight.fileName, try night.encoded()),
    ]
    let path = folder.path + "/site"
    let held = try GallerySite(path: path, operations: SystemFiles()).held(for: night.date)
    try FileManager.default.moveItem(atPath: path, toPath: path + "-2")
    try held.publish(night, files: files, keep: 2) { _ in HTMLPage.generator }
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(FileManager.default.fileExists(atPath: path + "-2/2026-01-02/a/0.txt"))
    try FileManager.default.removeItem(atPath: path + "-2")
    let error = #expect(throws: FileError.self) {
      try held.publish(night, files: files, keep: 2) { _ in HTMLPage.generator }
    }
    #expect(error?.kind == .lost)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func aRecordThatLeadsElsewhereIsRefused() throws {
    for file in ["../a.png", "/etc/passwd", "a/../../b", "a//b", ""] {
      var bad = try night("2026-01-01")
      bad.entries[0].samples = [.init(file: file, hash: "")]
      let path = folder.path + "/" + GalleryNight.fileName
      try Data(bad.encoded()).write(to: URL(fileURLWithPath: path))
      #expect(throws: FileError.self, "\(file)") { try GalleryNight(folder: folder.path) }
    }
  }

  @Test func daysAreTold() throws {
    let day = try #require(GalleryDate("2026-11-21"))
    #expect("\(day) \(day.words) \(day.weekday)" == "2026-11-21 21 November 2026 Saturday")
    let next = try #require(GalleryDate("2027-01-01"))
    #expect(next.number - day.number == 41 && day < next)
    for wrong in ["2026-02-30", "2026-13-01", "26-01-01", "2026-1-1", "", "2026-01-01 ", "../.."] {
      #expect(GalleryDate(wrong) == nil, "\(wrong)")
    }
    #expect(GalleryDate("\(GalleryDate.today)") == .today)
  }

  @Test func statisticsOfAnswersThatAreKnown() {
    let black = Image(width: 2, height: 1, channels: 1, value: 0)
    let white = Image(width: 2, height: 1, channels: 1, value: 255)
    var values = SampleStatistics.figures(of: [black, white]).map(\.value)
    #expect(values == [0.5, 0, 0.5])
    var half = black
    half.pixels[1] = 255
    values = SampleStatistics.figures(of: [half, half, half]).map(\.value)
    #expect(values == [0.5, 0.5, 0])
    #expect(SampleStatistics.figures(of: ["The the cat", "42!"]).map(\.value) == [0.666667, 3])
    #expect(SampleStatistics.figures(of: ["?"]).isEmpty)
    let notes = SampleStatistics.figures(of: [half], beside: [black, white]).map(\.note)
    #expect(notes == ["0.5", "0", "0.5"].map { "training images \($0)" })
    // As much of the one as of the other.
    let told = SampleStatistics.figures(of: ["one two one"], beside: "a b a b a b c c c c")
    #expect(told.map(\.value) == [0.666667, 3])
    #expect(told.map(\.note) == ["training text 0.333", "training text 1"])
  }
}
