import Compute
import Runs
import Training

extension DiffusionTrainer {
  /// Begins with the weights of a run whose data may have had other classes, or none: then each class, or the
  /// UNet without classes, begins as what that run knows without a class.
  /// - Throws: `FileError` when a file is missing, damaged, or of a UNet of other sizes.
  public func start(from checkpoint: Checkpoint) throws {
    try forEachNetwork(in: checkpoint) { arrays, file, _ in try Self.read(arrays, from: file) }
  }

  private static func read(_ arrays: SlabArrays, from file: SafetensorsFile) throws {
    let (table, bias) = ("class_embedding.weight", "time_embedding.linear_2.bias")
    let channels = arrays[bias]?.count ?? 0
    let stored = file[table].flatMap { $0.shape.count == 2 && $0.shape[1] == channels ? $0 : nil }
    let isSame = arrays[table]?.shape == file[table]?.shape
    // Without it, the UNet is told nothing yet of how images were augmented.
    let added = "augment_embedding.weight"
    try arrays.read(
      from: file, prefix: "",
      except: Set((isSame ? [] : [table]) + (file[added] == nil ? [added] : [])))
    guard !isSame else { return }
    var withoutClass = [Float](repeating: 0, count: channels)
    if let stored {
      let rows = Values(stored.shape)
      try file.read(stored, to: rows.storage.base)
      // The last row is that of no class.
      withoutClass = rows.elements.suffix(channels)
    }
    if let own = arrays[table] {
      for row in 0..<own.shape[0] {
        (own.storage.base + row * channels).update(from: withoutClass, count: channels)
      }
    } else if let own = arrays[bias] {
      for channel in 0..<channels { own.storage.base[channel] += withoutClass[channel] }
    }
  }
}
