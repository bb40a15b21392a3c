import Autograd
import Compute
import Layers

/// The discriminator of a DCGAN: an image shrinks by half layer by layer, to one number that is
/// the larger the more the image looks like the data, or like the data of its class.
///
/// With classes the number is that of any image plus one of the class, both linear in the last features:
/// Miyato and Koyama, "cGANs with Projection Discriminator" (2018).
public struct Discriminator: DiscriminatorNetwork {
  /// From the image to half its size; without a norm, as the paper found best.
  public let input: Conv2D
  /// Each to half the size and twice the channels.
  public let down: [DownBlock]
  /// From 4x4 pixels to the number, and one for each class.
  public let output: Conv2D

  private static let activation = Activation.leakyRelu(slope: 0.2)

  /// A discriminator of that configuration.
  public init(_ configuration: DCGANConfiguration) {
    let (widths, norm) = (configuration.widths, configuration.discriminatorNorm)
    func conv(_ inputs: Int, _ outputs: Int, stride: Int, padding: Int) -> Conv2D {
      Conv2D(
        inputs, outputs, kernel: 4, stride: stride, padding: padding, bias: norm != .batch,
        initializer: norm == .batch
          ? .normal(standardDeviation: DCGANConfiguration.deviation)
          : .kaimingUniform(negativeSlope: 0.2), spectralNorm: norm == .spectral)
    }
    input = conv(
      configuration.packing * configuration.imageChannels, widths[0], stride: 2, padding: 1)
    down = zip(widths, widths.dropFirst()).map { inputs, outputs in
      DownBlock(
        conv: conv(inputs, outputs, stride: 2, padding: 1),
        norm: norm == .batch ? DCGANConfiguration.norm(outputs) : nil)
    }
    output = conv(
      widths[widths.count - 1], 1 + (configuration.classCount ?? 0), stride: 1, padding: 0)
  }

  /// A power iteration of the spectral norms.
  public func prepareForUpdate() {
    for conv in [input] + down.map(\.conv) + [output] { conv.spectralNorm?.iterate(conv.weight) }
  }

  /// Images [N, size, size, packing imageChannels], and their classes where it knows any, to logits [N].
  public func callAsFunction(_ images: Tensor, classes: [Int32]?) -> Tensor {
    let features = down.reduce(input(images, activation: Self.activation)) { x, block in
      block.norm?(block.conv(x), activation: Self.activation)
        ?? block.conv(x, activation: Self.activation)
    }
    return Self.logits(output(features), classes)
  }

  /// The same with the directional derivative; without batch norms only, which would mix the images of a batch.
  public func callAsFunction(
    _ images: Tensor, tangent: Tensor, classes: [Int32]?
  ) -> (logits: Tensor, derivatives: Tensor) {
    precondition(down.allSatisfy { $0.norm == nil }, "the tangent of a batch norm")
    let (features, change) = ([input] + down.map(\.conv)).reduce((images, tangent)) { x, conv in
      let y = conv(x.0, activation: Self.activation)
      return (y, activationTangent(conv.tangent(x.1), Self.activation, at: y))
    }
    return (
      Self.logits(output(features), classes), Self.logits(output.tangent(change), classes)
    )
  }

  /// The number of each row of outputs [N, 1, 1, 1 + classes]: the first and that of its class.
  static func logits(_ outputs: Tensor, _ classes: [Int32]?) -> Tensor {
    let (rows, columns) = (outputs.shape[0], outputs.shape[3])
    precondition(classes?.count == (columns == 1 ? nil : rows), "\(classes?.count ?? 0) classes")
    guard let classes else { return reshape(outputs, to: [rows]) }
    let chosen = Values([rows, columns]) { y in
      for row in 0..<rows {
        for column in 0..<columns {
          y[row * columns + column] = column == 0 || column == 1 + Int(classes[row]) ? 1 : 0
        }
      }
    }
    let ones = Values([columns, 1]) { $0.update(repeating: 1, count: columns) }
    let both = reshape(outputs, to: [rows, columns]) * Tensor(constant: chosen)
    return reshape(matmul(both, Tensor(constant: ones)), to: [rows])
  }

  /// A convolution and perhaps batch norm, before a leaky ReLU.
  public struct DownBlock: Module {
    /// The convolution, x [N, H, W, inputs] to [N, H / 2, W / 2, outputs].
    public let conv: Conv2D
    /// The norm of its output.
    public let norm: BatchNorm2D?
  }
}
