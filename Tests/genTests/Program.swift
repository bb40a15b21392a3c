import Foundation
import TestSupport
import Testing

/// A program that the package builds, run as a user runs it.
struct Program {
  /// Its name.
  var name = "gen"

  /// How a run ended, and what it said.
  struct Result {
    let status: Int32
    let output: String
    let messages: String
  }

  /// The folder that it runs in, removed with the value's last copy.
  let folder = TemporaryFolder()

  /// What was built with the tests, beside them.
  static let built = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()

  /// Where the programs are that are tested: what was built, or the folder that GEN_PRODUCTS names, such as that of a
  /// release.
  static let products =
    ProcessInfo.processInfo.environment["GEN_PRODUCTS"].map { URL(fileURLWithPath: $0) } ?? built

  /// Where the program lies.
  var path: String { Self.products.appendingPathComponent(name).path }

  /// Runs it to the end.
  func callAsFunction(
    _ arguments: String..., environment: [String: String] = [:]
  ) throws -> Result {
    let started = try start(arguments, environment: environment)
    return try started.wait()
  }

  /// A run that goes on.
  struct Running {
    let process: Process
    let files: (output: String, messages: String)

    /// Waits for its end, or ends it where it hangs.
    /// - Throws: `Hung`.
    func wait() throws -> Result {
      let words = (process.arguments ?? []).joined(separator: " ")
      try wait(for: "the end of \(words)") { false }
      process.waitUntilExit()
      // Killed by a signal is told as a shell tells it.
      let signal: Int32 = process.terminationReason == .uncaughtSignal ? 128 : 0
      return Result(
        status: process.terminationStatus + signal,
        output: try String(contentsOfFile: files.output, encoding: .utf8),
        messages: try String(contentsOfFile: files.messages, encoding: .utf8))
    }

    /// Waits until something is so, or the run has ended.
    /// - Throws: `Hung`, after ending it.
    func wait(for what: String, every pause: UInt32 = 2000, until isSo: () throws -> Bool) throws {
      do {
        try TestSupport.wait(for: what, every: pause) { try isSo() || !process.isRunning }
      } catch {
        kill(process.processIdentifier, SIGKILL)
        throw error
      }
    }
  }

  /// Starts it where no file can have more than so many bytes.
  func startLimited(_ arguments: [String], fileSize: Int) throws -> Running {
    let limit = ["prlimit", "--fsize=\(fileSize)", path]
    // The thread sanitizer maps a file that it writes in that folder, or does without where there is none.
    return try start("/usr/bin/env", limit + arguments, environment: ["TEST_TMPDIR": "/nowhere"])
  }

  /// The sanitizer that the tests run under, if any: it has memory, threads and files of its own.
  static let sanitizer = ProcessInfo.processInfo.environment["GEN_SANITIZER"]

  /// Starts it as a user who may have so many processes and threads; the superuser's are not counted.
  func startFew(_ arguments: [String], processes: Int) throws -> Running {
    var words = ["prlimit", "--nproc=\(processes)", path]
    if geteuid() == 0 {
      try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.path)
      // A user of whom there is no other process.
      let user = "\(100_000 + getpid() % 100_000 + Int32.random(in: 0..<1_000_000))"
      words = ["setpriv", "--reuid", user, "--clear-groups"] + words
    }
    return try start("/usr/bin/env", words + arguments)
  }

  /// Starts the nightly gallery, with as little environment as cron gives.
  func startNightly(_ arguments: [String]) throws -> Running {
    let script = URL(fileURLWithPath: Self.license)
      .deletingLastPathComponent().appendingPathComponent("samples/nightly.sh").path
    // A sanitizer that the tests run under has its options there.
    let sanitizers = ["ASAN_OPTIONS", "TSAN_OPTIONS"].compactMap { name in
      ProcessInfo.processInfo.environment[name].map { "\(name)=\($0)" }
    }
    let clean = ["-i", "PATH=/usr/bin:/bin", "HOME=\(folder.path)", "GEN=\(path)"] + sanitizers
    return try start("/usr/bin/env", clean + [script] + arguments)
  }

  /// Starts a script of bash in the folder, with the program and some words after it.
  func startAsWords(of script: String, _ words: [String]) throws -> Running {
    try start("/bin/bash", [folder(script), path] + words)
  }

  /// Starts it and returns at once.
  func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Running {
    try start(path, arguments, environment: environment)
  }

  /// Starts any program in the folder.
  func start(
    _ program: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> Running {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    // A home of who runs the tests has models that they do not expect; empty is none.
    process.environment = ProcessInfo.processInfo.environment
      .merging(["NO_COLOR": "1", "GEN_HOME": ""]) { $1 }.merging(environment) { $1 }
    let name = UUID().uuidString
    let files = (output: folder(".\(name).out"), messages: folder(".\(name).err"))
    for file in [files.output, files.messages] {
      _ = FileManager.default.createFile(atPath: file, contents: nil)
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: files.output)
    process.standardError = FileHandle(forWritingAtPath: files.messages)
    try process.run()
    return Running(process: process, files: files)
  }

  /// A GAN small enough for tests, on drawn images.
  static let smallGAN = [
    "train", "gan", "--data", "shapes", "--set", "model.channels=4", "--set", "batch=4",
    "--set", "model.latent_size=8",
  ]

  /// A denoiser small enough for tests, on drawn images, with all that draws at random.
  static let smallDiffusion = [
    "train", "diffusion", "--data", "shapes", "--set", "model.sample_size=8",
    "--set", "model.block_out_channels=[8, 8]", "--set", "model.norm_num_groups=4",
    "--set", "model.down_block_types=[DownBlock2D, AttnDownBlock2D]",
    "--set", "model.up_block_types=[AttnUpBlock2D, UpBlock2D]",
    "--set", "model.attention_head_dim=4", "--set", "model.dropout=0.1", "--set", "batch=3",
    "--set", "accumulate=2", "--set", "sample.steps=2", "--set", "evaluate.images=4",
    "--set", "evaluate.every=10", "--set", "augment.probability=0.5",
  ]

  /// A classifier small enough for tests, on drawn images, with all that draws at random.
  static let smallClassifier = [
    "train", "classifier", "--data", "shapes", "--set", "model.size=16",
    "--set", "model.channels=[4, 8]", "--set", "model.dropout=0.1", "--set", "batch=6",
    "--set", "data.crop=1", "--set", "evaluate.every=20",
  ]

  /// A transformer small enough for tests, on a text of this package, with all that draws at random.
  static let smallTransformer = [
    "train", "transformer", "--data", license, "--set", "model.layers=2", "--set", "model.heads=2",
    "--set", "model.width=16", "--set", "model.context=16", "--set", "model.dropout=0.1",
    "--set", "batch=4", "--set", "accumulate=2", "--set", "sample.length=20",
    "--set", "evaluate.every=20",
  ]

  /// A recurrent network small enough for tests, on a text of this package, with all that draws at
  /// random; a pass over the text has seven windows.
  static let smallRecurrent = [
    "train", "rnn", "--data", license, "--set", "model.hidden=16", "--set", "model.context=32",
    "--set", "batch=40", "--set", "sample.length=20", "--set", "evaluate.every=20",
  ]

  /// The path of a text.
  static let license = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../LICENSE")
    .standardized.path

  /// A model of text small enough for tests, transformer or rnn, of book.txt.
  static func smallText(_ kind: String) -> [String] {
    let sizes = ["transformer": ["model.layers=1", "model.heads=2", "model.width=16"]]
    let common = ["model.context=16", "batch=4", "evaluate.every=null", "sample.every=100"]
    return ["train", kind, "--data", "book.txt", "--steps", "3"]
      + ((sizes[kind] ?? ["model.layers=1", "model.hidden=16"]) + common).flatMap { ["--set", $0] }
  }

  /// One of each kind.
  static let smallTrainings = [
    smallGAN, smallDiffusion, smallClassifier, smallTransformer, smallRecurrent,
  ]

  /// Trainings whose products are rounded, with layers wide enough for that.
  static let roundedTrainings = [smallGAN, smallDiffusion, smallTransformer].map { training in
    training.map { argument in
      switch argument {
      case "model.channels=4": "model.channels=16"
      case "model.block_out_channels=[8, 8]": "model.block_out_channels=[16, 16]"
      default: argument
      }
    } + ["--precision", "bfloat16-amx"]
  }

  /// The bytes of a file in the folder.
  func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder(path)))
  }

  func write(_ text: String, to path: String) throws {
    let file = URL(fileURLWithPath: folder(path))
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }
}
