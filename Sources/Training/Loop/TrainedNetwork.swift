import Autograd
import Files
import Layers
import Runs

/// A network in training, as checkpoints have it.
public protocol TrainedNetwork: AnyObject {
  /// What moves it.
  var optimizer: Optimizer { get }

  /// What it keeps beside its parameters.
  var buffers: BufferSlab { get }

  /// Its parameters and buffers.
  var arrays: SlabArrays { get }

  /// Those of its moving average; nil where there is none.
  var averageArrays: SlabArrays? { get }
}

/// A network with its optimizer, and without an average.
public final class OptimizedNetwork<Model: Module>: TrainedNetwork {
  /// The network.
  public let model: Model
  /// What moves it.
  public let optimizer: Optimizer
  /// What it keeps beside its parameters, such as running statistics.
  public let buffers: BufferSlab

  /// A network initialized from `seed`, to be trained for `steps`, in each of which it is updated so often.
  public init(
    _ model: Model, _ options: OptimizerOptions, steps: Int, updatesPerStep: Int = 1, seed: UInt64
  ) {
    model.initialize(seed: seed)
    self.model = model
    optimizer = Optimizer(of: model, options, steps: steps, updatesPerStep: updatesPerStep)
    buffers = BufferSlab(model)
  }

  /// Its parameters and buffers.
  public var arrays: SlabArrays { SlabArrays(optimizer.slab) + SlabArrays(buffers) }

  /// It has no average.
  public var averageArrays: SlabArrays? { nil }
}

/// The files of a checkpoint that have a trainer's networks.
public enum NetworkFile {
  /// Their parameters and buffers.
  public static let model = "model.safetensors"
  /// Those of their moving averages.
  public static let average = "ema.safetensors"
  /// Their optimizers' state.
  public static let optimizer = "optimizer.safetensors"

  static func all(
    of networks: [(prefix: String, network: any TrainedNetwork)]
  ) -> [CheckpointStore.File] {
    [
      .safetensors(model, networks.flatMap { $0.network.arrays.named($0.prefix) }),
      .safetensors(
        average, networks.flatMap { $0.network.averageArrays?.named($0.prefix) ?? [] }),
      .safetensors(
        optimizer, networks.flatMap { $0.network.optimizer.arrays.named($0.prefix) }),
    ]
  }
}

extension TrainedNetwork {
  /// The network, its average and its optimizer, as a checkpoint of it alone has them.
  public func checkpointFiles() -> [CheckpointStore.File] { NetworkFile.all(of: [("", self)]) }
}

/// What follows from a trainer's networks.
extension Trainer {
  /// The steps of the first network.
  public var stepsDone: Int { networks[0].network.optimizer.stepsDone }

  /// The optimizer of each network.
  public var optimizers: [Optimizer] { networks.map(\.network.optimizer) }

  /// How many parameters all networks have.
  public var parameterCount: Int { optimizers.reduce(0) { $0 + $1.slab.parameterCount } }

  /// The networks, their averages and their optimizers.
  public func networkFiles() -> [CheckpointStore.File] { NetworkFile.all(of: networks) }

  /// The networks are all there is.
  public func checkpointFiles() -> [CheckpointStore.File] { networkFiles() }

  /// Takes up the networks, their averages and their optimizers.
  /// - Throws: `FileError` when a file is missing, damaged, or of networks of other sizes.
  public func restoreNetworks(_ checkpoint: Checkpoint) throws {
    try adoptWeights(of: checkpoint)
    let file = try checkpoint.tensors(NetworkFile.optimizer)
    for (prefix, network) in networks {
      try network.optimizer.arrays.read(from: file, prefix: prefix)
      network.optimizer.stepsDone = checkpoint.step * network.optimizer.updatesPerStep
    }
  }

  /// The networks are all there is.
  public func restore(_ checkpoint: Checkpoint) throws { try restoreNetworks(checkpoint) }

  /// Takes over the weights of a checkpoint, but nothing else; those of a pretrained model, which has its
  /// average alone, are both.
  /// - Throws: `FileError` when a file is missing, damaged, or of networks of other sizes; or where a
  ///   network that has no average is missing.
  public func adoptWeights(of checkpoint: Checkpoint) throws {
    try forEachNetwork(in: checkpoint) { arrays, file, prefix in
      try arrays.read(from: file, prefix: prefix)
    }
  }

  /// Calls `body` with the arrays of each network and of its average, and the file of the checkpoint that has
  /// them under names with a prefix.
  /// - Throws: `FileError` where a network that has no average is missing; what `body` throws.
  public func forEachNetwork(
    in checkpoint: Checkpoint,
    _ body: (_ arrays: SlabArrays, _ file: SafetensorsFile, _ prefix: String) throws -> Void
  ) throws {
    let isWhole = checkpoint.fileNames.contains(NetworkFile.model)
    guard isWhole || networks.allSatisfy({ $0.network.averageArrays != nil }) else {
      throw FileError(
        .badData, checkpoint.path,
        "has an averaged network alone; training starts from a run, which has all networks")
    }
    let average = try checkpoint.tensors(NetworkFile.average)
    let model = isWhole ? try checkpoint.tensors(NetworkFile.model) : average
    for (prefix, network) in networks {
      try body(network.arrays, model, prefix)
      if let arrays = network.averageArrays { try body(arrays, average, prefix) }
    }
  }
}
