extension KernelBenchmark {
  static let winogradConvolutions = convolutions.filter { $0.winograd != nil }.flatMap(bench)

  static let directConvolutions = convolutions.map(\.direct).flatMap(bench)

  static let roundedConvolutions = convolutions.map { convolution in
    var rounded = convolution
    rounded.precision = .bfloat16Amx
    return rounded
  }.filter(\.isRounded).flatMap(bench)

  private static let convolutions: [Convolution] = [
    // UNets: the yardstick, and those of 28 and 32 pixels.
    unet(16, 32, 128), unet(32, 28, 64), unet(32, 14, 128), unet(8, 16, 256),
    // Both networks of a DCGAN at 64 pixels; at 32 pixels one level and a color less.
    dcgan(64, 3, 64), dcgan(32, 64, 128), dcgan(16, 128, 256), dcgan(8, 256, 512),
    Convolution(batch: 64, height: 4, width: 4, inChannels: 512, outChannels: 1, kernel: (4, 4)),
    dcgan(32, 1, 64),
  ]

  /// A layer of a UNet, which keeps the image's size.
  private static func unet(_ batch: Int, _ side: Int, _ channels: Int) -> Convolution {
    Convolution(
      batch: batch, height: side, width: side, inChannels: channels, outChannels: channels,
      kernel: (3, 3), padding: 1)
  }

  /// A layer of a DCGAN, which halves the image.
  private static func dcgan(_ side: Int, _ inChannels: Int, _ outChannels: Int) -> Convolution {
    Convolution(
      batch: 64, height: side, width: side, inChannels: inChannels, outChannels: outChannels,
      kernel: (4, 4), stride: 2, padding: 1)
  }

  private enum Direction: String, CaseIterable {
    case forward
    case inputGradient = "input-gradient"
    case weightGradient = "weight-gradient"
  }

  private static func bench(_ c: Convolution) -> [KernelBenchmark] {
    Direction.allCases.map { direction in
      KernelBenchmark(
        "convolution-" + direction.rawValue + (c.allowsWinograd ? "" : "-direct")
          + c.precision.suffix,
        "\(c.batch)x\(c.height)x\(c.width) \(c.inChannels)->\(c.outChannels) "
          + "k\(c.kernelHeight) s\(c.stride) p\(c.padding)"
      ) {
        let x = numbers(c.batch * c.height * c.width * c.inChannels)
        let w = numbers(c.kernelHeight * c.kernelWidth * c.inChannels * c.outChannels)
        let y = numbers(c.batch * c.outputHeight * c.outputWidth * c.outChannels)
        return switch direction {
        case .forward: { c.forward(x.base, w.base, into: y.base) }
        case .inputGradient: { c.inputGradient(y.base, w.base, into: x.base) }
        case .weightGradient: { c.weightGradient(x.base, y.base, into: w.base) }
        }
      }
    }
  }
}
