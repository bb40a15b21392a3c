import Compute
import Files
import Foundation
import Images
import Testing

/// `gen gallery`, and the script that calls it by the clock.
struct GalleryTests {
  let gen = Program()

  private func train(_ arguments: [String], _ name: String, steps: Int = 2) throws {
    let result = try gen.start(arguments + ["--steps", "\(steps)", "--name", name]).wait()
    try #require(result.status == 0, "\(result.messages)")
  }

  private func gallery(_ day: Int, _ more: String..., count: Int = 3) throws -> Program.Result {
    let small = ["--count", "\(count)", "--steps", "2", "--length", "10"]
    return try gen.start(["gallery", "--date", "2026-01-0\(day)"] + small + more).wait()
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try gen.bytes(path), as: UTF8.self)
  }

  /// The files of the site and their contents, without the lock.
  private func site(_ folder: String = "gallery") throws -> [String: Data] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: gen.folder(folder))
    let files = names.filter { name in
      var isFolder: ObjCBool = false
      let path = gen.folder("\(folder)/\(name)")
      return name != ".lock" && FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        && !isFolder.boolValue
    }
    return try Dictionary(
      uniqueKeysWithValues: files.map { ($0, try gen.bytes("\(folder)/\($0)")) })
  }

  /// What pages of the site name and is not there, and what of it leads out of the site.
  private func brokenLinks() throws -> [String] {
    let files = try site()
    return files.filter { $0.key.hasSuffix(".html") }.flatMap { name, data -> [String] in
      let page = String(decoding: data, as: UTF8.self)
      let folder = URL(fileURLWithPath: "/\(name)").deletingLastPathComponent()
      return page.matches(of: /(?:href|src|data-before)="([^"]*)"/).map { String($0.1) }
        .filter { address in
          guard !address.hasPrefix("data:"), !address.hasPrefix("#") else { return false }
          let file = String(address.prefix { $0 != "#" })
          return files[
            String(
              URL(fileURLWithPath: file, relativeTo: folder).standardized.path
                .dropFirst())] == nil
        }.map { "\(name): \($0)" }
    }
  }

  @Test func aNightOfAllKinds() throws {
    for (training, name) in zip(
      Program.smallTrainings, ["a<b>&c", "diffusion", "classifier", "transformer", "rnn"])
    { try train(training, name) }
    try gen.write("kind: gan\n", to: "runs/unborn/recipe.yaml")
    let first = try gallery(1)
    #expect(first.status == 0 && first.output == "gallery/index.html\n", "\(first.messages)")
    #expect(
      first.messages.contains("classifier: is a classifier, which generates nothing: passed over"))
    #expect(first.messages.contains("unborn: has no checkpoint yet: passed over"))
    #expect(try brokenLinks().isEmpty)
    let files = try site()
    for name in ["a-b--c", "diffusion"] {
      for number in 1...3 { #expect(files["2026-01-01/\(name)/00\(number).png"] != nil) }
    }
    for name in ["a-b--c/walk", "diffusion/denoising"] {
      #expect(files["2026-01-01/\(name).png"] != nil)
      // It moves.
      #expect(files["2026-01-01/\(name)-animation.png"]?.range(of: Data("acTL".utf8)) != nil)
    }
    for name in ["transformer", "rnn"] {
      for number in 1...3 { #expect(files["2026-01-01/\(name)/00\(number).txt"] != nil) }
    }
    let page = try text("gallery/2026-01-01/index.html")
    #expect(page.contains("a&lt;b&gt;&amp;c") && !page.contains("a<b>"))
    #expect(page.contains("Best validation loss"))
    // Beside what was learned from.
    #expect(page.contains("training images 0.") && page.contains("training text 0."))
    #expect(page.contains("Latent walk") && page.contains("Denoising"))
    for page in files.filter({ $0.key.hasSuffix(".html") }).values {
      #expect(!String(decoding: page, as: UTF8.self).contains("http"))
    }
    // An image says how it was made, and that makes it again.
    let told = try gen("inspect", "gallery/2026-01-01/diffusion/002.png").output
    let command = try #require(told.firstMatch(of: /command: gen (.*)/)?.1.split(separator: " "))
    #expect(try gen.start(command.map(String.init) + ["--each", "again"]).wait().status == 0)
    #expect(
      try Image(contentsOf: gen.folder("again/1.png"))
        == Image(contentsOf: gen.folder("gallery/2026-01-01/diffusion/002.png")))
    // So does a text's.
    let words = ["sample", "rnn", "--step", "2", "--seed", "0", "--length", "10", "--prompt"]
    let line = try #require(
      page.split(separator: "\n").first {
        $0.contains("gen \(words.joined(separator: " "))") && !$0.contains("&#39;&#39;")
      })
    let prompt = try #require(line.components(separatedBy: "&#39;").dropLast().last)
    // It begins as a line of the text does that the model has learned from.
    #expect(try String(contentsOfFile: Program.license, encoding: .utf8).contains(prompt))
    #expect(
      try gen.start(words + [prompt]).wait().output == text("gallery/2026-01-01/rnn/002.txt") + "\n"
    )

    // Once more, and with another number of threads: the same site.
    #expect(try gallery(1, "--threads", "1").status == 0)
    #expect(try site() == files)
    // The next night, nothing has changed.
    let second = try gallery(2)
    #expect(second.status == 0 && second.messages.components(separatedBy: "as before").count == 5)
    #expect(try brokenLinks().isEmpty)
    #expect(try text("gallery/2026-01-02/index.html").contains("as on 1 January 2026"))
  }

  @Test func aNightDiffersFromTheOneBefore() throws {
    try train(Program.smallGAN, "gan")
    try train(Program.smallTransformer, "text")
    #expect(try gallery(1).status == 0)
    #expect(try gen("train", "--resume", "gan", "--steps", "4").status == 0)
    try train(Program.smallGAN, "young")
    let told = try gallery(2)
    #expect(told.status == 0)
    for line in [
      "gan: gan, step 4: shown, 3 of 3 differ", "step 2: shown, as before", "shown, new",
    ] {
      #expect(told.messages.contains(line), "\(told.messages)")
    }
    let files = try site()
    for number in 1...3 {
      let old = files["2026-01-01/gan/00\(number).png"]
      #expect(old != nil && files["2026-01-02/gan/before/00\(number).png"] == old)
      #expect(files["2026-01-02/gan/00\(number).png"] != old)
    }
    let page = try text("gallery/2026-01-02/index.html")
    #expect(page.contains("3 of 3 differ from 1 January 2026"))
    #expect(page.contains("data-before=\"gan/before/001.png\""))
    // Done otherwise, nothing is compared, and that is said.
    let other = try gallery(3, "--seed", "1", "--keep", "2")
    #expect(other.status == 0 && !other.messages.contains("differ"))
    #expect(
      try text("gallery/2026-01-03/index.html").contains("when it was done otherwise: seed 0"))
    // Two nights are kept, the newest first, and a night's page stands without the one before.
    #expect(try brokenLinks().isEmpty)
    let days = try text("gallery/index.html").matches(of: /class="night" href="([^\/]*)/)
    #expect(days.map(\.1) == ["2026-01-03", "2026-01-02"])
    #expect(try !site().keys.contains { $0.hasPrefix("2026-01-01") })
    // Of two nights, a measurement has a curve.
    #expect(try text("gallery/index.html").contains("Variety, nightly: "))
    // A damaged record is said and left out.
    try gen.write("{", to: "gallery/2026-01-03/gallery.json")
    let later = try gallery(4)
    #expect(later.status == 0 && later.messages.contains("2026-01-03/gallery.json"))
  }

  @Test func aNightIsJudged() throws {
    try train(Program.smallTransformer, "text")
    try train(Program.smallGAN, "gan")
    #expect(try gallery(1, "--evaluate").status == 0)
    let page = try text("gallery/2026-01-01/index.html")
    #expect(page.contains("Nats per character") && page.contains("n-gram "))
    // No classifier of these images is there, which is said.
    #expect(page.contains("Compared by an untrained network."))
    #expect(page.contains("Kernel distance") && !page.contains(">not compared<"))
  }

  /// A model is shown though the images that it has learned from cannot be read.
  @Test func damagedExamplesAreANote() throws {
    try train(Program.smallGAN, "a")
    try gen.write("no image", to: "runs/a/training.png")
    #expect(try gallery(1).status == 0)
    let page = try text("gallery/2026-01-01/index.html")
    #expect(page.contains("training.png cannot be read"))
  }

  @Test func aModelThatIsMissedIsAFailure() throws {
    for name in ["good", "bad"] { try train(Program.smallGAN, name) }
    #expect(try gallery(1).status == 0)
    let weights = "runs/bad/checkpoints/step-000002/ema.safetensors"
    let sound = try gen.bytes(weights)
    var flipped = sound
    flipped[flipped.count - 9] ^= 1
    try flipped.write(to: URL(fileURLWithPath: gen.folder(weights)))
    // Also the night after: it stays a failure until it is mended.
    for day in 2...3 {
      let told = try gallery(day)
      #expect(told.status == 1 && told.output == "gallery/index.html\n")
      #expect(told.messages.contains("shown before, but not this night: bad (2026-01-01)"))
      #expect(told.messages.contains("ema.safetensors: is damaged"), "\(told.messages)")
      #expect(try site()["2026-01-0\(day)/good/003.png"] != nil)
      let page = try text("gallery/2026-01-0\(day)/index.html")
      #expect(page.contains("class=\"failure\"") && page.contains("last shown 1 January 2026"))
    }
    #expect(try brokenLinks().isEmpty)
    try sound.write(to: URL(fileURLWithPath: gen.folder(weights)))
    #expect(try gallery(4).status == 0)
    // One that is removed is missed once.
    try FileManager.default.removeItem(atPath: gen.folder("runs/bad"))
    let gone = try gallery(5)
    #expect(gone.status == 1 && gone.messages.contains("bad: not shown: is gone"))
    #expect(try gallery(6).status == 0)
    // One that never was shown is said, and no failure.
    try gen.write("kind: [", to: "runs/odd/recipe.yaml")
    try FileManager.default.copyItem(
      atPath: gen.folder("runs/good/checkpoints"),
      toPath: gen.folder("runs/odd/checkpoints"))
    let odd = try gallery(7)
    #expect(odd.status == 0 && odd.messages.contains("odd: not shown: "), "\(odd.messages)")
  }

  @Test func whereThereIsNothingToShow() throws {
    let nothing = try gallery(1)
    #expect(nothing.status == 66 && nothing.messages.contains("gen train gan makes one"))
    try train(Program.smallClassifier, "classifier")
    #expect(try gallery(1).status == 66)
    #expect(try site().isEmpty)
    for wrong in [
      ["--keep", "0"], ["--count", "0"], ["--count", "257"], ["--length", "0"], ["--steps", "-1"],
      ["--date", "2026-02-30"], ["--out", ""], ["--seed", "x"],
    ] { #expect(try gen.start(["gallery"] + wrong).wait().status == 64, "\(wrong)") }
    try train(Program.smallGAN, "gan")
    try gen.write("<html>mine</html>", to: "mine/index.html")
    let mine = try gallery(1, "--out", "mine")
    #expect(mine.status == 73 && mine.messages.contains("mine/index.html"))
    try gen.write("a photo", to: "photos/2026-01-01/a.txt")
    #expect(try gallery(1, "--out", "photos").status == 73)
    #expect(try text("photos/2026-01-01/a.txt") == "a photo")
    try gen.write("a file", to: "file")
    #expect(try gallery(1, "--out", "file/site").status == 73)
  }

  @Test func aSecondOneIsRefusedAndToldWho() throws {
    try train(Program.smallGAN, "gan")
    #expect(try gallery(1).status == 0)
    let files = try site()
    let lock = try HeldFolder(locking: gen.folder("gallery"))
    let second = try gallery(2)
    withExtendedLifetime(lock) {}
    #expect(second.status == 75)
    #expect(second.messages.contains("is in use by process \(getpid())"), "\(second.messages)")
    #expect(try site() == files)
  }

  @Test func aKillLeavesAWholeSite() throws {
    try train(Program.smallGAN, "gan")
    #expect(try gallery(1, count: 5).status == 0)
    let nights = [try site(), try ofFourImages()]
    var current = 1
    let time = seconds(try ContinuousClock().measure { _ = try ofFourImages() })
    var kills = 0
    for attempt in 0..<12 {
      // Each time the other night is written, so that a mixture would show.
      let running = try gen.start([
        "gallery", "--date", "2026-01-01", "--count", "\(current == 1 ? 5 : 4)", "--steps", "2",
        "--length", "10",
      ])
      usleep(UInt32(time * 1e6 * Double(attempt + 4) / 14))
      kill(running.process.processIdentifier, SIGKILL)
      kills += try running.wait().status == 137 ? 1 : 0
      let left = try site()
      #expect(try brokenLinks().filter { !$0.contains(".tmp/") }.isEmpty)
      let night = left.filter { $0.key.hasPrefix("2026-01-01/") }
      let found = nights.firstIndex { $0.filter { $0.key.hasPrefix("2026-01-01/") } == night }
      current = try #require(found, "\(left.keys.sorted())")
      #expect(nights.contains { $0["index.html"] == left["index.html"] })
    }
    #expect(kills > 0)
    #expect(try ofFourImages() == nights[1])
  }

  private func ofFourImages() throws -> [String: Data] {
    #expect(try gallery(1, count: 4).status == 0)
    return try site()
  }

  @Test func theScriptLogsAndEndsAsTheProgramDoes() throws {
    try train(Program.smallGAN, "gan")
    let small = [
      "--out", "site", "--runs", "runs", "--date", "2026-01-01", "--count", "1", "--steps", "1",
      "--length", "5",
    ]
    let good = try gen.startNightly(small).wait()
    #expect(good.status == 0 && good.output.isEmpty && good.messages.isEmpty, "\(good.messages)")
    let log = try text("site.log")
    #expect(log.contains(/\n?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d gan: gan, step 2: shown, new\n/))
    #expect(log.hasSuffix("ended with 0\n") && log.contains("/site/index.html\n"))
    #expect(try site("site")["2026-01-01/gan/001.png"] != nil)
    let lock = try HeldFolder(locking: gen.folder("site"))
    let refused = try gen.startNightly(small).wait()
    withExtendedLifetime(lock) {}
    #expect(refused.status == 75 && refused.messages.contains("is in use by process \(getpid())"))
    #expect(try text("site.log").hasPrefix(log))
    #expect(try gen.startNightly(["--out"]).wait().status == 64)
    let help = try gen.startNightly(["--help"]).wait()
    #expect(help.status == 0 && help.output.hasPrefix("usage: nightly.sh"))
  }
}
