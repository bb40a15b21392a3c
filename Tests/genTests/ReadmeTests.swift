import Foundation
import Images
import Testing

/// Every command of the README and of the pages that go on from it, in their order, typed into a shell as
/// a reader would.
///
/// What the shell finds as `gen` is a script that runs the program with settings behind the reader's
/// that make it quick: fewer steps, smaller networks, generated images where a data set may be missing.
/// Lines that do not begin with `gen` are for other tests: those that install and build run in
/// `.ci/run`, and programs of this package have to exist.
struct ReadmeTests {
  private let gen = Program()

  private static let root = URL(fileURLWithPath: #filePath)
    .appendingPathComponent("../../..").standardized

  /// The README, and the pages whose commands go on where it ends.
  private static let pages = ["README.md", "docs/USAGE.md", "docs/GALLERY.md", "docs/RESULTS.md"]

  private static func text(of page: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(page), encoding: .utf8)
  }

  /// The lines of the pages' `sh` blocks, and what stands behind a prompt in others.
  private static func commands() throws -> [String] {
    let text = try pages.map(text).joined(separator: "\n")
    var (commands, block): ([String], String?) = ([], nil)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        block = block == nil ? String(line.dropFirst(3)) : nil
      } else if block == "sh", !line.isEmpty, !line.hasPrefix("#") {
        commands.append(String(line))
      } else if block != nil, line.hasPrefix("$ ") {
        commands.append(String(line.dropFirst(2)))
      }
    }
    return commands
  }

  /// What is run with settings that end soon, by the arguments that it begins with. Later options win
  /// over the reader's.
  private static func script(for program: String) -> String {
    func settings(_ arguments: [String]) -> String {
      arguments.map { "'\($0)'" }.joined(separator: " ")
    }
    let data = ["--data", "shapes"]
    // Without the verb, the recipe, and the data that the reader may name.
    let gan = settings(Array(Program.smallGAN.dropFirst(4)))
    let diffusion = settings(
      Array(Program.smallDiffusion.dropFirst(4)) + ["--set", "model.conditional=true"])
    let photos = settings(
      Array(Program.smallDiffusion.dropFirst(4)) + ["--set", "model.conditional=false"])
    let classifier = settings(Array(Program.smallClassifier.dropFirst(4)))
    let transformer = settings(Array(Program.smallText("transformer").dropFirst(6)))
    let recurrent = settings(Array(Program.smallText("rnn").dropFirst(6)))
    return """
      #!/bin/sh
      case " $* " in
        *" --budget "*) few="--budget 1s" ;;
        *" --dry-run "*) few="" ;;
        *) few="--steps 2" ;;
      esac
      case " $* " in
        *" --data "*) images="" text="" ;;
        *) images="\(data.joined(separator: " "))" text="--data book.txt" ;;
      esac
      case "$1 $2" in
        "train gan"*) set -- "$@" $few $images \(gan) ;;
        "train diffusion-photos") set -- "$@" $few $images \(photos) ;;
        "train diffusion"*) set -- "$@" $few $images \(diffusion) ;;
        "train consistency") set -- "$@" $few ;;
        "train classifier") set -- "$@" $few $images \(classifier) ;;
        "train transformer"*) set -- "$@" $few $text \(transformer) ;;
        "train rnn") set -- "$@" $few $text \(recurrent) ;;
        "verify resume") set -- "$@" --steps 4 --kills 1 $images \(gan) ;;
        "prune "* | "rm "*) set -- "$@" --yes ;;
        "gallery "*) set -- "$@" --count 4 --steps 2 --length 20 ;;
        "bench kernels") set -- "$@" --steps 1 --only softmax ;;
        "bench "*) set -- "$@" --steps 1 ;;
      esac
      exec '\(program)' "$@"
      """
  }

  /// What the commands speak of and do not make: images and a text.
  private func furnish() throws {
    let manager = FileManager.default
    for name in ["photos/cats", "photos/dogs", "bin"] {
      try manager.createDirectory(
        atPath: gen.folder(name), withIntermediateDirectories: true)
    }
    func image(_ seed: Int, _ size: Int, channels: Int = 3) -> Image {
      let pixels = (0..<size * size * channels).map { UInt8($0 * (2 * seed + 7919) % 251) }
      return Image(width: size, height: size, channels: channels, pixels: pixels)
    }
    for index in 0..<24 {
      let file = "photos/\(index % 2 == 0 ? "cats" : "dogs")/\(index).png"
      try write(image(index, 72 + index), to: file)
    }
    try write(image(1, 40), to: "photo.png")
    try write(image(2, 40, channels: 1), to: "hole.png")
    try manager.copyItem(atPath: Program.license, toPath: gen.folder("book.txt"))
    let script = gen.folder("bin/gen")
    try Self.script(for: gen.path).write(toFile: script, atomically: true, encoding: .utf8)
    try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
  }

  private func write(_ image: Image, to file: String) throws {
    try Data(image.pngData()).write(to: URL(fileURLWithPath: gen.folder(file)))
  }

  private func type(_ command: String) throws -> Program.Result {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return try gen.start(
      "/bin/sh", ["-c", command],
      environment: [
        "PATH": "\(gen.folder("bin")):\(path)", "HOME": gen.folder.path,
        "GEN_HOME": Self.root.appendingPathComponent("samples/pretrained").path,
      ]
    ).wait()
  }

  @Test func everyCommandRunsInItsOrder() throws {
    try furnish()
    let commands = try Self.commands()
    #expect(commands.filter { $0.hasPrefix("gen ") }.count > 30)
    for command in commands {
      if command.hasPrefix("gen ") {
        let result = try type(command)
        #expect(result.status == 0, "\(command): \(result.messages)")
      } else if ["Tests/", "samples/", ".ci/"].contains(where: command.hasPrefix) {
        let program = command.prefix { $0 != " " }
        let path = Self.root.appendingPathComponent(String(program)).path
        #expect(FileManager.default.isExecutableFile(atPath: path), "\(program) is missing")
      } else {
        let known = [
          "$(command -v sudo) apt-get ", "$(command -v sudo) tar ", "swift ", "tensorboard ",
        ]
        #expect(
          known.contains { command.hasPrefix($0) }, "no test runs what the pages say: \(command)")
      }
    }
  }

  /// The files that the pages' text and tables name.
  @Test(arguments: pages + ["CONTRIBUTING.md", "recipes/README.md"] + docs)
  func whatItLinksToIsThere(page: String) throws {
    let text = try Self.text(of: page)
    let links = text.matches(of: /\]\(([^)#:]+)(?:#[^)]*)?\)/).map { String($0.1) }
    let programs = text.matches(of: /`((?:Tests|samples)\/[A-Za-z0-9\/.-]+)/).map { String($0.1) }
    let folder = Self.root.appendingPathComponent(page).deletingLastPathComponent()
    let places =
      links.map { folder.appendingPathComponent($0) }
      + programs.map { Self.root.appendingPathComponent($0) }
    for place in places {
      #expect(
        FileManager.default.fileExists(atPath: place.standardized.path),
        "\(page) names \(place.path)")
    }
  }

  private static let docs = Article.files(below: "docs") {
    $0.hasSuffix(".md") && !pages.contains($0)
  }
}
