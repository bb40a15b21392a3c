import Images

/// Images by number, each as it is stored.
protocol ImageSource: Sendable {
  /// How many there are.
  var count: Int { get }

  /// An image that will be scaled to that shorter side, if it will: it may come smaller than it is
  /// stored, with at least twice as many pixels.
  func image(_ index: Int, forShorterSide side: Int?) throws(DatasetError) -> Image
}

/// Images of one size, one after the other in memory.
struct PackedImages: ImageSource {
  let width, height, channels: Int
  /// [count, height, width, channels]
  let pixels: ArraySlice<UInt8>

  /// The samples of an image.
  var size: Int { width * height * channels }

  var count: Int { size == 0 ? 0 : pixels.count / size }

  func image(_ index: Int, forShorterSide side: Int?) -> Image {
    Image(
      width: width, height: height, channels: channels,
      pixels: [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        guard let base = buffer.baseAddress else { return }
        copy(index, to: base)
        count = size
      })
  }

  func copy(_ index: Int, to destination: UnsafeMutablePointer<UInt8>) {
    precondition(index >= 0 && index < count, "image \(index) of \(count)")
    pixels.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      destination.update(from: base + index * size, count: size)
    }
  }
}
