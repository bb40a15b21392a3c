extension Image {
  /// The image with so many pixels in place of each, in width and in height, of the same color.
  public func enlarged(by factor: Int) -> Image {
    precondition(factor > 0, "an image enlarged by \(factor)")
    guard factor > 1 else { return self }
    let rowBytes = width * channels
    var pixels: [UInt8] = []
    pixels.reserveCapacity(self.pixels.count * factor * factor)
    for row in 0..<height {
      let first = pixels.count
      for column in 0..<width {
        let pixel = row * rowBytes + column * channels
        for _ in 0..<factor { pixels += self.pixels[pixel..<pixel + channels] }
      }
      let wide = Array(pixels[first...])
      for _ in 1..<factor { pixels += wide }
    }
    return Image(
      width: width * factor, height: height * factor, channels: channels, pixels: pixels)
  }

  /// The image at another size, by antialiased bicubic resampling along rows, then columns.
  ///
  /// `ResamplingWeights` has the filter. Between the two passes nothing is rounded. Colors are
  /// weighted by their alpha, so that what is transparent does not bleed into what is not.
  public func resized(width newWidth: Int, height newHeight: Int) -> Image {
    precondition(
      !pixels.isEmpty && newWidth > 0 && newHeight > 0,
      "resizing \(width)x\(height) pixels to \(newWidth)x\(newHeight)")
    if newWidth == width && newHeight == height { return self }
    return resampled(
      ResamplingWeights(from: width, to: newWidth), ResamplingWeights(from: height, to: newHeight))
  }

  /// The image scaled so that its shorter side has `side` pixels, and the middle square of that.
  public func resizedCovering(_ side: Int) -> Image {
    precondition(
      !pixels.isEmpty && side > 0, "covering \(side) pixels with \(width)x\(height)")
    let shorter = min(width, height)
    if shorter == side { return centerCroppedToSquare() }
    // What the crop would cut away is never computed: of a long strip, that is nearly all.
    func filter(_ length: Int) -> ResamplingWeights {
      let scaled = (length * side + shorter / 2) / shorter
      let start = (scaled - side) / 2
      return ResamplingWeights(from: length, to: scaled, keeping: start..<start + side)
    }
    return resampled(filter(width), filter(height))
  }

  private func resampled(_ horizontal: ResamplingWeights, _ vertical: ResamplingWeights) -> Image {
    Image.columns(
      of: resizedRows(horizontal), width: horizontal.starts.count, channels: channels, vertical)
  }

  /// All rows at a new width, not rounded: a pixel is four numbers, whatever the channels are, and
  /// its colors are multiplied with its alpha / 255.
  private func resizedRows(_ filter: ResamplingWeights) -> [SIMD4<Float>] {
    let newWidth = filter.starts.count
    let zero = SIMD4<Float>()
    var row = [SIMD4<Float>](repeating: zero, count: width)
    return [SIMD4<Float>](unsafeUninitializedCapacity: newWidth * height) { result, count in
      for y in 0..<height {
        load(row: y, into: &row)
        for x in 0..<newWidth {
          var sum = zero
          var stored = filter.starts[x]
          for index in filter.offsets[x]..<filter.offsets[x + 1] {
            sum += row[stored] * filter.weights[index]
            stored += 1
          }
          result.initializeElement(at: y * newWidth + x, to: sum)
        }
      }
      count = newWidth * height
    }
  }

  private func load(row y: Int, into row: inout [SIMD4<Float>]) {
    for x in 0..<width {
      let start = (y * width + x) * channels
      var pixel = SIMD4<Float>()
      for c in 0..<channels { pixel[c] = Float(pixels[start + c]) }
      if channels == 4 {
        let alpha = pixel.w
        pixel *= alpha / 255
        pixel.w = alpha
      }
      row[x] = pixel
    }
  }

  /// An image of a new height from rows that have their width.
  private static func columns(
    of rows: [SIMD4<Float>], width: Int, channels: Int, _ filter: ResamplingWeights
  ) -> Image {
    let height = filter.starts.count
    let size = width * height * channels
    let pixels = [UInt8](unsafeUninitializedCapacity: size) { result, count in
      var sums = [SIMD4<Float>](repeating: SIMD4(), count: width)
      for y in 0..<height {
        for x in 0..<width { sums[x] = SIMD4() }
        var stored = filter.starts[y] * width
        for index in filter.offsets[y]..<filter.offsets[y + 1] {
          let weight = filter.weights[index]
          for x in 0..<width { sums[x] += rows[stored + x] * weight }
          stored += width
        }
        for x in 0..<width {
          let pixel = rounded(sums[x], isTransparent: channels == 4)
          for c in 0..<channels {
            result.initializeElement(at: count, to: pixel[c])
            count += 1
          }
        }
      }
    }
    return Image(width: width, height: height, channels: channels, pixels: pixels)
  }

  /// Samples of 8 bits; the filter may have gone a little below 0 or above 255.
  private static func rounded(_ sum: SIMD4<Float>, isTransparent: Bool) -> SIMD4<UInt8> {
    var pixel = sum
    if isTransparent {
      let alpha = pixel.w
      // Below half a step nothing of the color is seen, and dividing would blow it up.
      pixel = alpha < 0.5 ? SIMD4() : pixel * (255 / alpha)
      pixel.w = alpha
    }
    return SIMD4<UInt8>(
      truncatingIfNeeded: SIMD4<Int32>(
        (pixel + 0.5).clamped(lowerBound: SIMD4(repeating: 0), upperBound: SIMD4(repeating: 255)),
        rounding: .towardZero))
  }
}
