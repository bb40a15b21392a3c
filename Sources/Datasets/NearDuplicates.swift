import Images

/// An image reduced to so few pixels that saving it again, or scaling it, hardly changes them.
struct Thumbnail: Sendable {
  /// Pixels of a side.
  static let side = 16

  /// The samples, [side, side, 3].
  private let samples: [UInt8]
  /// The means of squares of 4 by 4 pixels.
  private let cells: SIMD16<Float>
  private let mean: Double
  /// The standard deviation of the samples.
  private let contrast: Double

  /// The middle square of an image, as training crops it, on white.
  init(_ image: Image) {
    samples = image.resizedCovering(Self.side).converted(toChannels: 3).pixels
    var cells = SIMD16<Float>()
    let cell = Self.side / 4
    for (place, sample) in samples.enumerated() {
      let (x, y) = (place / 3 % Self.side, place / 3 / Self.side)
      cells[y / cell * 4 + x / cell] += Float(sample)
    }
    self.cells = cells / Float(samples.count / 16)
    let count = Double(samples.count)
    let mean = samples.reduce(0) { $0 + Double($1) } / count
    let squares = samples.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    (self.mean, contrast) = (mean, (squares / count).squareRoot())
  }

  /// The root mean square of the differences up to which two images are nearly the same, of 255: twice that of a JPEG of
  /// high quality, and half of that of a clock's face from the next hour's.
  private static let difference = 6.0
  /// The same as a part of the contrast, so that two clear skies are two.
  private static let partOfContrast = 0.12
  /// The most that any sample may differ by: a face that smiles differs from one that does not by 50 in a few places.
  private static let most: Int32 = 32

  /// The most that another image's samples may differ by on the whole.
  private var tolerance: Double { min(Self.difference, Self.partOfContrast * contrast) }

  private func isNear(_ other: Thumbnail) -> Bool {
    let limit = tolerance * tolerance * Double(samples.count)
    var (sum, greatest): (Int32, Int32) = (0, 0)
    let row = Self.side * 3
    return samples.withUnsafeBufferPointer { a in
      other.samples.withUnsafeBufferPointer { b in
        for start in stride(from: 0, to: a.count, by: row) {
          for index in start..<start + row {
            let difference = Int32(a[index]) - Int32(b[index])
            sum += difference * difference
            greatest = max(greatest, abs(difference))
          }
          if Double(sum) > limit || greatest > Self.most { return false }
        }
        return true
      }
    }
  }

  /// For each of several images the first of those before it that is nearly the same.
  ///
  /// Means differ no more than what they are means of (the inequality of Cauchy and Schwarz). So only images of nearly
  /// the same mean are compared, first by the means of their cells, which tell nearly all of them apart.
  static func originals(of thumbnails: [Thumbnail]) -> [Int?] {
    let order = thumbnails.indices.sorted { thumbnails[$0].mean < thumbnails[$1].mean }
    let means = order.map { thumbnails[$0].mean }
    let cells = order.map { thumbnails[$0].cells }
    return concurrentMap(thumbnails.count) { index in
      let image = thumbnails[index]
      let (own, tolerance) = (image.cells, image.tolerance)
      // Sixteen squares, and a rounding error.
      let limit = Float(16 * tolerance * tolerance) + 0.01
      var place = means.firstIndexOnward { $0 >= image.mean - tolerance }
      var original: Int?
      while place < order.count, means[place] <= image.mean + tolerance {
        let distance = own - cells[place]
        if (distance * distance).sum() <= limit {
          let other = order[place]
          if other < original ?? index, image.isNear(thumbnails[other]) { original = other }
        }
        place += 1
      }
      return original
    }
  }
}

extension Array {
  /// The first index from which on `belongs` is true, if it is false before it and true after it.
  fileprivate func firstIndexOnward(where belongs: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension ImageDataset {
  /// How many images are the same as one before them, and how many of the others are nearly so.
  package var duplicates: (same: Int, near: Int) {
    let images = (0..<count).compactMap { try? image($0) }
    var seen: Set<[UInt8]> = []
    let different = images.filter { seen.insert($0.pixels).inserted }
    let originals = Thumbnail.originals(of: different.map { Thumbnail($0) })
    return (images.count - different.count, originals.count { $0 != nil })
  }
}
