import Autograd
import Compute

/// A UNet as samplers ask it: for images of given classes, and guided to these if so wished.
public struct Denoiser {
  /// The UNet.
  public let unet: UNet
  /// The class of each image; nil for a UNet without classes.
  public let classes: [Int32]?
  /// The row of the table of classes that stands for none.
  public let nullClass: Int32?
  /// The scale of guidance: 1 is as learned.
  public let guidance: Double

  /// A UNet with what it is told of the images.
  public init(_ unet: UNet, classes: [Int32]? = nil, nullClass: Int32? = nil, guidance: Double = 1)
  {
    precondition(
      guidance == 1 || classes != nil && nullClass != nil,
      "guidance by a UNet that has not learned to go without a class")
    self.unet = unet
    self.classes = classes
    self.nullClass = nullClass
    self.guidance = guidance
  }

  /// What the UNet tells of noisy samples [N, H, W, C] at a time.
  public func callAsFunction(_ noisy: Values, _ timestep: Float) -> Values {
    let timesteps = Array(repeating: timestep, count: noisy.shape[0])
    func ask(_ classes: [Int32]?) -> Values {
      unet(Tensor(constant: noisy), timesteps: timesteps, classes: classes).values
    }
    let told = ask(classes)
    guard guidance != 1, let nullClass else { return told }
    return guided(told, without: ask(timesteps.map { _ in nullClass }), scale: Float(guidance))
  }
}
