import KernelInterface

extension Native {
  static func packChunks(
    _ source: UnsafePointer<Float>, count: Int, into chunks: UnsafeMutableRawPointer
  ) {
    var (from, to) = (source, chunks)
    var left = count
    while left >= 32 {
      store(pairs(load(from), load(from + 16)), to)
      from += 32
      to += 64
      left = left &- 32
    }
    if left > 0 { packLastChunk(from, left, into: to) }
  }

  @inline(never)
  private static func packLastChunk(
    _ source: UnsafePointer<Float>, _ count: Int, into chunk: UnsafeMutableRawPointer
  ) {
    store(pairs(load(source, left: count), secondHalf(source, count)), chunk)
  }

  /// Lanes 16 to 31 of `count`.
  @inline(__always)
  private static func secondHalf(_ source: UnsafePointer<Float>, _ count: Int) -> Vector {
    count > 16 ? load(source + 16, left: count &- 16) : Vector.zero
  }

  static func copyChunks(
    _ source: UnsafeRawPointer?, step: Int, count: Int, bytes: Int,
    into target: UnsafeMutableRawPointer, pitch: Int
  ) {
    var to = target
    guard var from = source else {
      for _ in 0..<count {
        var i = 0
        while i < bytes {
          store(Vector.zero, to, i)
          i = i &+ 64
        }
        to += pitch
      }
      return
    }
    for _ in 0..<count {
      var i = 0
      while i < bytes {
        store(load(from, i), to, i)
        i = i &+ 64
      }
      from += step
      to += pitch
    }
  }

  static func packTransposedChunk(
    _ rows: UnsafePointer<UnsafePointer<Float>>, offset: Int, columns: Int,
    into target: UnsafeMutableRawPointer, pitch: Int
  ) {
    withTiles(1) { tile in
      packTile(rows, offset: offset, columns: columns, into: tile)
      transpose(asFloats(tile), 16, into: asFloats(target), pitch &>> 2)
    }
  }

  static func packTile(
    _ rows: UnsafePointer<UnsafePointer<Float>>, offset: Int, columns: Int,
    into tile: UnsafeMutableRawPointer
  ) {
    if columns >= 16 {
      for i in 0..<16 {
        store(pairs(load(rows[i] + offset), load(rows[i &+ 16] + offset)), tile, i &* 64)
      }
    } else {
      packNarrowTile(rows, offset, columns, into: tile)
    }
  }

  @inline(never)
  private static func packNarrowTile(
    _ rows: UnsafePointer<UnsafePointer<Float>>, _ offset: Int, _ columns: Int,
    into tile: UnsafeMutableRawPointer
  ) {
    for i in 0..<16 {
      let (first, second) = (rows[i] + offset, rows[i &+ 16] + offset)
      store(pairs(loadPart(first, columns), loadPart(second, columns)), tile, i &* 64)
    }
  }

  static func packTransposedTile(
    _ source: UnsafePointer<Float>, stride: Int, depth: Int, columns: Int,
    into tile: UnsafeMutableRawPointer
  ) {
    withTiles(1) { chunks in
      for column in 0..<16 {
        if column >= columns {
          store(Vector.zero, chunks, column &* 64)
        } else if depth >= 32 {
          let from = source + column &* stride
          store(pairs(load(from), load(from + 16)), chunks, column &* 64)
        } else {
          packLastChunk(source + column &* stride, depth, into: chunks + column &* 64)
        }
      }
      transpose(asFloats(chunks), 16, into: asFloats(tile), 16)
    }
  }

  static func packPixels(
    _ pixels: UnsafePointer<UnsafeRawPointer>, offset: Int, into tiles: UnsafeMutableRawPointer
  ) {
    let high = IntegerVector(repeating: Int32(bitPattern: 0xffff_0000))
    let shift = IntegerVector(repeating: 16)
    for i in 0..<16 {
      let first = bits(load(pixels[i], offset)), second = bits(load(pixels[i &+ 16], offset))
      store(floats((first & ~high) | (second &<< shift)), tiles, i &* 64)
      store(floats(((first &>> shift) & ~high) | (second & high)), tiles, 1024 &+ i &* 64)
    }
  }

  static func packTransposedPixels(
    _ pixels: UnsafePointer<UnsafeRawPointer>, offset: Int, into target: UnsafeMutableRawPointer,
    pitch: Int
  ) {
    withTiles(2) { tiles in
      packPixels(pixels, offset: offset, into: tiles)
      transpose(asFloats(tiles), 16, into: asFloats(target), pitch &>> 2)
      transpose(asFloats(tiles + 1024), 16, into: asFloats(target + 16 &* pitch), pitch &>> 2)
    }
  }

  /// Memory for so many tiles.
  @inline(__always)
  private static func withTiles(_ count: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: count &* 1024, alignment: 64) {
      if let base = $0.baseAddress { body(base) }
    }
  }

  /// Pairs of bfloat16, moved about as floats.
  @inline(__always)
  private static func asFloats(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Float> {
    pointer.assumingMemoryBound(to: Float.self)
  }

  /// Pairs of bfloat16: `first` in the low halves, `second` in the high ones.
  @inline(__always)
  static func pairs(_ first: Vector, _ second: Vector) -> Vector {
    let high = IntegerVector(repeating: Int32(bitPattern: 0xffff_0000))
    let low = (rounded(first) &>> IntegerVector(repeating: 16)) & ~high
    return floats(low | (rounded(second) & high))
  }

  /// The bits of a float, of which the upper half is the nearest bfloat16.
  @inline(__always)
  private static func rounded(_ x: Vector) -> IntegerVector {
    let pattern = bits(x)
    let odd = (pattern &>> IntegerVector(repeating: 16)) & IntegerVector(repeating: 1)
    let sum = pattern &+ IntegerVector(repeating: 0x7fff) &+ odd
    // What is no number stays none.
    let quiet = pattern | IntegerVector(repeating: 0x0040_0000)
    return sum.replacing(with: quiet, where: x .!= x)
  }
}
