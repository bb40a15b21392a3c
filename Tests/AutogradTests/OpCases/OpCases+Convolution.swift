import Autograd
import Compute

extension OpCase {
  /// A convolution's sizes.
  private struct Shape: CustomStringConvertible {
    let image: [Int]
    let outputs: Int
    let kernel: Int
    let stride: Int
    let padding: Int
    let extra: Int

    init(
      _ image: [Int], _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, extra: Int = 0
    ) {
      (self.image, self.outputs, self.kernel) = (image, outputs, kernel)
      (self.stride, self.padding, self.extra) = (stride, padding, extra)
    }

    var description: String {
      "\(image) to \(outputs) channels, kernel \(kernel), stride \(stride), padding \(padding)"
        + (extra > 0 ? " + \(extra)" : "")
    }
  }

  static let convolutions: [OpCase] =
    [
      Shape([1, 1, 1, 1], 1, kernel: 1),
      Shape([2, 5, 4, 3], 5, kernel: 3, padding: 1),
      Shape([1, 6, 6, 1], 17, kernel: 4, stride: 2, padding: 1),
      Shape([2, 7, 5, 17], 3, kernel: 3, stride: 2, padding: 1),
      Shape([1, 4, 4, 6], 1, kernel: 4),
      Shape([0, 4, 4, 2], 3, kernel: 3, padding: 1),
      Shape([1, 14, 15, 4], 5, kernel: 3, padding: 1),
      Shape([2, 4, 6, 3], 5, kernel: 3, stride: 2, extra: 1),
      Shape([1, 5, 4, 17], 3, kernel: 3, stride: 2, extra: 1),
    ].flatMap { shape -> [OpCase] in
      let (k, stride, padding) = (shape.kernel, shape.stride, shape.padding)
      let weight = Input(k, k, shape.image[3], shape.outputs, in: -0.5...0.5, gap: 0)
      return [
        OpCase(.conv2D, "\(shape)", [Input(shape.image), weight]) {
          conv2D($0[0], $0[1], stride: stride, padding: padding, extraPadding: shape.extra)
        } reference: {
          Naive.conv2D($0[0], $0[1], stride: stride, padding: padding, extra: shape.extra)
        },
        OpCase(
          .conv2D, "\(shape), bias, relu", [Input(shape.image), weight, Input(shape.outputs)]
        ) {
          conv2D(
            $0[0], $0[1], bias: $0[2], stride: stride, padding: padding,
            extraPadding: shape.extra, activation: .relu)
        } reference: {
          Naive.conv2D(
            $0[0], $0[1], bias: $0[2], stride: stride, padding: padding, extra: shape.extra
          ).activated(.relu)
        },
      ]
    }

  static let transposedConvolutions: [OpCase] =
    [
      Shape([1, 1, 1, 1], 1, kernel: 1),
      Shape([2, 1, 1, 5], 6, kernel: 4),
      Shape([1, 3, 4, 17], 3, kernel: 4, stride: 2, padding: 1),
      Shape([2, 3, 2, 4], 1, kernel: 4, stride: 2, padding: 1),
      Shape([1, 4, 3, 2], 5, kernel: 3, padding: 1),
      Shape([0, 4, 4, 2], 3, kernel: 4, stride: 2, padding: 1),
    ].flatMap { shape -> [OpCase] in
      let (k, stride, padding) = (shape.kernel, shape.stride, shape.padding)
      let weight = Input(k, k, shape.outputs, shape.image[3], in: -0.5...0.5, gap: 0)
      return [
        OpCase(.convTranspose2D, "\(shape)", [Input(shape.image), weight]) {
          convTranspose2D($0[0], $0[1], stride: stride, padding: padding)
        } reference: {
          Naive.convTranspose2D($0[0], $0[1], stride: stride, padding: padding)
        },
        OpCase(
          .convTranspose2D, "\(shape), bias, tanh",
          [Input(shape.image), weight, Input(shape.outputs)]
        ) {
          convTranspose2D(
            $0[0], $0[1], bias: $0[2], stride: stride, padding: padding, activation: .tanh)
        } reference: {
          Naive.convTranspose2D($0[0], $0[1], bias: $0[2], stride: stride, padding: padding)
            .activated(.tanh)
        },
      ]
    }
}
