import Autograd
import CLibrary
import Compute

/// Where the time of a model's step goes, by op: means over steps, beside what the machine can do.
public struct ModelProfile: Encodable, Sendable {
  /// The benchmark's name.
  public let model: String
  /// The number format.
  public let precision: String
  /// How many threads took part.
  public let threads: Int
  /// How many steps were measured.
  public let steps: Int
  /// The mean length of a step in seconds: the sum of the rows.
  public let stepS: Double
  /// How many parameters there are.
  public let params: Int
  /// The most memory that the process had, in MiB.
  public let peakMiB: Int
  /// What it had just before the model was made, in MiB.
  public let idleMiB: Int
  /// Billions of multiplications and additions a second that the machine reaches in registers.
  public let peakGflops: Double
  /// Billions of bytes a second that it reads and writes in large arrays.
  public let memoryGBps: Double
  /// All together.
  public let total: Row
  /// A row an op and pass, the longest first.
  public let rows: [Row]

  /// An op in one direction.
  public struct Row: Encodable, Sendable {
    /// The op's name; `optimizer`, and `other` for what is left over; nil for all together.
    public let op: String?
    /// Which way it went; nil for what is not an op's.
    public let pass: Profile.Pass?
    /// How often it ran in a step; 0 for what is left over.
    public let calls: Double
    /// Seconds of a step.
    public let seconds: Double
    /// Its part of the step.
    public let share: Double
    /// Billions of operations a second, as `Work` counts them.
    public let gflops: Double
    /// Those over the machine's peak. With Winograd's algorithm it may be above 1.
    public let peakFraction: Double
    /// Billions of bytes a second of operands and results, as `Work` counts them.
    public let gbps: Double
    /// Those over the memory's. What stays in caches may be above 1.
    public let memoryFraction: Double
    /// Operations of a step.
    public let operations: Double
    /// Bytes of a step.
    public let bytes: Double
    /// Blocks of memory that a step newly allocated.
    public let allocations: Double

    private enum CodingKeys: String, CodingKey {
      case op, pass, calls
      case seconds = "s"
      case share, gflops
      case peakFraction = "peak_fraction"
      case gbps
      case memoryFraction = "memory_fraction"
      case operations, bytes, allocations
    }
  }

  private enum CodingKeys: String, CodingKey {
    case model, precision, threads, steps
    case stepS = "step_s"
    case params
    case peakMiB = "peak_mib"
    case idleMiB = "idle_mib"
    case peakGflops = "peak_gflops"
    case memoryGBps = "memory_gbps"
    case total, rows
  }
}

extension ModelBenchmark {
  /// Profiles `steps` steps, after two that warm up, with products rounded to `precision`, and measures the machine
  /// behind them.
  public func profile(steps: Int, precision: Precision = .float32) -> ModelProfile {
    let idle = residentMemory()
    let (parameters, step) = prepare(in: precision)
    for index in 0..<Self.warmupSteps { step(index) }
    let profile = Profile()
    for index in 0..<steps { profile.measure { step(Self.warmupSteps + index) } }
    // The arrays of the machine's own measurement are larger than some models.
    let most = peakMemory()
    let machine = MachinePeak.measured()
    let length = profile.duration / .seconds(1)
    func row(_ name: String?, _ rows: [Profile.Row]) -> ModelProfile.Row {
      let seconds = rows.reduce(.zero) { $0 + $1.duration } / .seconds(1)
      let work = rows.reduce(into: Work()) { $0 += $1.work }
      let gflops = Double(work.operations) / seconds * 1e-9
      let gbps = Double(work.bytes) / seconds * 1e-9
      func mean(_ sum: Int) -> Double { Double(sum) / Double(steps) }
      return ModelProfile.Row(
        op: name, pass: name == nil ? nil : rows.first?.pass,
        calls: mean(rows.reduce(0) { $0 + $1.calls }), seconds: seconds / Double(steps),
        share: seconds / length, gflops: gflops, peakFraction: gflops / machine.gflops,
        gbps: gbps, memoryFraction: gbps / machine.memoryGBps,
        operations: mean(work.operations), bytes: mean(work.bytes),
        allocations: mean(rows.reduce(0) { $0 + $1.allocations }))
    }
    return ModelProfile(
      model: name, precision: precision.rawValue, threads: ThreadPool.shared.count, steps: steps,
      stepS: length / Double(steps), params: parameters, peakMiB: most >> 20,
      idleMiB: idle >> 20, peakGflops: machine.gflops, memoryGBps: machine.memoryGBps,
      total: row(nil, profile.rows), rows: profile.rows.map { row($0.name, [$0]) })
  }
}
