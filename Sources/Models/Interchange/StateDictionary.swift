import Autograd
import Compute
import Runs

/// A model's parameters as PyTorch keeps them: under the same names, in other layouts.
///
/// A convolution's weights are [outputs, inputs, height, width] there and [height, width, inputs,
/// outputs] here, a linear layer's [outputs, inputs] there and [inputs, outputs] here. A table of
/// vectors [rows, channels] and whatever has one dimension are the same in both.
struct StateDictionary {
  /// A parameter as PyTorch has it.
  struct Parameter {
    /// Its name.
    let name: String
    /// Its shape there.
    let shape: [Int]
    fileprivate let layout: Layout
    fileprivate let values: UnsafeMutablePointer<Float>
  }

  /// How numbers lie in the two.
  fileprivate enum Layout {
    /// The same.
    case same
    /// [outputs, inputs, taps] there and [taps, inputs, outputs] here.
    case reversed(outputs: Int, inputs: Int, taps: Int)
  }

  /// The parameters in the slab's order.
  let parameters: [Parameter]
  private let slab: ParameterSlab

  /// The parameters in a slab; those in `tables` are tables of vectors.
  init(_ slab: ParameterSlab, tables: Set<String> = []) {
    self.slab = slab
    parameters = slab.entries.map { entry in
      let (shape, last) = (entry.shape, entry.shape.count - 1)
      let values = slab.values.base + entry.offset
      guard shape.count >= 2, !tables.contains(entry.path) else {
        return Parameter(name: entry.path, shape: shape, layout: .same, values: values)
      }
      let taps = Array(shape[..<(last - 1)])
      return Parameter(
        name: entry.path, shape: [shape[last], shape[last - 1]] + taps,
        layout: .reversed(
          outputs: shape[last], inputs: shape[last - 1], taps: taps.reduce(1, *)),
        values: values)
    }
  }

  /// The parameters of a UNet, which has a table of classes at most.
  init(_ unet: UNet) { self.init(ParameterSlab.of(unet), tables: ["class_embedding.weight"]) }

  /// Gives a parameter the values of PyTorch's, which have its shape.
  func set(_ index: Int, _ values: Values) {
    let parameter = parameters[index]
    precondition(values.shape == parameter.shape, "\(parameter.name) of shape \(values.shape)")
    slab.update { _ in
      Self.forEachPair(parameter) { ours, theirs in
        parameter.values[ours] = values.pointer[theirs]
      }
    }
  }

  /// All parameters as PyTorch has them, to be written; names get a prefix, which may depend on them.
  func arrays(prefix: (String) -> String = { _ in "" }) -> [NamedArray] {
    parameters.map { parameter in
      let values = Values(parameter.shape)
      Self.forEachPair(parameter) { ours, theirs in
        values.storage.base[theirs] = parameter.values[ours]
      }
      return NamedArray(prefix(parameter.name) + parameter.name, values)
    }
  }

  /// The places of each number here and there.
  @inline(__always)
  private static func forEachPair(
    _ parameter: Parameter, _ body: (_ ours: Int, _ theirs: Int) -> Void
  ) {
    switch parameter.layout {
    case .same: for index in 0..<parameter.shape.reduce(1, *) { body(index, index) }
    case .reversed(let outputs, let inputs, let taps):
      for tap in 0..<taps {
        for input in 0..<inputs {
          for output in 0..<outputs {
            body((tap * inputs + input) * outputs + output, (output * inputs + input) * taps + tap)
          }
        }
      }
    }
  }
}
