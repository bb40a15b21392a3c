extension Image {
  /// The image with 1, 3 or 4 channels.
  ///
  /// - Grey to color repeats the sample; a new alpha is opaque.
  /// - Color to grey is the luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, with the 16-bit
  ///   weights that libjpeg and Pillow use.
  /// - Alpha goes by laying the image over white, as on a page.
  public func converted(toChannels count: Int) -> Image {
    precondition([1, 3, 4].contains(count), "\(count) channels; an image has 1, 3 or 4")
    switch (channels, count) {
    case (count, _):
      return self
    case (4, _):
      return mapPixels(toChannels: 3) { pixel, c in
        let (color, alpha) = (Int(pixel[c]), Int(pixel[3]))
        return UInt8((color * alpha + 255 * (255 - alpha) + 127) / 255)
      }.converted(toChannels: count)
    case (3, 1):
      return mapPixels(toChannels: 1) { pixel, _ in
        let (red, green, blue) = (Int(pixel[0]), Int(pixel[1]), Int(pixel[2]))
        return UInt8((19595 * red + 38470 * green + 7471 * blue + 32768) >> 16)
      }
    default:
      let isGrey = channels == 1
      return mapPixels(toChannels: count) { pixel, c in c == 3 ? 255 : pixel[isGrey ? 0 : c] }
    }
  }

  /// Each pixel by itself: `sample` has its stored samples and the new channel's number.
  private func mapPixels(
    toChannels count: Int, _ sample: (UnsafePointer<UInt8>, Int) -> UInt8
  ) -> Image {
    pixels.withUnsafeBufferPointer { stored in
      Image(width: width, height: height, channels: count) { x, y, c in
        // There is a pixel, so there is an address.
        sample(stored.baseAddress! + (y * width + x) * channels, c)
      }
    }
  }
}
