import KernelInterface

extension Native {
  static func winogradInput(
    _ algorithm: WinogradAlgorithm, _ pixels: UnsafePointer<UnsafeRawPointer>, tiles: Int,
    channels: Int, into v: UnsafeMutablePointer<Float>, tileStride: Int, frequencyStride: Int
  ) {
    for tile in 0..<tiles {
      let target = v + tile &* tileStride
      switch algorithm {
      case .same:
        var loop = InputLoop(
          pixels: pixels + tile &* 16, target: target, stride: frequencyStride)
        loop.run(channels)
      case .halving:
        var loop = PhaseInputLoop(
          pixels: pixels + tile &* 36, side: 6, spacing: 2, target: target, stride: frequencyStride)
        loop.run(channels)
      case .doubling:
        var loop = PhaseInputLoop(
          pixels: pixels + tile &* 16, side: 4, spacing: 1, target: target, stride: frequencyStride)
        loop.run(channels)
      }
    }
  }

  static func winogradOutput(
    _ algorithm: WinogradAlgorithm, _ m: UnsafePointer<Float>, tiles: Int, tileStride: Int,
    frequencyStride: Int, channels: Int, into pixels: UnsafePointer<UnsafeMutableRawPointer>,
    offset: Int, accumulate: Bool
  ) {
    for tile in 0..<tiles {
      let source = m + tile &* tileStride
      switch algorithm {
      case .same:
        var loop = OutputLoop(
          source: source, stride: frequencyStride, pixels: pixels + tile &* 4, offset: offset,
          accumulate: accumulate)
        loop.run(channels)
      case .halving:
        var loop = PhaseOutputLoop(
          source: source, stride: frequencyStride, pixels: pixels + tile &* 4, side: 2, spacing: 1,
          offset: offset, accumulate: accumulate)
        loop.run(channels)
      case .doubling:
        var loop = PhaseOutputLoop(
          source: source, stride: frequencyStride, pixels: pixels + tile &* 16, side: 4,
          spacing: 2, offset: offset, accumulate: accumulate)
        loop.run(channels)
      }
    }
  }

  static func winogradWeights(
    _ algorithm: WinogradAlgorithm, _ w: UnsafePointer<Float>, tapStride: Int, stride: Int,
    rows: Int, columns: Int, into u: UnsafeMutablePointer<Float>, rowStride: Int,
    frequencyStride: Int
  ) {
    for row in 0..<rows {
      let (source, target) = (w + row &* stride, u + row &* rowStride)
      switch algorithm {
      case .same:
        var loop = WeightLoop(
          source: source, tapStride: tapStride, target: target, stride: frequencyStride)
        loop.run(columns)
      case .halving, .doubling:
        for phase in 0..<4 {
          var loop = PhaseWeightLoop(
            source: source + (phase / 2 &* 4 &+ phase % 2) &* tapStride, tapStride: tapStride,
            target: target + phase &* 9 &* frequencyStride, stride: frequencyStride)
          loop.run(columns)
        }
      }
    }
  }

  static func winogradOutputGradient(
    _ algorithm: WinogradAlgorithm, _ pixels: UnsafePointer<UnsafeRawPointer>, offset: Int,
    tiles: Int, channels: Int, into m: UnsafeMutablePointer<Float>, tileStride: Int,
    frequencyStride: Int
  ) {
    for tile in 0..<tiles {
      let (pixels, target) = (pixels + tile &* 4, m + tile &* tileStride)
      if algorithm == .same {
        var loop = OutputGradientLoop(
          pixels: pixels, offset: offset, target: target, stride: frequencyStride)
        loop.run(channels)
      } else {
        var loop = PhaseOutputGradientLoop(
          pixels: pixels, offset: offset, target: target, stride: frequencyStride)
        loop.run(channels)
      }
    }
  }

  static func winogradWeightGradient(
    _ algorithm: WinogradAlgorithm, _ u: UnsafePointer<Float>, rowStride: Int,
    frequencyStride: Int, rows: Int, columns: Int, into dw: UnsafeMutablePointer<Float>,
    tapStride: Int, stride: Int, accumulate: Bool
  ) {
    for row in 0..<rows {
      let (source, target) = (u + row &* rowStride, dw + row &* stride)
      if algorithm == .same {
        var loop = WeightGradientLoop(
          source: source, stride: frequencyStride, target: target, tapStride: tapStride,
          accumulate: accumulate)
        loop.run(columns)
      } else {
        var loop = PhaseWeightGradientLoop(
          source: source, stride: frequencyStride, target: target, tapStride: tapStride,
          accumulate: accumulate)
        loop.run(columns)
      }
    }
  }
}
