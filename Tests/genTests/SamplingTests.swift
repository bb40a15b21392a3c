import CCodecs
import Foundation
import Images
import Models
import Testing

/// `gen sample` on diffusion runs.
struct SamplingTests {
  let gen = Program()

  private func train(_ name: String, _ settings: String...) throws {
    let sets = settings.flatMap { ["--set", $0] }
    let result = try gen.start(Program.smallDiffusion + ["--steps", "1", "--name", name] + sets)
      .wait()
    try #require(result.status == 0, "\(result.messages)")
  }

  /// Draws, and says what went wrong if something did.
  @discardableResult private func sample(_ arguments: [String]) throws -> Program.Result {
    let result = try gen.start(["sample"] + arguments).wait()
    #expect(result.status == 0, "\(arguments): \(result.messages)")
    return result
  }

  private func image(_ path: String) throws -> Image {
    try Image(contentsOf: gen.folder(path))
  }

  /// An image of noise, and of any size and channels.
  private func writeImage(_ path: String, width: Int, height: Int, channels: Int = 3) throws {
    let pixels = (0..<width * height * channels).map { UInt8($0 * 7919 % 251) }
    let image = Image(width: width, height: height, channels: channels, pixels: pixels)
    try Data(image.pngData()).write(to: URL(fileURLWithPath: gen.folder(path)))
  }

  @Test(arguments: [["--eta", "0.7"], ["--sampler", "ddpm"], ["--sampler", "dpm", "--karras"]])
  func aImageDependsNeitherOnTheOthersNorOnThreads(sampler: [String]) throws {
    try train("a")
    let common = ["a", "--seed", "3", "--steps", "4"] + sampler
    try sample(common + ["--count", "8", "--batch", "3", "--each", "many"])
    for threads in ["1", "2", "3"] {
      try sample(common + ["--count", "1", "--each", "one-\(threads)", "--threads", threads])
      #expect(try image("one-\(threads)/0.png") == image("many/0.png"))
    }
    #expect(try image("many/0.png") != image("many/5.png"))
  }

  @Test func aImageSaysHowToMakeItAgain() throws {
    try train("a")
    let flags = [
      "--steps", "6", "--sampler", "ddpm", "--class", "ring", "--guidance", "2.5", "--count", "2",
    ]
    let drawn = try sample(flags + ["--seed", "5", "-o", "grid.png"])
    #expect(drawn.messages == "sampling from a\n" && drawn.output == "grid.png\n")
    let record = try gen("inspect", "grid.png").output
    for line in ["sampler: ddpm", "steps: 6", "guidance: 2.5", "class: 1 (ring)", "seed: 5"] {
      #expect(record.contains(line), "\(line)")
    }
    let command = try #require(record.firstMatch(of: /command: gen (.*)/)?.1.split(separator: " "))
    // A newer run does not change what it makes.
    try train("b", "seed=1")
    let again = command.map(String.init) + ["-o", "again.png"]
    #expect(try gen.start(again).wait().status == 0)
    #expect(try image("again.png") == image("grid.png"))
    try sample(["a", "--weights", "raw"] + flags + ["--seed", "5", "-o", "raw.png"])
    #expect(try image("raw.png").width == image("grid.png").width)
  }

  @Test func filmsEndWithTheImages() throws {
    try train("a")
    try sample([
      "--steps", "4", "--count", "3", "-o", "grid.png", "--trajectory", "film.png",
      "--strip", "strip.png",
    ])
    let film = try gen.bytes("film.png")
    for (chunk, count) in [("acTL", 1), ("fcTL", 4), ("IEND", 1)] {
      #expect(film.ranges(of: Data(chunk.utf8)).count == count, "\(chunk)")
    }
    #expect(try gen("inspect", "film.png").output.contains("steps: 4"))
    let (grid, strip) = (try image("grid.png"), try image("strip.png"))
    #expect(strip.width == 4 * 10 + 2 && strip.height == 3 * 10 + 2)
    // The last column of the strip is the grid's row.
    for number in 0..<3 {
      #expect(
        strip.cropped(x: 32, y: 2 + 10 * number, width: 8, height: 8)
          == grid.cropped(x: 2 + 10 * number, y: 2, width: 8, height: 8))
    }
  }

  /// The frames of an animated PNG, each as a reader of still images decodes it.
  private func frames(_ path: String) throws -> [Image] {
    let file = [UInt8](try gen.bytes(path))
    func integer(_ at: Int) -> Int { file[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    func chunk(_ type: String, _ data: some Collection<UInt8>) -> [UInt8] {
      func bytes(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(number >> (24 - 8 * $0) & 255) } }
      let body = Array(type.utf8) + data
      return bytes(data.count) + body + bytes(Int(codec_png_checksum(body, body.count)))
    }
    var (header, pixels, at) = ([UInt8](), [[UInt8]](), 8)
    while at + 12 <= file.count {
      let data = file[at + 8..<at + 8 + integer(at)]
      switch String(decoding: file[at + 4..<at + 8], as: UTF8.self) {
      case "IHDR": header = Array(file[..<8]) + chunk("IHDR", data)
      case "fcTL": pixels.append([])
      case "IDAT": pixels[pixels.count - 1] += data
      case "fdAT": pixels[pixels.count - 1] += data.dropFirst(4)
      default: break
      }
      at += 12 + data.count
    }
    return try pixels.map {
      try Image(decoding: header + chunk("IDAT", $0) + chunk("IEND", []), name: path)
    }
  }

  @Test func aWalkBeginsWithTheImagesOfTheSeed() throws {
    try train("a")
    let training = Program.smallGAN + ["--steps", "1", "--name", "gan"]
    #expect(try gen.start(training).wait().status == 0)
    for (run, flags) in [("a", ["--steps", "2"]), ("gan", [])] {
      let common = [run, "--seed", "4", "--count", "3"] + flags
      let walk = common + ["--interpolate", "--frames", "5", "--delay", "0.25"]
      try sample(common + ["-o", "grid.png"])
      let drawn = try sample(walk + ["-o", "walk.apng"])
      #expect(drawn.output == "walk.apng\n")
      let frames = try frames("walk.apng")
      let grid = try image("grid.png")
      #expect(frames.count == 5 && frames[0] == grid)
      #expect(Set(frames.map(\.pixels)).count > 1)
      let told = try gen("inspect", "walk.apng").output
      #expect(
        told.contains("5 frames") && told.contains("seed: 4") && told.contains(" --delay 0.25"))
      // The bits depend neither on threads nor on the other images; a folder gets a file for each.
      try sample(walk + ["--format", "apng", "-o", "again.png", "--threads", "1"])
      #expect(try self.frames("again.png") == frames)
      try sample(walk + ["--each", "each-\(run)", "--format", "apng"])
      let second = try self.frames("each-\(run)/1.apng")
      let side = second[0].width
      #expect(
        second == frames.map { $0.cropped(x: 4 + side, y: 2, width: side, height: side) })
    }
    // Of what is no walk, the denoising is animated.
    try sample(["a", "--steps", "4", "--count", "3", "-o", "film.apng", "--trajectory", "film.png"])
    let film = try frames("film.png")
    #expect(try frames("film.apng") == film)
    #expect(film.count == 4)
    let cases: [(flags: [String], message: String)] = [
      (["gan", "-o", "walk.apng"], "give --interpolate"),
      (["a", "--frames", "4"], "--frames is for animations"),
      (["a", "-o", "a.apng", "--delay", "90"], "0.01 to 60"),
      (["a", "-o", "a.apng", "--frames", "1"], "2 to 1000"),
      (["a", "-o", "a.apng", "--interpolate", "--count", "9999"], "an animation may have 65536"),
      (["a", "-o", "a.apng", "--interpolate", "--eta", "1"], "eta 0"),
      (["a", "-o", "-", "--show"], "standard output"),
      (["a", "--prompt", "x", "--show"], "--show for images"),
    ]
    for (flags, message) in cases {
      let result = try gen.start(["sample"] + flags).wait()
      #expect(result.status == 64 && result.output.isEmpty, "\(flags): \(result.messages)")
      #expect(result.messages.contains(message), "\(flags): \(result.messages)")
    }
  }

  @Test func imagesAreShownInTheTerminal() throws {
    try train("a")
    let flags = ["sample", "a", "--count", "2", "--steps", "2", "--show"]
    // Two images of 8 pixels side by side, in half as many lines; in the file they have a border.
    func lines(_ environment: [String: String], _ arguments: [String]) throws -> [Substring] {
      let shown = try gen.start(arguments, environment: environment).wait()
      #expect(shown.status == 0, "\(shown.messages)")
      return shown.output.split(separator: "\n")
    }
    let plain = try lines([:], flags)
    #expect(plain.count == 4 && plain.allSatisfy { $0.count == 17 })
    #expect(plain.joined().allSatisfy { " ░▒▓█".contains($0) })
    let files = try FileManager.default.contentsOfDirectory(atPath: gen.folder.path)
    #expect(!files.contains { $0.hasSuffix(".png") })
    let named = try lines([:], flags + ["-o", "two.png"])
    #expect(named == plain + ["two.png"])
    let inspected = try lines([:], ["inspect", "two.png", "--show"])
    // Two pixels around each image there, a column between them here.
    for (line, framed) in zip(plain, inspected.suffix(5)) {
      let (own, other) = (Array(line), Array(framed))
      #expect(own[..<8] == other[2..<10] && own[9...] == other[12..<20])
    }
    #expect(inspected.suffix(6).allSatisfy { $0.count == 22 } && inspected[0].contains("22x12"))
    #expect(try lines([:], ["inspect", "two.png"]) == inspected.dropLast(6))
    #expect(try gen("inspect", "a", "--show").messages.contains("--show generates images"))
    #expect(try gen("inspect", "two.png", "--show", "--json").status == 64)
  }

  @Test func imagesAreDrawnAnewInPart() throws {
    try train("a")
    try writeImage("photo.png", width: 8, height: 8)
    var mask = Image(width: 8, height: 8, channels: 1, value: 0)
    for y in 0..<8 { for x in 4..<8 { mask.pixels[8 * y + x] = 255 } }
    try Data(mask.pngData()).write(to: URL(fileURLWithPath: gen.folder("mask.png")))
    let common = ["a", "--init", "photo.png", "--steps", "4", "--count", "1", "--each"]
    try sample(common + ["masked", "--mask", "mask.png"])
    let (photo, masked) = (try image("photo.png"), try image("masked/0.png"))
    let left = (x: 0, y: 0, width: 4, height: 8)
    #expect(
      masked.cropped(x: left.x, y: left.y, width: left.width, height: left.height)
        == photo.cropped(x: left.x, y: left.y, width: left.width, height: left.height))
    #expect(masked != photo)
    let kept = try sample(common + ["kept", "--strength", "0"])
    #expect(try image("kept/0.png") == photo)
    #expect(kept.messages.contains("stays as it is"))
    let film = try gen("sample", "a", "--init", "photo.png", "--strength", "0", "--strip", "s.png")
    #expect(film.status == 64 && film.messages.contains("no denoising to show"))
  }

  @Test func imagesOfOtherSizesAreFittedWhichIsSaid() throws {
    try train("a")
    try writeImage("photo.png", width: 30, height: 20, channels: 4)
    try writeImage("mask.png", width: 16, height: 12, channels: 1)
    let result = try sample([
      "--init", "photo.png", "--mask", "mask.png", "--steps", "2", "--count", "1", "-o", "a.png",
    ])
    for message in [
      "photo.png: the image of 30x20 is resized and cut to 8x8",
      "mask.png: the mask of 16x12 is resized and cut to 8x8",
    ] {
      #expect(result.messages.contains(message), "\(result.messages)")
    }
  }

  @Test func interpolationEndsWithImages() throws {
    try train("a", "model.conditional=false", "sample.guidance=1")
    try sample(["a", "--count", "2", "--steps", "3", "--each", "ends"])
    try sample([
      "a", "--interpolate", "--count", "1", "--columns", "5", "--steps", "3", "--each", "way",
    ])
    #expect(try image("way/0.png") == image("ends/0.png"))
    #expect(try image("way/4.png") == image("ends/1.png"))
  }

  @Test func whatCannotBeDrawnIsSaid() throws {
    try train("a")
    try writeImage("photo.png", width: 8, height: 8)
    try gen.write("no image", to: "broken.png")
    let cases: [(flags: [String], status: Int32, message: String)] = [
      (["--steps", "0"], 64, "0 steps"),
      (["--steps", "2000"], 64, "trained with 1000"),
      (["--class", "11"], 64, "class 11, but classes are 0 to 4"),
      (["--class", "cirlce"], 64, "did you mean \"circle\"?"),
      (["--sampler", "euler"], 64, "no flow"),
      (["--sampler", "ddmi"], 64, "ddim"),
      (["--sampler", "dpm", "--eta", "0.5"], 64, "eta is for the sampler ddim"),
      (["--eta", "2"], 64, "eta of 2.0"),
      (["--sampler", "ddim", "--karras"], 64, "dpm or heun"),
      (["--guidance-interval", "2:1"], 64, "--guidance-interval"),
      (["--guide", "nobody"], 66, "nobody"),
      (["--guide", "a", "--guidance", "1"], 64, "a guidance scale of 1"),
      (["--guidance-interval", "1:2", "--guidance", "1"], 64, "a guidance scale of 1"),
      (["--interpolate", "--eta", "1"], 64, "eta 0"),
      (["--mask", "photo.png"], 64, "--init"),
      (["--strength", "0.5"], 64, "--init"),
      (["--init", "photo.png", "--strength", "1.5"], 64, "must be 0 to 1"),
      (["--init", "nowhere.png"], 66, "nowhere.png"),
      (["--init", "photo.png", "--mask", "nowhere.png"], 66, "nowhere.png"),
      (["--init", "broken.png"], 65, "broken.png"),
      (["--init", "photo.png", "--mask", "broken.png"], 65, "broken.png"),
      (["--trajectory", "film.jpg"], 64, ".png"),
      (["--strip", "strip.gif"], 64, ".png"),
      (["-o", "grid.gif"], 64, "neither .png, .apng nor .jpg"),
      (["-o", "-", "--strip", "-"], 64, "standard output"),
    ]
    for (flags, status, message) in cases {
      let result = try gen.start(["sample", "a"] + flags).wait()
      #expect(result.status == status, "\(flags): \(result.messages)")
      #expect(result.messages.contains(message), "\(flags): \(result.messages)")
      // What is wrong is found before anything is written.
      #expect(result.output.isEmpty, "\(flags): \(result.output)")
    }
  }

  /// Where the data has classes, so has the model: a column for each, and a class that is asked for.
  @Test func aGANSamplesByClass() throws {
    #expect(try gen.start(Program.smallGAN + ["--steps", "1", "--name", "gan"]).wait().status == 0)
    #expect(try gen("sample", "gan", "-o", "grid.png").status == 0)
    let grid = try gen("inspect", "grid.png").output
    #expect(grid.contains("\(5 * 34 + 2)x\(12 * 34 + 2)"), "\(grid)")
    for word in ["1", "ring"] {
      let result = try gen("sample", "gan", "--class", word, "--count", "2", "-o", "\(word).png")
      #expect(result.status == 0, "\(result.messages)")
      #expect(try gen("inspect", "\(word).png").output.contains("class: 1 (ring)"))
    }
    let none = try gen("sample", "gan", "--class", "none")
    #expect(none.status == 64 && none.messages.contains("always learned with one"))
  }

  @Test func flagsThatTheModelHasNoUseFor() throws {
    try train("plain", "model.conditional=false", "sample.guidance=1")
    try train("flow", "objective=flow", "loss.min_snr_gamma=null")
    let gan = ["--steps", "1", "--name", "gan", "--set", "model.conditional=false"]
    #expect(try gen.start(Program.smallGAN + gan).wait().status == 0)
    let cases: [(arguments: [String], message: String)] = [
      (["plain", "--guidance", "2"], "has not learned to sample without a class"),
      (["plain", "--class", "1"], "trained without classes"),
      (["flow", "--sampler", "ddim"], "a flow: name euler"),
      (["gan", "--steps", "5"], "--steps is for diffusion models, but gan is not one"),
      (["gan", "--class", "1"], "trained without classes"),
    ]
    for (arguments, message) in cases {
      let result = try gen.start(["sample"] + arguments).wait()
      #expect(result.status == 64, "\(arguments): \(result.messages)")
      #expect(result.messages.contains(message), "\(arguments): \(result.messages)")
    }
    // The newest is the GAN; the newest that takes steps is the flow.
    let result = try sample(["--steps", "2", "--count", "1", "-o", "one.png"])
    #expect(result.messages == "sampling from flow\n")
    #expect(try gen("inspect", "one.png").output.contains("sampler: euler"))
  }
}
