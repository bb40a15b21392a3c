import KernelInterface

/// Images with their channels rounded, each pixel in whole chunks, so that what a tap reads is copied as it is.
struct BFloat16Image {
  private let storage: Storage
  /// Chunks of a pixel.
  let chunks: Int

  /// Bytes from one pixel to the next.
  var pixelBytes: Int { chunks * BFloat16Panels.chunkBytes }

  /// Pixels to a task.
  private static let pixelsPerTask = 256

  /// Rounds `pixels` pixels of so many channels.
  init(
    _ source: UnsafePointer<Float>, pixels: Int, channels: Int, _ kernels: any KernelSet.Type
  ) {
    let chunks = BFloat16Panels.chunks(channels)
    let bytes = chunks * BFloat16Panels.chunkBytes
    let storage = Storage(count: pixels * bytes / 4)
    let base = UnsafeMutableRawPointer(storage.base)
    let blocks = Blocks(pixels, target: Self.pixelsPerTask)
    ThreadPool.shared.run(blocks.count) { block, _ in
      let range = blocks.range(block)
      if channels % bfloat16Chunk == 0 {
        kernels.packChunks(
          source + range.lowerBound * channels, count: range.count * channels,
          into: base + range.lowerBound * bytes)
      } else {
        for pixel in range {
          kernels.packChunks(source + pixel * channels, count: channels, into: base + pixel * bytes)
        }
      }
    }
    (self.storage, self.chunks) = (storage, chunks)
  }

  /// The first byte of a pixel.
  func pixel(_ index: Int) -> UnsafeRawPointer {
    UnsafeRawPointer(storage.base) + index * pixelBytes
  }
}
