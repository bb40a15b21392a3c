import Compute
import Files

/// The memory that a training needs, found before anything of it is done.
public struct MemoryNeed: Sendable {
  /// Parameters, with their gradients and their average.
  var parameters = 0
  /// What the optimizers remember.
  var moments = 0
  /// All else that a step, a preview and an evaluation have at a time.
  var activations = 0
  /// What the pool comes to have at most.
  var pool = MemoryPlan.Usage()
  /// What the process has had before, its data above all.
  let before = ProcessStatus()

  /// A training takes code and stacks into use that nothing has touched before it.
  private static let code = 6 << 20
  /// What is set aside for the stack of a thread.
  private static let stack = 8 << 20

  /// The most bytes in use: what `VmHWM` will say.
  public var bytes: Int { max(before.peak, before.resident + pool.resident + Self.code) }

  /// What counts towards a limit.
  func bytes(_ measure: MemoryLimit.Measure) -> Int {
    let stacks = (ThreadPool.shared.count + 1) * Self.stack
    return switch measure {
    case .resident: bytes
    case .addresses: before.addresses + pool.reserved + stacks
    case .writable: before.writable + pool.reserved + stacks
    }
  }

  /// The need of a batch of that size, from those of two small ones: all but a part that is always there
  /// grows with the batch.
  static func extrapolated(
    _ a: (batch: Int, need: MemoryNeed), _ b: (batch: Int, need: MemoryNeed), to batch: Int
  ) -> MemoryNeed {
    func line(_ path: KeyPath<MemoryNeed, Int>) -> Int {
      let slope = Double(b.need[keyPath: path] - a.need[keyPath: path]) / Double(b.batch - a.batch)
      let value = Double(b.need[keyPath: path]) + slope * Double(batch - b.batch)
      return Int(min(max(value, 0), 0x1p62))
    }
    var need = b.need
    need.activations = line(\.activations)
    need.pool.resident = line(\.pool.resident)
    need.pool.reserved = line(\.pool.reserved)
    return need
  }
}

/// A training that needs more memory than there is.
public struct MemoryShortage: Error, CustomStringConvertible {
  let need: MemoryNeed
  let limit: MemoryLimit
  let batch: Int
  /// A batch that would do; nil where not even the smallest would.
  let fitting: Int?
  let canAccumulate: Bool

  /// The figures, and what to do.
  public var description: String {
    let parts =
      "parameters with their gradients and average \(size(need.parameters)), moments "
      + "\(size(need.moments)), activations for a batch of \(batch) \(size(need.activations))"
    let advice =
      if let fitting {
        "batch=\(fitting) would fit"
          + (canAccumulate ? ", with accumulate to make up for it" : "")
      } else {
        "not even the smallest batch would fit: the model must be smaller, in channels, width, layers "
          + "or the size of an image or context"
      }
    return "the training would take about \(size(need.bytes(limit.measure))), but \(limit.cause) "
      + "\(size(limit.bytes)): \(parts); \(advice)"
  }
}
