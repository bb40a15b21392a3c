import Autograd
import Compute
import Files
import Layers
import Runs

/// The arrays of one or several slabs by name, as files have them.
public struct SlabArrays {
  private struct Array {
    let name: String
    let values: Values
  }
  private var arrays: [Array]

  /// The parameters of a slab.
  public init(_ slab: ParameterSlab) { self.init(slab.entries, in: slab.values) }

  /// The buffers of a slab.
  public init(_ slab: BufferSlab) { self.init(slab.entries, in: slab.values) }

  /// Arrays of the same layout in other storage, such as an optimizer's; `suffix` is added to names.
  public init(_ entries: [SlabEntry], in storage: Storage, suffix: String = "") {
    arrays = entries.map {
      Array(
        name: $0.path + suffix,
        values: Values($0.shape, in: Storage(storage, offset: $0.offset, count: $0.count)))
    }
  }

  /// Arrays of their own, by name.
  public init(_ named: [(name: String, values: Values)]) {
    arrays = named.map { Array(name: $0.name, values: $0.values) }
  }

  /// The arrays of both.
  public static func + (a: SlabArrays, b: SlabArrays) -> SlabArrays {
    var sum = a
    sum.arrays += b.arrays
    return sum
  }

  /// The array of that name; nil where there is none.
  public subscript(name: String) -> Values? { arrays.first { $0.name == name }?.values }

  /// The arrays to be written, with a prefix to their names.
  public func named(_ prefix: String) -> [NamedArray] {
    arrays.map { NamedArray(prefix + $0.name, $0.values) }
  }

  /// Reads all arrays but those of some names, whose names in the file have a prefix, once all are known to be
  /// there in the right shapes; they must be `finite` where a model is to be used.
  /// - Throws: `FileError` that names the tensor which is missing, has another shape, or has numbers
  ///   that are not finite.
  public func read(
    from file: SafetensorsFile, prefix: String, finite: Bool = false, except names: Set<String> = []
  ) throws(FileError) {
    let arrays = arrays.filter { !names.contains($0.name) }
    var entries: [SafetensorsEntry] = []
    for array in arrays {
      let name = prefix + array.name
      guard let entry = file[name] else {
        throw FileError(.badData, file.path, "has no tensor \"\(name)\"")
      }
      guard entry.shape == array.values.shape else {
        throw FileError(
          .badData, file.path,
          "tensor \"\(name)\" has the shape \(entry.shape), but the model's is \(array.values.shape)"
        )
      }
      entries.append(entry)
    }
    for (array, entry) in zip(arrays, entries) {
      try file.read(entry, to: array.values.storage.base)
      if finite { try file.checkFinite(array.values, of: entry.name) }
    }
  }
}
