import KernelInterface

/// Tiles and their frequencies, of so many channels.
private struct Tiles {
  static let count = 5
  static let rows = 4

  let channels: Int

  /// Room for whole vectors.
  var padded: Int { (channels + 15) / 16 * 16 }
  var frequencies: Int { winogradFrequencies * Self.count * padded }
  var weights: Int { winogradFrequencies * Self.rows * padded }

  /// Pointers to the pixels of an image, which lie one after the other.
  func pixels(_ image: Floats, _ perTile: Int) -> UnsafeMutablePointer<UnsafeMutableRawPointer> {
    let pointers = room(perTile * Self.count, for: UnsafeMutableRawPointer.self)
    for i in 0..<perTile * Self.count {
      pointers[i] = UnsafeMutableRawPointer(image + i * channels)
    }
    return pointers
  }

  /// The same for pixels that are read.
  func inputs(_ image: Floats, _ perTile: Int) -> UnsafePointer<UnsafeRawPointer> {
    UnsafeRawPointer(pixels(image, perTile)).assumingMemoryBound(to: UnsafeRawPointer.self)
  }

  static func each(_ body: (Tiles) -> Void) {
    for channels in [1, 3, 8, 15, 16, 17, 33] { body(Tiles(channels: channels)) }
  }
}

func winogradCases() {
  check("winogradInput") { d in
    Tiles.each { tiles in
      let image = numbers(16 * Tiles.count * tiles.channels, 1)
      let v = numbers(tiles.frequencies, 2)
      Native.winogradInput(
        tiles.inputs(image, 16), tiles: Tiles.count, channels: tiles.channels, into: v,
        tileStride: tiles.padded, frequencyStride: Tiles.count * tiles.padded)
      d.add(v, tiles.frequencies)
    }
  }
  check("winogradOutput") { d in
    Tiles.each { tiles in
      let size = 4 * Tiles.count * tiles.channels
      let image = numbers(size, 1)
      for accumulate in [false, true] {
        Native.winogradOutput(
          numbers(tiles.frequencies, 2), tiles: Tiles.count, tileStride: tiles.padded,
          frequencyStride: Tiles.count * tiles.padded, channels: tiles.channels,
          into: tiles.pixels(image, 4), offset: 0, accumulate: accumulate)
        d.add(image, size)
      }
    }
  }
  check("winogradOutputGradient") { d in
    Tiles.each { tiles in
      let image = numbers(4 * Tiles.count * tiles.channels, 1)
      let m = numbers(tiles.frequencies, 2)
      Native.winogradOutputGradient(
        tiles.inputs(image, 4), offset: 0, tiles: Tiles.count, channels: tiles.channels, into: m,
        tileStride: tiles.padded, frequencyStride: Tiles.count * tiles.padded)
      d.add(m, tiles.frequencies)
    }
  }
  check("winogradWeights") { d in
    Tiles.each { tiles in
      let taps = Tiles.rows * tiles.channels
      let u = numbers(tiles.weights, 2)
      Native.winogradWeights(
        numbers(9 * taps, 1), tapStride: taps, stride: tiles.channels, rows: Tiles.rows,
        columns: tiles.channels, into: u, rowStride: tiles.padded,
        frequencyStride: Tiles.rows * tiles.padded)
      d.add(u, tiles.weights)
    }
  }
  check("winogradWeightGradient") { d in
    Tiles.each { tiles in
      let taps = Tiles.rows * tiles.channels
      let dw = numbers(9 * taps, 2)
      for accumulate in [false, true] {
        Native.winogradWeightGradient(
          numbers(tiles.weights, 1), rowStride: tiles.padded,
          frequencyStride: Tiles.rows * tiles.padded, rows: Tiles.rows, columns: tiles.channels,
          into: dw, tapStride: taps, stride: tiles.channels, accumulate: accumulate)
        d.add(dw, 9 * taps)
      }
    }
  }
}
