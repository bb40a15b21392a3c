import KernelInterface

/// Two matrix products of a single row with an activation between them: f(x W1 + b1) W2 + b2.
///
/// As two products, each would have to wait for all threads. But the second one sums its depth slice
/// by slice, and each slice needs only as many hidden features: so a task makes those and goes on with
/// them, and at the end the slices' sums are added in the order of the product, with the same bits.
public struct RowMLP: Sendable {
  private let channels: Int
  private let features: Int
  private let columns: Int
  private let slices: Slices
  /// A sum of `columns` for each slice.
  private let sums: Storage

  /// From `channels` by way of so many hidden `features` to `columns`.
  public init(channels: Int, features: Int, columns: Int) {
    precondition(
      channels > 0 && features > 0 && columns > 0,
      "an MLP from \(channels) by way of \(features) to \(columns)")
    (self.channels, self.features, self.columns) = (channels, features, columns)
    slices = Slices(depth: features)
    sums = Storage(count: slices.count * columns)
  }

  /// How many threads have something to do at a time; for more, two products are faster.
  public var tasks: Int { slices.count }

  /// y [columns] for x [channels].
  ///
  /// - Parameters:
  ///   - hidden: the weight [channels, features] and the bias [features] before the activation.
  ///   - output: the weight [features, columns] and the bias [columns] behind it.
  public func callAsFunction(
    _ x: UnsafePointer<Float>,
    hidden: (weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?), activation: Activation,
    output: (weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?),
    into y: UnsafeMutablePointer<Float>
  ) {
    Work.add(
      operations: 2 * features * (channels + columns),
      floats: (features + 1) * (channels + columns) + (hidden.bias == nil ? 0 : features)
        + (output.bias == nil ? 0 : columns))
    let product = RowProduct(kernels: InstructionSet.current.kernels)
    var workspace = Workspace()
    let some = workspace.reserve(Float.self, slices.length)
    let (slices, sums) = (slices, sums.base)
    ThreadPool.shared.run(slices.count) { slice, worker in
      let space = workspace.placed(in: .shared, worker)
      let (start, count) = (slices.start(slice), slices.length(slice))
      product(
        x, hidden.weight + start, stride: features, depth: channels, columns: count,
        bias: hidden.bias.map { $0 + start }, activation: activation, into: space[some])
      product.kernels.multiplyRow(
        space[some], output.weight + start * columns, stride: columns, depth: count,
        columns: columns, into: sums + slice * columns, accumulate: false)
    }
    guard !MemoryPlan.isRehearsal else { return }
    y.update(from: sums, count: columns)
    for slice in 1..<max(1, slices.count) {
      product.kernels.combine(.add, y, sums + slice * columns, y, columns, false)
    }
    product.finish(y, columns, bias: output.bias)
  }
}
