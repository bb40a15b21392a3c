import Compute

/// All parameters of a model in one array, and their gradients in another of the same layout.
///
/// An optimizer step, clipping, an average of the weights and a checkpoint are each one loop over it.
/// Parameters of a group lie side by side, and the padding between parameters is zero in both arrays.
public final class ParameterSlab {
  /// A slab at one of its versions: what a tensor of a parameter shows.
  struct Stamp {
    let slab: ParameterSlab
    let version: Int

    func check(for operation: OpName?) {
      precondition(
        slab.version == version,
        "the gradient of \(operation?.rawValue ?? "an op") needs the parameters as they were when it "
          + "was recorded, and they have been updated since")
    }
  }

  /// The parameters in the order of the slab: by group, and as given within a group.
  public let entries: [SlabEntry]
  /// All parameters; change them through `update` only.
  public let values: Storage
  /// All gradients, as the latest tape left them.
  public let gradients: Storage
  /// How often the parameters have been updated.
  public private(set) var version = 0

  private let views: [Values]
  private let gradientViews: [Storage]
  private let ranges: [ParameterGroup: Range<Int>]

  /// A slab of zeros for these parameters.
  public init(_ parameters: [(entry: SlabEntry, group: ParameterGroup)]) {
    var entries: [SlabEntry] = []
    var ranges: [ParameterGroup: Range<Int>] = [:]
    var start = 0
    for group in ParameterGroup.allCases {
      let (placed, end) = SlabEntry.placed(
        parameters.filter { $0.group == group }.map(\.entry), from: start)
      entries += placed
      ranges[group] = start..<end
      start = end
    }
    let (values, gradients) = (Storage(count: start), Storage(count: start))
    for storage in [values, gradients] {
      Elementwise.fill(storage.base, count: start, with: 0)
    }
    views = entries.map {
      Values($0.shape, in: Storage(values, offset: $0.offset, count: $0.count))
    }
    gradientViews = entries.map { Storage(gradients, offset: $0.offset, count: $0.count) }
    self.entries = entries
    self.ranges = ranges
    self.values = values
    self.gradients = gradients
  }

  /// How many floats the slab has, padding included.
  public var count: Int { values.count }

  /// How many parameters there are.
  public var parameterCount: Int { entries.reduce(0) { $0 + $1.count } }

  /// The floats of all parameters of a group.
  public func range(of group: ParameterGroup) -> Range<Int> { ranges[group] ?? 0..<0 }

  /// Lets `body` change the parameters.
  ///
  /// A tape that was recorded before and still needs them as they were refuses to go on.
  public func update<Result>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    version += 1
    return try body(UnsafeMutableBufferPointer(start: values.base, count: count))
  }

  /// The values of a parameter, as a view of the slab.
  public func view(at index: Int) -> Values { views[index] }

  /// A parameter as ops take it: tied to the current tape if that watches this slab.
  public func tensor(at index: Int) -> Tensor {
    var node: Tape.Node?
    if let tape = Tape.current, tape.slab === self { node = Tape.Node(tape: tape.id, index: index) }
    return Tensor(views[index], at: node, stamp: Stamp(slab: self, version: version))
  }

  /// Where the gradient at a place of a tape belongs, if a parameter of this slab has that place.
  func gradient(at index: Int) -> Storage? {
    index < gradientViews.count ? gradientViews[index] : nil
  }
}

/// Parameters that share the optimizer's settings.
public enum ParameterGroup: String, CaseIterable, Sendable {
  /// Weight decay applies: embeddings, matrices and convolution kernels.
  case decay
  /// Weight decay does not apply: biases, and gains of norms.
  case noDecay
  /// Matrices between hidden layers, which an optimizer may treat as a whole; weight decay applies.
  case hidden

  /// Whether weight decay applies.
  public var isDecayed: Bool { self != .noDecay }
}
