import KernelInterface

/// The mean of -t log sigmoid(x) - (1 - t) log(1 - sigmoid(x)) over logits x with a target t for each,
/// or one for all, as a discriminator's are; computed as softplus(x) - t x, which neither overflows nor
/// cancels.
public struct BinaryCrossEntropy: Sendable {
  private let count: Int
  /// That of all; nothing where each has its own.
  private let target: Float
  private let targets: Values?

  /// The elements of a sum in single precision.
  private static let elementsPerSum = 4096

  /// A loss over so many logits against a target in [0, 1].
  public init(count: Int, target: Float) {
    precondition(
      count >= 0 && target >= 0 && target <= 1,
      "binary cross-entropy of \(count) logits against \(target)")
    self.count = count
    self.target = target
    targets = nil
  }

  /// A loss over as many logits as there are targets in [0, 1].
  public init(targets: [Float]) {
    precondition(
      targets.allSatisfy { (0...1).contains($0) },
      "binary cross-entropy against targets beyond 0...1")
    count = targets.count
    target = 0
    self.targets = Values([targets.count], targets)
  }

  /// The loss; 0 for no logits.
  public func forward(_ logits: UnsafePointer<Float>) -> Float {
    // softplus(x) - t x, and the sum.
    Work.add(elements: count, operations: 4, arrays: targets == nil ? 1 : 2)
    let kernels = InstructionSet.current.kernels
    let size = Self.elementsPerSum
    let sums = Storage(count: (count + size - 1) / size)
    ThreadPool.shared.run(sums.count) { task, _ in
      sums.base[task] = kernels.binaryCrossEntropy(
        logits + task * size, count: min(size, count - task * size),
        targets: targets.map { $0.pointer + task * size }, target: target)
    }
    return Float(Reductions.sum(sums.base, count: sums.count) / Double(max(count, 1)))
  }

  /// dx = or += the gradient of the loss times `scale`.
  public func gradient(
    _ logits: UnsafePointer<Float>, scale: Float = 1, into dx: UnsafeMutablePointer<Float>,
    accumulate: Bool = false
  ) {
    Work.add(
      elements: count, operations: 3, arrays: targets == nil ? 2 : 3, accumulate: accumulate)
    Elementwise.forEachPiece(of: count) { kernels, start, count in
      kernels.binaryCrossEntropyGradient(
        logits + start, count: count, targets: targets.map { $0.pointer + start }, target: target,
        scale: scale / Float(self.count), into: dx + start, accumulate: accumulate)
    }
  }
}
