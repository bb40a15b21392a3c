import Compute
import Datasets
import Files
import Foundation
import Images
import Runs

/// Gives a format's reader one damaged file after the other.
///
/// Inputs depend on the seed and their number alone. Each is in a file while it is read, which a crash
/// leaves behind; its name is the format, the seed and the number.
struct FuzzRun {
  let format: FuzzedFormat
  let seed: UInt64
  /// Where the files are.
  let folder: String
  /// How many inputs were read, and how many of them were refused.
  private(set) var (read, refused) = (0, 0)
  /// What went wrong: the file, which is kept, and why.
  private(set) var failures: [String] = []
  /// The most time that an input took, in seconds of the processor.
  private(set) var slowest = 0.0

  init(_ format: FuzzedFormat, seed: UInt64, folder: String) {
    (self.format, self.seed, self.folder) = (format, seed, folder)
  }

  /// Reads `count` inputs.
  mutating func run(_ count: Int) throws {
    let seeds = try format.seeds()
    // What is damaged is whole before.
    for (index, seed) in seeds.enumerated() {
      let path = "\(folder)/\(format)-whole-\(index)"
      try Data(format.file(of: seed)).write(to: URL(fileURLWithPath: path))
      try format.read(path)
      try FileManager.default.removeItem(atPath: path)
    }
    let watchdog = Watchdog()
    defer { watchdog.stop() }
    for index in 0..<count {
      var mutator = Mutator(seed: seed, index: index)
      let path = "\(folder)/\(format)-\(seed)-\(index)"
      try Data(format.input(seeds, &mutator)).write(to: URL(fileURLWithPath: path))
      watchdog.watch(path)
      let start = Self.processorTime()
      let problem = problem(with: path)
      let time = Self.processorTime() - start
      read += 1
      slowest = max(slowest, time)
      if let problem = problem ?? (time > 1 ? "took \(time) s" : nil) {
        failures.append("\(path): \(problem)")
      } else {
        unlink(path)
      }
    }
  }

  /// What is wrong with how a file is read; nil where it is read, or refused as it should be.
  private mutating func problem(with path: String) -> String? {
    do {
      try format.read(path)
      return nil
    } catch {
      refused += 1
      guard
        error is ImageError || error is FileError || error is RecipeError || error is DatasetError
      else { return "an error of another type: \(error)" }
      return "\(error)".contains(path) ? nil : "an error that does not name the file: \(error)"
    }
  }

  /// The seconds that this thread has computed.
  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// Ends the process when an input is not done with after a minute: it never will be.
private final class Watchdog: Sendable {
  private let watched = Locked<(path: String, since: Date)?>(nil)
  private let isDone = Locked(false)

  init() {
    Thread.detachNewThread { [self] in
      while !isDone.withLock({ $0 }) {
        sleep(1)
        guard let (path, since) = watched.withLock({ $0 }), since.timeIntervalSinceNow < -60 else {
          continue
        }
        FileHandle.standardError.write(Data("\(path): hangs\n".utf8))
        abort()
      }
    }
  }

  func watch(_ path: String) { watched.withLock { $0 = (path, Date()) } }

  func stop() {
    watched.withLock { $0 = nil }
    isDone.withLock { $0 = true }
  }
}
