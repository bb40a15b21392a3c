import Autograd
import Compute
import Layers

/// A small convolutional network that tells what is in an image, and whose features say how alike
/// images are: pairs of 3x3 convolutions with batch norm, each pair after the first on half the
/// size, and the mean over all pixels.
public struct Classifier: Module {
  /// Two convolutions each.
  public let stages: [Stage]
  /// Drops some of the features in training.
  public let dropout: Dropout
  /// From features to classes.
  public let head: Linear

  /// The sizes of a classifier.
  public struct Configuration: Equatable, Sendable {
    /// Channels of an image.
    public var imageChannels: Int
    /// How many classes there are.
    public var classes: Int
    /// Channels of each stage; the last are the features.
    public var channels: [Int]
    /// The part of the features that training leaves out.
    public var dropout: Float

    /// How many features an image has.
    public var features: Int { channels.last ?? imageChannels }
  }

  /// A classifier of that configuration.
  public init(_ configuration: Configuration) {
    let inputs = [configuration.imageChannels] + configuration.channels
    stages = zip(inputs, configuration.channels).enumerated().map { index, channels in
      Stage(channels.0, channels.1, stride: index == 0 ? 1 : 2)
    }
    dropout = Dropout(configuration.dropout)
    head = Linear(configuration.features, configuration.classes)
  }

  /// Images [N, H, W, imageChannels] to features [N, features].
  public func features(_ images: Tensor) -> Tensor {
    globalAveragePool(stages.reduce(images) { $1($0) })
  }

  /// Images [N, H, W, imageChannels] to logits [N, classes].
  public func callAsFunction(_ images: Tensor) -> Tensor { head(dropout(features(images))) }

  /// Two convolutions, each with batch norm and ReLU.
  public struct Stage: Module {
    let conv1: Conv2D
    let norm1: BatchNorm2D
    let conv2: Conv2D
    let norm2: BatchNorm2D

    init(_ inputs: Int, _ outputs: Int, stride: Int) {
      conv1 = Conv2D(inputs, outputs, kernel: 3, stride: stride, padding: 1, bias: false)
      norm1 = BatchNorm2D(outputs)
      conv2 = Conv2D(outputs, outputs, kernel: 3, padding: 1, bias: false)
      norm2 = BatchNorm2D(outputs)
    }

    /// x [N, H, W, inputs] to [N, H / stride, W / stride, outputs], rounded up.
    public func callAsFunction(_ x: Tensor) -> Tensor {
      norm2(conv2(norm1(conv1(x), activation: .relu)), activation: .relu)
    }
  }
}

/// A vector for each of some images: what a classifier sees in them.
public struct Features: Sendable {
  /// [count, size].
  public let values: Values

  /// The rows of an array.
  public init(_ values: Values) {
    precondition(values.shape.count == 2, "features of the shape \(values.shape)")
    self.values = values
  }

  /// How many vectors there are.
  public var count: Int { values.shape[0] }
  /// How many numbers a vector has.
  public var size: Int { values.shape[1] }

  /// The vector of that number.
  package subscript(index: Int) -> UnsafePointer<Float> { values.pointer + index * size }
}
