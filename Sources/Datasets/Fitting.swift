import Images

/// How an image is brought to the size and channels of a data set.
struct Fitting: Equatable, Sendable {
  let width, height, channels: Int
  /// Whether an image that is smaller is put in the middle of black.
  let pads: Bool
  /// Whether an image of another size is scaled; otherwise all have that size already.
  let scales: Bool

  /// The samples of an image.
  var size: Int { width * height * channels }

  /// The shorter side that an image is scaled to.
  var shorterSide: Int? { scales && !pads ? min(width, height) : nil }

  /// Writes an image, [height, width, channels].
  func write(_ image: Image, to destination: UnsafeMutablePointer<UInt8>) {
    var image = image.converted(toChannels: channels)
    let isAlreadyRight = image.width == width && image.height == height
    let fits = image.width <= width && image.height <= height
    if !isAlreadyRight && !(pads && fits) {
      image = image.resizedCovering(max(width, height)).centerCropped(width: width, height: height)
    }
    let (left, top) = ((width - image.width) / 2, (height - image.height) / 2)
    let row = image.width * channels
    if row * image.height < size { destination.update(repeating: 0, count: size) }
    image.pixels.withUnsafeBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      for y in 0..<image.height {
        let start = ((top + y) * width + left) * channels
        (destination + start).update(from: base + y * row, count: row)
      }
    }
  }
}
