extension Image {
  /// The image turned upright, or by the same token mirrored or turned.
  public func applying(_ orientation: Orientation) -> Image {
    // Where the pixel to the right, and the one below, come from in the stored pixels.
    let (right, down) = (channels, width * channels)
    let (lastColumn, lastRow) = ((width - 1) * right, (height - 1) * down)
    let (start, alongX, alongY) =
      switch orientation {
      case .upright: (0, right, down)
      case .mirrored: (lastColumn, -right, down)
      case .turned180: (lastColumn + lastRow, -right, -down)
      case .flipped: (lastRow, right, -down)
      case .transposed: (0, down, right)
      case .turned90: (lastRow, -down, right)
      case .transversed: (lastColumn + lastRow, -down, -right)
      case .turned270: (lastColumn, down, -right)
      }
    if orientation == .upright || pixels.isEmpty { return self }
    let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
    return Image(width: newWidth, height: newHeight, channels: channels) { x, y, c in
      pixels[start + x * alongX + y * alongY + c]
    }
  }

  /// Left and right swapped.
  public func flippedHorizontally() -> Image { applying(.mirrored) }

  /// Top and bottom swapped.
  public func flippedVertically() -> Image { applying(.flipped) }

  /// The rectangle whose top left pixel is at (x, y). It must lie inside the image.
  public func cropped(x: Int, y: Int, width: Int, height: Int) -> Image {
    precondition(
      x >= 0 && y >= 0 && width >= 0 && height >= 0 && x + width <= self.width
        && y + height <= self.height,
      "crop of \(width)x\(height) at (\(x), \(y)) from \(self.width)x\(self.height) pixels")
    if width == self.width && height == self.height { return self }
    var pixels = [UInt8]()
    pixels.reserveCapacity(width * height * channels)
    for row in y..<y + height {
      let start = (row * self.width + x) * channels
      pixels += self.pixels[start..<start + width * channels]
    }
    return Image(width: width, height: height, channels: channels, pixels: pixels)
  }

  /// The rectangle of that size in the middle; half a pixel goes to the left and to the top.
  public func centerCropped(width: Int, height: Int) -> Image {
    cropped(
      x: (self.width - width) / 2, y: (self.height - height) / 2, width: width, height: height)
  }

  /// The largest square in the middle.
  public func centerCroppedToSquare() -> Image {
    let side = min(width, height)
    return centerCropped(width: side, height: side)
  }

  /// The image with a border of so many pixels, every sample of which is `value`.
  public func padded(
    left: Int, top: Int, right: Int, bottom: Int, value: UInt8 = 0
  ) -> Image {
    precondition(
      min(left, top, right, bottom) >= 0,
      "padding of \(left), \(top), \(right), \(bottom) pixels; none may be negative")
    var result = Image(
      width: left + width + right, height: top + height + bottom, channels: channels, value: value)
    result.paste(self, x: left, y: top)
    return result
  }

  /// The image in the middle of one of that size, around which every sample is `value`; half a
  /// pixel goes to the right and to the bottom.
  public func padded(toWidth width: Int, height: Int, value: UInt8 = 0) -> Image {
    let (left, top) = ((width - self.width) / 2, (height - self.height) / 2)
    return padded(
      left: left, top: top, right: width - self.width - left, bottom: height - self.height - top,
      value: value)
  }

  /// An image all of whose samples are `value`.
  public init(width: Int, height: Int, channels: Int, value: UInt8) {
    self.init(
      width: width, height: height, channels: channels,
      pixels: [UInt8](repeating: value, count: width * height * channels))
  }

  /// Puts another image's pixels in place of those from (x, y) on. It must fit.
  mutating func paste(_ other: Image, x: Int, y: Int) {
    precondition(
      x + other.width <= width && y + other.height <= height && other.channels == channels,
      "paste of \(other.width)x\(other.height)x\(other.channels) at (\(x), \(y)) into "
        + "\(width)x\(height)x\(channels)")
    for row in 0..<other.height {
      let start = ((y + row) * width + x) * channels
      let stored = row * other.width * channels
      pixels.replaceSubrange(
        start..<start + other.width * channels,
        with: other.pixels[stored..<stored + other.width * channels])
    }
  }

  /// An image from a function of column, row and channel.
  init(width: Int, height: Int, channels: Int, sample: (Int, Int, Int) -> UInt8) {
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * channels) { buffer, count in
      for y in 0..<height {
        for x in 0..<width {
          for c in 0..<channels {
            buffer[count] = sample(x, y, c)
            count += 1
          }
        }
      }
    }
    self.init(width: width, height: height, channels: channels, pixels: pixels)
  }
}
