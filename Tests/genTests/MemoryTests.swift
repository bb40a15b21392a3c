import Foundation
import Testing

/// What becomes of trainings that need more memory, threads or files than there are.
struct MemoryTests {
  let gen = Program()

  /// Recipes within their ranges that no machine has the memory for.
  private static let giants = [
    ["gan", "--data", "shapes", "--set", "model.channels=1024", "--set", "batch=65536"],
    [
      "diffusion", "--data", "shapes", "--set", "batch=65536", "--set", "accumulate=1024",
      "--set", "model.block_out_channels=[65536, 65536, 65536]",
    ],
    [
      "classifier", "--data", "shapes", "--set", "model.channels=[4096, 4096, 4096]",
      "--set", "batch=65536",
    ],
    [
      "transformer", "--data", Program.license, "--set", "model.width=16384",
      "--set", "model.layers=48", "--set", "model.heads=256", "--set", "batch=65536",
      "--set", "accumulate=65536",
    ],
    [
      "rnn", "--data", Program.license, "--set", "model.hidden=16384", "--set", "model.layers=64",
      "--set", "model.context=16",
    ],
  ]

  @Test(arguments: giants, [["--dry-run"], ["--budget", "10m"], []])
  func whatNoMachineHasIsRefused(_ recipe: [String], _ how: [String]) throws {
    let result = try gen.start(["train"] + recipe + how).wait()
    #expect(result.status == 65, "\(result.messages)")
    for words in [
      "gen: the training would take about ", "iB, but ", "parameters with their gradients",
      "moments ", "activations for a batch of ",
    ] {
      #expect(result.messages.contains(words), "\(result.messages)")
    }
    #expect(!FileManager.default.fileExists(atPath: gen.folder("runs")))
  }

  #if os(Linux)
    /// A process's own limits count as the machine's do, and what is advised is then accepted.
    @Test(.enabled(if: Program.sanitizer == nil)) func aLimitRefusesABatchAndTheAdvisedOneFits()
      throws
    {
      func plan(_ batch: String) throws -> Program.Result {
        try gen.start(
          "/usr/bin/env",
          ["prlimit", "--data=\(160 << 20)", gen.path] + Program.smallGAN
            + ["--threads", "1", "--dry-run", "--set", "batch=\(batch)"]
        ).wait()
      }
      let refused = try plan("20000")
      #expect(refused.status == 65, "\(refused.messages)")
      #expect(refused.messages.contains("the limit of data (ulimit -d) is 160.0 MiB"))
      let advised = try #require(refused.messages.firstMatch(of: /batch=(\d+) would fit/)).1
      let accepted = try plan(String(advised))
      #expect(accepted.status == 0, "\(accepted.messages)")
      #expect(accepted.output.contains("# memory: about "))
    }

    /// The same bytes, whatever threads there are.
    @Test(.enabled(if: Program.sanitizer == nil), arguments: [1, 2, 3])
    func fewerThreadsThanAskedForDoTheWork(_ allowed: Int) throws {
      let small = Program.smallGAN + ["--steps", "3", "--threads", "4"]
      let whole = try gen.start(small + ["--name", "whole"]).wait()
      #expect(whole.status == 0, "\(whole.messages)")
      let limited = try gen.startFew(
        small + ["--runs", "few", "--name", "few"], processes: allowed
      ).wait()
      #expect(limited.status == 0, "\(limited.messages)")
      let file = "checkpoints/step-000003/model.safetensors"
      #expect(try gen.bytes("few/few/\(file)") == gen.bytes("runs/whole/\(file)"))
    }

    /// Either it is enough, or one line says what is missing.
    @Test(.enabled(if: Program.sanitizer == nil), arguments: [4, 5, 6, 8, 16])
    func fewFilesAreEnoughOrSaidSo(_ allowed: Int) throws {
      let result = try gen.start(
        "/usr/bin/env",
        ["prlimit", "--nofile=\(allowed)", gen.path] + Program.smallGAN
          + ["--steps", "3", "--name", "files"]
      ).wait()
      guard result.status != 0 else { return }
      #expect([73, 74].contains(result.status), "\(result.messages)")
      #expect(result.messages.contains("Too many open files"), "\(result.messages)")
      #expect(allowed < 16)
    }
  #endif

  #if os(Linux)
    /// What no prediction keeps from failing ends in one line.
    @Test(.enabled(if: Program.sanitizer == nil)) func memoryThatIsNotThereEndsInOneLine() throws {
      let result = try gen.start(
        "/usr/bin/env", ["prlimit", "--data=\(150 << 20)", gen.path, "bench", "kernels"]
      ).wait()
      #expect(result.status == 71, "\(result.messages)")
      let line = /gen: out of memory: the system refuses \d+ MiB more\n/
      #expect(result.messages.wholeMatch(of: line) != nil, "\(result.messages)")
    }
  #endif

  /// A recipe whose loss is infinite: the first time step has no noise to speak of, and so weighs infinitely.
  @Test(arguments: [["--dry-run"], ["--budget", "10m"]])
  func aDivergenceWhileItIsMeasuredIsAFailedRun(_ how: [String]) throws {
    let odd = [
      "--set", "target=sample", "--set", "schedule.kind=linear", "--set", "schedule.steps=2",
      "--set", "schedule.beta_start=1e-9", "--set", "loss.min_snr_gamma=1e300",
    ]
    let result = try gen.start(Program.smallDiffusion + odd + how).wait()
    #expect(result.status == 1, "\(result.messages)")
    #expect(result.messages.contains("gen: the training diverged: after step "))
    #expect(result.messages.contains("gen data check") || result.messages.contains("lower rate"))
    #expect(!result.messages.contains("defect") && !result.messages.contains("The report is"))
    #expect(!FileManager.default.fileExists(atPath: gen.folder("runs")))
  }
}
