extension Convolution {
  /// Whether the convolution and its gradients go through Winograd's algorithm.
  ///
  /// The answer depends on one image's shape alone, so that an image has the same bits in every batch.
  /// With fewer channels, vectors are left half empty; in smaller images, many tiles reach over the
  /// edge, and of a single image the weights' frequencies cost more than the products save.
  var usesWinograd: Bool {
    allowsWinograd && kernelHeight == 3 && kernelWidth == 3 && stride == 1 && padding == 1
      && extraPadding == 0 && min(height, width) >= 8 && min(inChannels, outChannels) >= 16
  }

  /// The same convolution by sums over the taps.
  var direct: Convolution {
    var direct = self
    direct.allowsWinograd = false
    return direct
  }

  /// The convolution of `source` with w, or with `isBackward` the transposed one.
  func winograd(
    _ source: UnsafePointer<Float>, _ w: UnsafePointer<Float>, isBackward: Bool,
    into output: UnsafeMutablePointer<Float>, _ accumulate: Bool, _ finish: Epilogue
  ) {
    Winograd(
      tiles: WinogradTiles(batch: batch, height: height, width: width), source: source,
      weights: WinogradWeights(
        base: w, inChannels: inChannels, outChannels: outChannels, isBackward: isBackward),
      output: output, accumulate: accumulate, finish: finish
    ).run()
  }
}
