import Autograd
import Compute
import Training

/// A UNet that another learns from, and that stays as it is.
struct FrozenUNet {
  let unet: UNet
  private let parameters: ParameterSlab

  /// The file of a checkpoint that has it.
  static let file = "teacher.safetensors"

  /// A UNet with those parameters, which are one's of the same configuration.
  init(copying source: ParameterSlab, _ configuration: UNetConfiguration) {
    unet = UNet(configuration)
    unet.initialize(seed: 0)
    parameters = ParameterSlab.of(unet)
    precondition(parameters.entries == source.entries, "a copy of a UNet in another")
    parameters.update {
      guard let base = $0.baseAddress else { return }
      Elementwise.copy(source.values.base, into: base, count: source.count)
    }
  }

  /// Its parameters, to be written and read.
  var arrays: SlabArrays { SlabArrays(parameters) }
}
