import Foundation
import TestSupport
import Testing

/// Signals that ask a training for its end, or do not.
struct SignalTests {
  let gen = Program()
  private let long = Program.smallGAN + ["--steps", "100000", "--name", "g"]

  /// Starts a training and waits for its first step.
  private func start() throws -> Program.Running {
    let running = try gen.start(long)
    try waitForSteps(of: running)
    return running
  }

  private func waitForSteps(of running: Program.Running) throws {
    try running.wait(for: "a first step") {
      !((try? gen.bytes("runs/g/metrics.jsonl")) ?? Data()).isEmpty
    }
  }

  private var checkpoints: [String] {
    let folder = gen.folder("runs/g/checkpoints")
    return (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  }

  @Test(arguments: [SIGHUP, SIGINT, SIGTERM])
  func oneLeavesACheckpoint(signal: Int32) throws {
    let running = try start()
    kill(running.process.processIdentifier, signal)
    let result = try running.wait()
    #expect(result.status == 128 + signal && result.messages.contains("stopped after a checkpoint"))
    #expect(!checkpoints.isEmpty)
  }

  /// timeout(1) signals the process and then its group; a closed terminal is told of by the system and
  /// by the shell, and perhaps by SIGTERM.
  @Test(arguments: [
    [SIGTERM, SIGTERM], [SIGINT, SIGINT], [SIGHUP, SIGHUP, SIGTERM, SIGHUP], [SIGTERM, SIGHUP],
  ])
  func theSameRequestTwiceLeavesACheckpoint(signals: [Int32]) throws {
    let running = try start()
    for signal in signals {
      kill(running.process.processIdentifier, signal)
      usleep(500)
    }
    // Of two that have both come before the program runs again, the system does not tell which was first.
    #expect(try signals.contains(running.wait().status - 128))
    #expect(!checkpoints.isEmpty)
  }

  /// nohup, and a job that a shell without job control starts in the background.
  @Test func oneThatWasIgnoredStaysIgnored() throws {
    let words = (Program.smallGAN + ["--steps", "40", "--name", "g", "--log-every", "1"])
      .map { "'\($0)'" }.joined(separator: " ")
    try gen.write(
      """
      trap '' HUP INT
      $1 \(words) & training=$!
      while ! test -s runs/g/metrics.jsonl; do sleep 0.01; done
      kill -HUP $training; kill -INT $training
      wait $training; echo $?
      """, to: "script.bash")
    let result = try gen.startAsWords(of: "script.bash", []).wait()
    #expect(result.output == "g\n0\n", "\(result.messages)")
    #expect(checkpoints.contains("step-000040"))
  }

  #if os(Linux)
    /// A terminal that is gone: SIGHUP is the end, after a checkpoint; where it is ignored, the training
    /// goes on although nothing can be printed any more.
    @Test(arguments: [true, false])
    func aTerminalThatIsGone(isIgnored: Bool) throws {
      let words = (Program.smallGAN + ["--name", "g", "--log-every", "1"])
        .map { "'\($0)'" }.joined(separator: " ")
      try gen.write(
        """
        \(isIgnored ? "trap '' HUP" : "true")
        exec \(gen.path) \(words) --steps \(isIgnored ? 400 : 100_000)
        """, to: "training.bash")
      let terminal = try gen.start(
        "/usr/bin/script", ["-qec", "bash training.bash", "/dev/null"])
      try waitForSteps(of: terminal)
      kill(terminal.process.processIdentifier, SIGKILL)
      _ = try terminal.wait()
      try wait(for: isIgnored ? "the last checkpoint" : "a checkpoint") {
        isIgnored ? checkpoints.contains("step-000400") : !checkpoints.isEmpty
      }
    }
  #endif

  /// Who verifies leaves neither a training nor a folder behind.
  @Test func aVerificationThatIsInterrupted() throws {
    let folder = gen.folder("temporary")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let verify = [
      "verify", "resume", "gan", "--data", "shapes", "--steps", "100000", "--kills", "1",
    ]
    let running = try gen.start(verify, environment: ["TMPDIR": folder])
    let isThere = { try !FileManager.default.contentsOfDirectory(atPath: folder).isEmpty }
    try running.wait(for: "the verification's folder", until: isThere)
    usleep(300_000)
    kill(running.process.processIdentifier, SIGHUP)
    #expect(try running.wait().status == 129)
    #expect(try !isThere())
  }
}
