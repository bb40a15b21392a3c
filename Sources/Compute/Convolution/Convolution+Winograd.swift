import KernelInterface

extension Convolution {
  /// The algorithm of Winograd's that the convolution and the gradient of its weights go through; nil where they are
  /// sums over the taps.
  ///
  /// The answer depends on one image's shape alone, so that an image has the same bits in every batch.
  /// With fewer channels, vectors are left half empty; in smaller images, many tiles reach over the
  /// edge, and of a single image the weights' frequencies cost more than the products save.
  var winograd: WinogradAlgorithm? {
    guard
      allowsWinograd && !isRounded && kernelHeight == kernelWidth && padding == 1
        && extraPadding == 0 && min(height, width) >= 8 && min(inChannels, outChannels) >= 16
    else { return nil }
    switch (kernelHeight, stride) {
    case (3, 1): return .same
    case (4, 2) where height % 2 == 0 && width % 2 == 0: return .halving
    default: return nil
    }
  }

  var inputSize: ImageSize { ImageSize(height: height, width: width) }

  var outputSize: ImageSize { ImageSize(height: outputHeight, width: outputWidth) }

  /// The same convolution by sums over the taps.
  var direct: Convolution {
    var direct = self
    direct.allowsWinograd = false
    return direct
  }

  /// The convolution of `source` with w, or with `isBackward` the transposed one.
  func winograd(
    _ algorithm: WinogradAlgorithm, _ source: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
    isBackward: Bool, into output: UnsafeMutablePointer<Float>, _ accumulate: Bool,
    _ finish: Epilogue
  ) {
    let algorithm = isBackward && algorithm == .halving ? .doubling : algorithm
    Winograd(
      algorithm: algorithm, tiles: WinogradTiles(batch: batch, of: outputSize),
      sourceSize: isBackward ? outputSize : inputSize, source: source,
      weights: WinogradWeights(
        algorithm: algorithm, base: w, inChannels: inChannels, outChannels: outChannels,
        isBackward: isBackward),
      outputSize: isBackward ? inputSize : outputSize, output: output, accumulate: accumulate,
      finish: finish
    ).run()
  }
}
