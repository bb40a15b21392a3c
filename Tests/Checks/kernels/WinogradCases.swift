import KernelInterface

private let algorithms: [WinogradAlgorithm] = [.same, .halving, .doubling]
/// Those that have gradients of weights.
private let learning: [WinogradAlgorithm] = [.same, .halving]

/// Tiles and their frequencies, of so many channels.
private struct Tiles {
  static let count = 5
  static let rows = 4

  let algorithm: WinogradAlgorithm
  let channels: Int

  /// Room for whole vectors.
  var padded: Int { (channels + 15) / 16 * 16 }
  var frequencies: Int { algorithm.frequencies * Self.count * padded }
  var weights: Int { algorithm.phases * algorithm.frequencies * Self.rows * padded }
  var taps: Int { algorithm.kernelSide * algorithm.kernelSide * Self.rows * channels }

  /// Pointers to the pixels of an image, which lie one after the other.
  func pixels(_ image: Floats, _ perTile: Int) -> UnsafeMutablePointer<UnsafeMutableRawPointer> {
    let pointers = room(perTile * Self.count, for: UnsafeMutableRawPointer.self)
    for i in 0..<perTile * Self.count {
      pointers[i] = UnsafeMutableRawPointer(image + i * channels)
    }
    return pointers
  }

  /// The same for pixels that are read.
  func sources(_ image: Floats, _ perTile: Int) -> UnsafePointer<UnsafeRawPointer> {
    UnsafeRawPointer(pixels(image, perTile)).assumingMemoryBound(to: UnsafeRawPointer.self)
  }

  static func each(_ algorithms: [WinogradAlgorithm], _ body: (Tiles) -> Void) {
    for algorithm in algorithms {
      for channels in [1, 3, 8, 15, 16, 17, 33] {
        body(Tiles(algorithm: algorithm, channels: channels))
      }
    }
  }
}

func winogradCases() {
  check("winogradInput") { d in
    Tiles.each(algorithms) { tiles in
      let perTile = tiles.algorithm.inputSide * tiles.algorithm.inputSide
      let image = numbers(perTile * Tiles.count * tiles.channels, 1)
      let v = numbers(tiles.frequencies, 2)
      Native.winogradInput(
        tiles.algorithm, tiles.sources(image, perTile), tiles: Tiles.count,
        channels: tiles.channels, into: v, tileStride: tiles.padded,
        frequencyStride: Tiles.count * tiles.padded)
      d.add(v, tiles.frequencies)
    }
  }
  check("winogradOutput") { d in
    Tiles.each(algorithms) { tiles in
      let perTile = tiles.algorithm.outputSide * tiles.algorithm.outputSide
      let size = perTile * Tiles.count * tiles.channels
      let image = numbers(size, 1)
      for accumulate in [false, true] {
        Native.winogradOutput(
          tiles.algorithm, numbers(tiles.frequencies, 2), tiles: Tiles.count,
          tileStride: tiles.padded, frequencyStride: Tiles.count * tiles.padded,
          channels: tiles.channels, into: tiles.pixels(image, perTile), offset: 0,
          accumulate: accumulate)
        d.add(image, size)
      }
    }
  }
  check("winogradOutputGradient") { d in
    Tiles.each(learning) { tiles in
      let image = numbers(4 * Tiles.count * tiles.channels, 1)
      let m = numbers(tiles.frequencies, 2)
      Native.winogradOutputGradient(
        tiles.algorithm, tiles.sources(image, 4), offset: 0, tiles: Tiles.count,
        channels: tiles.channels, into: m, tileStride: tiles.padded,
        frequencyStride: Tiles.count * tiles.padded)
      d.add(m, tiles.frequencies)
    }
  }
  check("winogradWeights") { d in
    Tiles.each(algorithms) { tiles in
      let u = numbers(tiles.weights, 2)
      Native.winogradWeights(
        tiles.algorithm, numbers(tiles.taps, 1), tapStride: Tiles.rows * tiles.channels,
        stride: tiles.channels, rows: Tiles.rows, columns: tiles.channels, into: u,
        rowStride: tiles.padded, frequencyStride: Tiles.rows * tiles.padded)
      d.add(u, tiles.weights)
    }
  }
  check("winogradWeightGradient") { d in
    Tiles.each(learning) { tiles in
      let dw = numbers(tiles.taps, 2)
      for accumulate in [false, true] {
        Native.winogradWeightGradient(
          tiles.algorithm, numbers(tiles.weights, 1), rowStride: tiles.padded,
          frequencyStride: Tiles.rows * tiles.padded, rows: Tiles.rows, columns: tiles.channels,
          into: dw, tapStride: Tiles.rows * tiles.channels, stride: tiles.channels,
          accumulate: accumulate)
        d.add(dw, tiles.taps)
      }
    }
  }
}
