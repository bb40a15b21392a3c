import ArgumentParser
import Benchmark
import Compute
import Files
import Runs

/// `gen bench`: how fast kernels and models are here.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Benchmarks the kernels against the machine's peak, or a training step of a model.",
    discussion: """
      gen bench kernels              each kernel at the shapes of the recipes
      gen bench kernels --only conv  those whose name contains a word
      gen bench dcgan32 --json       a step of one model, as a line of JSON
      gen bench dcgan32 --profile    where its time goes, by op

      A kernel is bound by its arithmetic or by the level of memory that holds its operands, whichever \
      takes longer at the peak: that of multiply-adds in registers, or of a loop that does nothing but \
      stream as many bytes. Both are measured in turn with it; the fraction is the kernel's rate over \
      that peak.

      A profile's rows add up to the step. FLOPs and bytes are those that an op cannot do without: each \
      operand read once, each result written once, and of a convolution the plain sum. So one that goes \
      by Winograd's algorithm may be above 1 of the peak, and what stays in caches above 1 of memory.
      """)

  /// What can be timed.
  private static let names = ["kernels"] + ModelBenchmark.names

  @Argument(
    help: "What to time: \(names.joined(separator: ", ")).", completion: .list(names))
  var what: String

  @Flag(help: "Print a line of JSON for each.")
  var json = false

  @Flag(help: "Print where a step of a model spends its time, by op, forward and backward.")
  var profile = false

  @Option(help: ArgumentHelp("Kernels whose name and shape contain this.", valueName: "word"))
  var only: String?

  @Option(
    help: ArgumentHelp(
      "Rounds of a kernel or steps of a model: the median counts, in a profile the mean.",
      valueName: "n"))
  var steps = 9

  @Option(
    help: ArgumentHelp(
      "What a model's products are rounded to: \(Precision.typeName).", valueName: "type"),
    completion: .list(Precision.choices))
  var precision = Precision.float32.rawValue

  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    guard (1...100_000).contains(steps) else {
      throw ValidationError("--steps is \(steps), but must be 1 to 100000")
    }
    guard let precision = Precision(rawValue: precision) else {
      throw ValidationError("--precision is \(precision), but must be \(Precision.typeName)")
    }
    guard what != "kernels" || precision == .float32 else {
      throw ValidationError(
        "--precision is of a model's step, and kernels have their formats in their names: "
          + "--only \(precision.rawValue)")
    }
    guard what != "kernels" || !profile else {
      throw ValidationError(
        "--profile is of a model's step: name \(ModelBenchmark.names.joined(separator: ", "))")
    }
    guard what == "kernels" || only == nil else {
      throw ValidationError("--only chooses kernels, and \(what) is a model: leave it out")
    }
    guard what == "kernels" || ModelBenchmark.names.contains(what) else {
      let meant = suggestion(for: what, among: Self.names)
      let all = meant.isEmpty ? ": name \(Self.names.joined(separator: ", "))" : meant
      throw ValidationError("no benchmark is called \(what)\(all)")
    }
  }

  func run() throws {
    try compute.apply()
    guard what == "kernels" else { return try runModel() }
    let benchmarks = KernelBenchmark.all.filter { benchmark in
      only.map { "\(benchmark.name) \(benchmark.shape)".contains($0) } ?? true
    }
    guard !benchmarks.isEmpty else {
      throw UsageError("no kernel's name and shape contain \(only ?? "")")
    }
    if !json { printHead() }
    for benchmark in benchmarks {
      let result = benchmark.run(rounds: steps)
      print(json ? try jsonLine(result) : "\(line(result))")
      try StandardOutput.check()
    }
  }

  private func printHead() {
    let peak = MachinePeak.measured()
    let caches = peak.caches.map { "\(fixed($0.gbps, 0)) GB/s in \($0.level.rawValue), " }.joined()
    print("Peaks here: \(fixed(peak.gflops, 0)) GFLOP/s, ", terminator: "")
    print("\(caches)\(fixed(peak.memoryGBps, 0)) GB/s in memory")
    print(
      lines: columns(["kernel", "shape", "threads", "GFLOP/s", "GB/s", "bound", "peak", "fraction"])
    )
  }

  private func line(_ result: KernelBenchmark.Result) -> String {
    columns([
      result.kernel, result.shape, "\(result.threads)", fixed(result.gflops, 1),
      fixed(result.gbps, 1), result.bound, fixed(result.peak, 1), fixed(result.fraction, 2),
    ])
  }

  private func runModel() throws {
    guard let benchmark = ModelBenchmark(name: what) else { return }
    let precision = Precision(rawValue: precision) ?? .float32
    if profile { return try printProfile(of: benchmark, precision) }
    let result = benchmark.run(steps: steps, precision: precision)
    guard !json else { return print(try jsonLine(result)) }
    print(
      """
      \(result.model): \(fixed(result.stepS * 1000, 1)) ms a step, \
      \(fixed(result.itemsPerS, 1)) \(benchmark.itemName)/s with \
      \(threadCount(result.threads)), \
      \(result.params) parameters, at most \(result.peakMiB) MiB, \
      \(result.peakMiB - result.idleMiB) MiB above the idle process
      """)
  }

  /// Names to the left, numbers to the right.
  private func columns(_ cells: [String]) -> String {
    zip(cells, [-37, -27, 8, 10, 10, 10, 9, 9]).map { cell, width in
      let space = String(repeating: " ", count: max(1, abs(width) - cell.count))
      return width < 0 ? cell + space : space + cell
    }.joined()
  }
}

/// "1 thread", "2 threads".
func threadCount(_ count: Int) -> String { "\(count) thread\(count == 1 ? "" : "s")" }
