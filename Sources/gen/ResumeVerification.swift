import Files
import Foundation
import Runs
import Training

/// Trains once in one go, and as often as it takes with kills at random moments, each of which is
/// followed by a resume: the program itself, as processes of their own.
struct ResumeVerification {
  /// What the training is told, without the run's name.
  let training: [String]
  /// How many kills there are to be.
  let kills: Int
  /// The numbers of threads with which runs go on, in turn; empty for the default.
  let threads: [Int]
  /// Where the runs go.
  let folder: URL
  let progress = Progress()

  /// What has come of it.
  struct Result {
    /// How many kills there were.
    var kills = 0
    /// Each killed run beside the one in one go.
    var comparisons: [RunComparison] = []

    var isSame: Bool { comparisons.allSatisfy(\.isSame) }
  }

  /// How a training ended, and how long it took from the first step.
  private struct Ending {
    let wasKilled: Bool
    let seconds: Double
  }

  /// Does it.
  /// - Throws: `VerificationFailure` when a training fails, `Interrupted`, `FileError`.
  func callAsFunction() throws -> Result {
    progress.say("a run in one go")
    let whole = try train(training + place("whole"))
    var result = Result()
    // Kills are spread over about one run; what they undo makes it longer.
    let window = 2 * whole.seconds / Double(kills + 1)
    func delay() -> Double? {
      result.kills < kills ? Double.random(in: 0..<max(window, 0.01)) : nil
    }
    repeat {
      let name = "killed-\(result.comparisons.count + 1)"
      progress.say("a run with kills")
      var ending = try train(training + place(name), killAfter: delay())
      while ending.wasKilled {
        result.kills += 1
        let steps = try run(name).checkpoints.steps.last ?? 0
        let count = threads.isEmpty ? nil : threads[result.kills % threads.count]
        progress.say(
          """
          kill \(result.kills) after \(fixed(ending.seconds, 2)) s: going on from step \(steps)\
          \(count.map { ", threads: \($0)" } ?? "")
          """)
        let option = count.map { ["--threads", "\($0)"] } ?? []
        ending = try train(
          ["train", "--resume", run(name).path] + option, killAfter: delay())
      }
      try result.comparisons.append(RunComparison(run("whole"), run(name)))
    } while result.kills < kills
    return result
  }

  private func place(_ name: String) -> [String] { ["--runs", folder.path, "--name", name] }

  private func run(_ name: String) throws -> RunFolder {
    try RunFolder(path: folder.appendingPathComponent(name).path)
  }

  /// Runs the program to its end, or for so many seconds after it has begun to train.
  private func train(_ arguments: [String], killAfter delay: Double? = nil) throws -> Ending {
    let messages = folder.appendingPathComponent("messages")
    let process = try ChildProcess(arguments, messages: messages.path)
    let clock = ContinuousClock()
    var beginning: ContinuousClock.Instant?
    var ending: ChildProcess.Ending?
    do {
      while true {
        ending = process.ending()
        if ending != nil { break }
        if let signal = Interrupts.request { throw Interrupted(signal: signal) }
        if let beginning, let delay, clock.now - beginning >= .seconds(delay) { break }
        // It says so when the run is there, just before the first step.
        if beginning == nil, try text(messages).contains(" \(folder.path)/") {
          beginning = clock.now
        }
        usleep(2000)
      }
    } catch {
      _ = process.stop()
      throw error
    }
    let duration = beginning.map { seconds(clock.now - $0) } ?? 0
    switch ending ?? process.stop() {
    case .exited(0): return Ending(wasKilled: false, seconds: duration)
    case .killed(SIGKILL): return Ending(wasKilled: true, seconds: duration)
    case .exited(let status):
      throw VerificationFailure(status: status, messages: try text(messages))
    case .killed(let signal):
      throw VerificationFailure(status: 128 + signal, messages: try text(messages))
    }
  }

  private func text(_ file: URL) throws -> String {
    String(decoding: try Data(contentsOf: file), as: UTF8.self)
  }
}

/// A training that failed while its resumes were verified.
struct VerificationFailure: Error {
  let status: Int32
  let messages: String
}

/// A signal that asked for the end.
struct Interrupted: Error { let signal: Int32 }
