import Images

/// What can be said of images and texts without a classifier, in a moment.
enum SampleStatistics {
  /// Of images of one size: how bright they are, how much each varies within itself, and how much
  /// they differ from each other, all between 0 and 1. A generator that has collapsed makes one image,
  /// and then the last is nearly 0.
  static func figures(of images: [Image]) -> [GalleryNight.Figure] {
    guard let size = images.first?.pixels.count, size > 0 else { return [] }
    var sums = [Double](repeating: 0, count: size)
    var squares = sums
    var contrast = 0.0
    for image in images {
      var (sum, square) = (0.0, 0.0)
      for (place, pixel) in image.pixels.enumerated() {
        let value = Double(pixel) / 255
        sums[place] += value
        squares[place] += value * value
        sum += value
        square += value * value
      }
      contrast += deviation(sum, square, size)
    }
    let count = images.count
    let brightness = sums.reduce(0, +) / Double(size * count)
    // The mean variance of a pixel over all images, whose root is a deviation again.
    let variance = zip(sums, squares).reduce(0) { total, pixel in
      let spread = deviation(pixel.0, pixel.1, count)
      return total + spread * spread
    }
    return [
      GalleryNight.Figure(name: "brightness", value: rounded(brightness)),
      GalleryNight.Figure(name: "contrast", value: rounded(contrast / Double(count))),
      GalleryNight.Figure(
        name: "variety", value: rounded((variance / Double(size)).squareRoot()),
        note: "how the images differ"),
    ]
  }

  /// Of texts: the part of their words that are different ones, and the mean length of a word in
  /// characters. A model that is caught in a loop says few different words.
  static func figures(of texts: [String]) -> [GalleryNight.Figure] {
    let words = texts.flatMap { $0.lowercased().split { !$0.isLetter } }
    guard !words.isEmpty else { return [] }
    let characters = words.reduce(0) { $0 + $1.count }
    return [
      GalleryNight.Figure(
        name: "different_words", value: rounded(Double(Set(words).count) / Double(words.count)),
        note: "of all words"),
      GalleryNight.Figure(
        name: "word_length", value: rounded(Double(characters) / Double(words.count)),
        note: "characters"),
    ]
  }

  private static func deviation(_ sum: Double, _ squares: Double, _ count: Int) -> Double {
    let mean = sum / Double(count)
    return max(0, squares / Double(count) - mean * mean).squareRoot()
  }

  /// To six decimals, which is more than anyone reads.
  private static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
}
