import Datasets
import Foundation
import Images
import Testing

/// The data that a run learned from: its content decides, wherever it is and however it is named.
struct DataTests {
  let gen = Program()

  /// Images in two classes, of which a tenth is held out.
  private func makeImages(_ folder: String, tint: Int = 0) throws {
    for number in 0..<200 {
      let path = gen.folder("\(folder)/\(number % 2 == 0 ? "a" : "b")/\(number).png")
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      let pixels = (0..<8 * 8 * 3).map { UInt8(truncatingIfNeeded: $0 * (number + 3) + tint) }
      try Image(width: 8, height: 8, channels: 3, pixels: pixels).write(to: path)
    }
  }

  private let trained = Self.train("classifier", "images", ["--name", "run"])

  private static func train(_ kind: String, _ data: String, _ others: [String]) -> [String] {
    let settings = [
      "gan": ["model.size=32", "model.channels=4", "batch=4", "model.latent_size=8"],
      "classifier": ["model.size=8", "model.channels=[4]", "batch=4", "evaluate.every=null"],
      "diffusion": [
        "model.sample_size=8", "model.block_out_channels=[8]", "model.norm_num_groups=4",
        "model.down_block_types=[DownBlock2D]", "model.up_block_types=[UpBlock2D]", "batch=4",
        "model.attention_head_dim=4", "sample.steps=2", "evaluate.every=null",
        "model.conditional=true",
      ],
    ]
    return ["train", kind, "--data", data, "--steps", "2"]
      + (settings[kind] ?? []).flatMap { ["--set", $0] } + others
  }

  /// Goes on with the run to so many steps: one that has done them opens no data.
  private func resume(to steps: Int, _ words: String...) throws -> Program.Result {
    try gen.start(["train", "--resume", "run", "--steps", "\(steps)"] + words).wait()
  }

  private func environment(_ run: String = "run") throws -> [String: Any] {
    let data = try gen.bytes("runs/\(run)/environment.json")
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func changeEnvironment(_ change: (inout [String: Any]) -> Void) throws {
    var members = try environment()
    change(&members)
    try JSONSerialization.data(withJSONObject: members)
      .write(to: URL(fileURLWithPath: gen.folder("runs/run/environment.json")))
  }

  /// An image that is held out.
  private func heldOutImage() throws -> String {
    let paths = (0..<200).map { "\($0 % 2 == 0 ? "a" : "b")/\($0).png" }
    let path = try #require(
      paths.first { path in
        var hash = ContentHash()
        hash.add(path)
        return hash.value % 10 == 0
      })
    return gen.folder("images/\(path)")
  }

  @Test(arguments: ["gan", "classifier", "diffusion"])
  func otherSpellingsAndPlacesOfTheSameData(kind: String) throws {
    try makeImages("images")
    #expect(try gen.start(Self.train(kind, "images", ["--name", "run"])).wait().status == 0)
    #expect(try environment()["dataPath"] as? String == gen.folder("images"))
    // As it was named, and by other names.
    for (number, data) in ["images/", "./images", gen.folder("images")].enumerated() {
      let result = try resume(to: 2 + number, "--data", data)
      #expect(result.status == 0, "\(data): \(result.messages)")
    }
    // Moved, it is not found; named, it is.
    try FileManager.default.createDirectory(
      atPath: gen.folder("far"), withIntermediateDirectories: true)
    try FileManager.default.moveItem(
      atPath: gen.folder("images"), toPath: gen.folder("far/moved"))
    let lost = try resume(to: 5)
    #expect(lost.status == 66, "\(lost.messages)")
    #expect(lost.messages.contains(gen.folder("images")))
    #expect(try resume(to: 5, "--set", "data.source=far/moved").status == 0)
    #expect(try environment()["dataPath"] as? String == gen.folder("far/moved"))
    // From then on it is found there.
    #expect(try resume(to: 6).status == 0)
    // Other data is refused.
    try makeImages("other", tint: 9)
    let refused = try resume(to: 6, "--data", "other")
    #expect(refused.status == 65, "\(refused.messages)")
    #expect(refused.messages.contains("other: is not what run has learned from"))
    #expect(refused.messages.contains("start another run with --from run"))
  }

  @Test func resumeFromAnotherFolder() throws {
    try makeImages("here/images")
    try makeImages("there/images", tint: 9)
    func inFolder(_ folder: String, _ words: [String]) throws -> Program.Result {
      let line = "cd '\(gen.folder(folder))' && exec '\(gen.path)' \"$@\""
      return try gen.start("/bin/bash", ["-c", line, "gen"] + words).wait()
    }
    #expect(try inFolder("here", trained).status == 0)
    let run = gen.folder("here/runs/run")
    let resumed = try inFolder("there", ["train", "--resume", run, "--steps", "3"])
    #expect(resumed.status == 0, "\(resumed.messages)")
    let judged = try inFolder("there", ["eval", run])
    #expect(judged.status == 0, "\(judged.messages)")
    // Another folder of that name is named to no avail.
    let refused = try inFolder(
      "there", ["train", "--resume", run, "--steps", "4", "--data", "images"])
    #expect(refused.status == 65, "\(refused.messages)")
    // A whole project that was moved.
    try FileManager.default.moveItem(
      atPath: gen.folder("here"), toPath: gen.folder("moved"))
    let moved = gen.folder("moved/runs/run")
    #expect(try inFolder("moved", ["eval", moved]).status == 0)
    #expect(try gen("eval", moved).status == 0)
  }

  @Test(arguments: ["gan", "classifier", "diffusion"])
  func heldOutImagesMayNotChange(kind: String) throws {
    try makeImages("images")
    #expect(try gen.start(Self.train(kind, "images", ["--name", "run"])).wait().status == 0)
    let image = try heldOutImage()
    let original = try Data(contentsOf: URL(fileURLWithPath: image))
    try Image(width: 8, height: 8, channels: 3, pixels: Array(repeating: 7, count: 192))
      .write(to: image)
    let refused = try resume(to: 3)
    #expect(refused.status == 65, "\(refused.messages)")
    #expect(refused.messages.contains("the held-out data is not the same"))
    let judge =
      kind == "classifier" ? ["eval", "run"] : ["explain", "run", "--nearest", "--pixels"]
    let other = try gen.start(judge).wait()
    #expect(other.status == 65, "\(other.messages)")
    #expect(other.messages.contains("images: is not what run has learned from"))
    // A run of an older program has no record of it: it is accepted, and gets one.
    try changeEnvironment { members in
      for key in ["heldOutHash", "dataPath", "reading"] { members[key] = nil }
    }
    #expect(try resume(to: 3).status == 0)
    #expect(try environment()["heldOutHash"] != nil && environment()["dataPath"] != nil)
    try original.write(to: URL(fileURLWithPath: image))
    #expect(try resume(to: 4).status == 65)
  }

  @Test(arguments: ["transformer", "rnn"])
  func texts(kind: String) throws {
    let license = try Data(contentsOf: URL(fileURLWithPath: Program.license))
    let text = String(decoding: license, as: UTF8.self)
    try gen.write(text, to: "book.txt")
    #expect(try gen.start(Program.smallText(kind) + ["--name", "run"]).wait().status == 0)
    func resumed(_ words: [String]) throws -> Program.Result {
      try gen.start(["train", "--resume", "run", "--steps", "4"] + words).wait()
    }
    #expect(try resumed(["--data", "./book.txt"]).status == 0)
    try gen.write(String(text.reversed()), to: "other.txt")
    let refused = try resumed(["--data", "other.txt"])
    #expect(refused.status == 65, "\(refused.messages)")
    let named = try gen("eval", "run", "--data", "other.txt")
    #expect(named.status == 0 && named.messages.contains("other.txt is not the text that run"))
    // What is there is another text now.
    try gen.write(String(text.reversed()), to: "book.txt")
    let changed = try gen("eval", "run")
    #expect(changed.status == 65, "\(changed.messages)")
    #expect(changed.messages.contains("book.txt: is not what run has learned from"))
    try FileManager.default.removeItem(atPath: gen.folder("book.txt"))
    let gone = try gen("eval", "run")
    #expect(gone.status == 66 && gone.messages.contains(gen.folder("book.txt")))
    // A run may start from it with any data.
    let from = ["train", kind, "--data", "other.txt", "--from", "run", "--name", "new"]
    let start = Program.smallText(kind).dropFirst(4) + []
    #expect(try gen.start(from + start).wait().status == 0)
  }

  /// Of a file that was refused for a harmless warning, an old run's batches have nothing.
  @Test func anOldRunLeavesOutWhatItLeftOut() throws {
    try makeImages("images")
    let start = Self.train("gan", "images", ["--name", "run", "--skip-broken"])
    #expect(try gen.start(start).wait().status == 0)
    try changeEnvironment { members in
      for key in ["heldOutHash", "dataPath", "reading", "skipsBroken"] { members[key] = nil }
    }
    var file = try Image(width: 8, height: 8, channels: 3, pixels: Array(repeating: 90, count: 192))
      .jpegData()
    let name = try #require(file.firstRange(of: Array("JFIF\0".utf8)))
    file[name.upperBound] = 2
    try Data(file).write(to: URL(fileURLWithPath: gen.folder("images/a/new.jpg")))
    let refused = try resume(to: 3)
    #expect(refused.status == 65 && refused.messages.contains("a/new.jpg"), "\(refused.messages)")
    #expect(try resume(to: 3, "--skip-broken").status == 0)
    // A new run reads it, and so has other data.
    #expect(
      try gen.start(Self.train("gan", "images", ["--name", "new"])).wait().status == 0)
    #expect(try environment("new")["dataHash"] as? String != environment()["dataHash"] as? String)
    // From now on the run knows that it leaves files out, and need not be told.
    #expect(try resume(to: 4).status == 0)
  }

  /// Nothing that is made for others says where something is on this machine.
  @Test func whatGoesToOthersNamesNoFolders() throws {
    try makeImages("images")
    let data = gen.folder("images")
    let start = Self.train("diffusion", data, ["--name", "run", "--runs", gen.folder("runs")])
    #expect(try gen.start(start).wait().status == 0)
    try FileManager.default.moveItem(atPath: data, toPath: gen.folder("moved"))
    #expect(try resume(to: 3, "--data", gen.folder("moved")).status == 0)
    let run = gen.folder("runs/run")
    for words in [
      ["export", "--to", "pretrained", run, "-o", "out/model"],
      ["export", "--to", "diffusers", run, "-o", "out/pipeline"],
      ["report", run, "-o", "out/a.html"],
      ["explain", run, "--nearest", "--pixels", "--count", "20", "-o", "out/b.html"],
      ["sample", run, "--count", "2", "--steps", "2", "-o", gen.folder("out/c.png")],
      ["gallery", "--out", "out/gallery", "--count", "2", "--steps", "2"],
    ] {
      let result = try gen.start(words).wait()
      #expect(result.status == 0, "\(words): \(result.messages)")
    }
    var files = 0
    let out = gen.folder("out")
    for case let name as String in FileManager.default.enumerator(atPath: out) ?? .init() {
      guard let data = FileManager.default.contents(atPath: "\(out)/\(name)") else { continue }
      files += 1
      #expect(data.range(of: Data(gen.folder.path.utf8)) == nil, "\(name)")
    }
    #expect(files > 10)
    let recipe = String(decoding: try gen.bytes("out/model/recipe.yaml"), as: UTF8.self)
    #expect(recipe.contains("\n  source: moved  #"))
    let command = String(decoding: try gen.bytes("out/model/command.txt"), as: UTF8.self)
    #expect(command.contains("--data images ") && command.contains("--runs runs"))
    #expect(command.contains("'model.block_out_channels=[8]'"))
    // It is found, and draws.
    let drawn = try gen("sample", "out/model", "--count", "1", "--steps", "2", "--class", "b")
    #expect(drawn.status == 0, "\(drawn.messages)")
  }
}
