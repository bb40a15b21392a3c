import Autograd
import Compute

/// A UNet as samplers ask it: for pictures of given classes, and guided to these if so wished.
public struct Denoiser {
  /// The UNet.
  public let unet: UNet
  /// The class of each picture; nil for a UNet without classes.
  public let classes: [Int32]?
  /// The row of the table of classes that stands for none.
  public let noClass: Int32?
  /// The scale of guidance: 1 is as learned.
  public let guidance: Double

  /// A UNet with what it is told of the pictures.
  public init(_ unet: UNet, classes: [Int32]? = nil, noClass: Int32? = nil, guidance: Double = 1) {
    precondition(
      guidance == 1 || classes != nil && noClass != nil,
      "guidance by a UNet that has not learned to go without a class")
    self.unet = unet
    self.classes = classes
    self.noClass = noClass
    self.guidance = guidance
  }

  /// What the UNet tells of mixtures [N, H, W, C] at a time.
  public func callAsFunction(_ mixture: Values, _ timestep: Float) -> Values {
    let timesteps = Array(repeating: timestep, count: mixture.shape[0])
    func ask(_ classes: [Int32]?) -> Values {
      unet(Tensor(constant: mixture), timesteps: timesteps, classes: classes).values
    }
    let told = ask(classes)
    guard guidance != 1, let noClass else { return told }
    return guided(told, without: ask(timesteps.map { _ in noClass }), scale: Float(guidance))
  }
}
