import KernelInterface

/// The starts of 32 rows of `stride` numbers.
private func rows(_ base: Floats, stride: Int) -> UnsafeMutablePointer<UnsafePointer<Float>> {
  let rows = room(32, for: UnsafePointer<Float>.self)
  for i in 0..<32 { (rows + i).initialize(to: UnsafePointer(base + i &* stride)) }
  return rows
}

/// The same for rows of bytes.
private func pixels(_ base: Floats, stride: Int) -> UnsafeMutablePointer<UnsafeRawPointer> {
  let rows = room(32, for: UnsafeRawPointer.self)
  for i in 0..<32 { (rows + i).initialize(to: UnsafeRawPointer(base + i &* stride)) }
  return rows
}

func roundedCases() {
  check("packChunks") { d in
    for count in [1, 15, 16, 17, 31, 32, 33, 70] {
      let chunks = numbers(128, 2)
      Native.packChunks(numbers(count, 1), count: count, into: chunks)
      d.add(chunks, 128)
    }
  }
  check("copyChunks") { d in
    let (source, target) = (numbers(256, 1), numbers(512, 2))
    Native.copyChunks(source, step: 128, count: 3, bytes: 128, into: target, pitch: 192)
    Native.copyChunks(nil, step: 128, count: 2, bytes: 64, into: target + 256, pitch: 192)
    d.add(target, 512)
  }
  for columns in [1, 9, 16] {
    check("packTile") { d in
      let tile = numbers(256, 2)
      Native.packTile(rows(numbers(1024, 1), stride: 20), offset: 3, columns: columns, into: tile)
      d.add(tile, 256)
    }
    check("packTransposedChunk") { d in
      let target = numbers(16 * 24, 2)
      Native.packTransposedChunk(
        rows(numbers(1024, 1), stride: 20), offset: 3, columns: columns, into: target, pitch: 96)
      d.add(target, 16 * 24)
    }
    check("packTransposedTile") { d in
      for depth in [1, 16, 30, 32] {
        let tile = numbers(256, 2)
        Native.packTransposedTile(
          numbers(1024, 1), stride: 40, depth: depth, columns: columns, into: tile)
        d.add(tile, 256)
      }
    }
  }
  check("multiply") { d in
    for (count, columns, accumulate) in [(1, 32, false), (7, 29, true), (6, 9, true)] {
      let outputs = room(count, for: UnsafeMutableRawPointer.self)
      let c = numbers(count * 40, 3)
      for row in 0..<count { outputs[row] = UnsafeMutableRawPointer(c + row * 40) }
      var tiles = BFloat16Tiles(
        rows: numbers(count * 48, 1), pitch: 192, count: count, panel: numbers(3 * 512, 2),
        chunks: 3, columns: columns, outputs: outputs, spill: numbers(1024, 4))
      tiles.accumulate = accumulate
      Native.multiply(tiles)
      d.add(c, count * 40)
    }
  }
  check("packPixels") { d in
    let tiles = numbers(512, 2)
    Native.packPixels(pixels(numbers(1024, 1), stride: 20), offset: 12, into: tiles)
    d.add(tiles, 512)
  }
  check("packTransposedPixels") { d in
    let target = numbers(32 * 24, 2)
    Native.packTransposedPixels(
      pixels(numbers(1024, 1), stride: 20), offset: 12, into: target, pitch: 96)
    d.add(target, 32 * 24)
  }
}
