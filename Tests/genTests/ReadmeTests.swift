import Foundation
import Images
import Testing

/// Every command of the README, in its order, typed into a shell as a reader would.
///
/// What the shell finds as `gen` is a script that runs the program with settings behind the reader's
/// that make it quick: fewer steps, smaller networks, drawn images where a data set may be missing.
/// Lines that do not begin with `gen` are for other tests: those that install and build run in
/// `.ci/run`, and programs of this package have to exist.
@Suite(.ended(after: 20)) struct ReadmeTests {
  private let gen = Program()

  private static let root = URL(fileURLWithPath: #filePath)
    .appendingPathComponent("../../..").standardized

  /// The lines of the README's `sh` blocks, and what stands behind a prompt in others.
  private static func commands() throws -> [String] {
    let text = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
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
        "train classifier") set -- "$@" $few $images \(classifier) ;;
        "train transformer"*) set -- "$@" $few $text \(transformer) ;;
        "train rnn") set -- "$@" $few $text \(recurrent) ;;
        "verify resume") set -- "$@" --steps 4 --kills 1 $images \(gan) ;;
        "bench kernels") set -- "$@" --steps 1 --only softmax ;;
        "bench "*) set -- "$@" --steps 1 ;;
      esac
      exec '\(program)' "$@"
      """
  }

  /// What the commands speak of and do not make: images and a text.
  private func furnish() throws {
    let manager = FileManager.default
    for name in ["photos/cats", "photos/dogs", "bin", "man/man1", "bash-completion/completions"] {
      try manager.createDirectory(
        atPath: gen.folder(name), withIntermediateDirectories: true)
    }
    func picture(_ seed: Int, _ size: Int, channels: Int = 3) -> Image {
      let pixels = (0..<size * size * channels).map { UInt8($0 * (2 * seed + 7919) % 251) }
      return Image(width: size, height: size, channels: channels, pixels: pixels)
    }
    for index in 0..<24 {
      let file = "photos/\(index % 2 == 0 ? "cats" : "dogs")/\(index).png"
      try write(picture(index, 72 + index), to: file)
    }
    try write(picture(1, 40), to: "photo.png")
    try write(picture(2, 40, channels: 1), to: "hole.png")
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
        // What belongs to the system is written here.
        let result = try type(command.replacing("/usr/local/share", with: gen.folder.path))
        #expect(result.status == 0, "\(command): \(result.messages)")
      } else if command.hasPrefix("Tests/") || command.hasPrefix("samples/") {
        let program = command.prefix { $0 != " " }
        let path = Self.root.appendingPathComponent(String(program)).path
        #expect(FileManager.default.isExecutableFile(atPath: path), "\(program) is missing")
      } else {
        let known = ["apt-get ", "swift ", "tensorboard ", "cd ", "cp "]
        #expect(
          known.contains { command.hasPrefix($0) }, "no test runs what the README says: \(command)")
      }
    }
  }

  /// The files that the README's text and tables name.
  @Test func whatItLinksToIsThere() throws {
    let text = try String(
      contentsOf: Self.root.appendingPathComponent("README.md"), encoding: .utf8)
    let links = text.matches(of: /\]\(([^)#:]+)\)/).map { String($0.1) }
    let programs = text.matches(of: /`((?:Tests|samples)\/[A-Za-z\/.-]+)/).map { String($0.1) }
    #expect(links.count > 3 && programs.count > 10)
    for path in links + programs {
      #expect(
        FileManager.default.fileExists(atPath: Self.root.appendingPathComponent(path).path),
        "README.md names \(path)")
    }
  }
}
