import Files
import Images

/// What can be said of images and texts without a classifier, in a moment.
enum SampleStatistics {
  /// Of images of one size: how bright they are, how much each varies within itself, and how much
  /// they differ from each other, all between 0 and 1. A generator that has collapsed makes one image,
  /// and then the last is nearly 0. Beside each stands the same of training images, where there are such.
  static func figures(of images: [Image], beside real: [Image] = []) -> [GalleryNight.Figure] {
    compared(figures(of: images), with: figures(of: real), "training images")
  }

  private static func figures(of images: [Image]) -> [GalleryNight.Figure] {
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
        name: "variety", value: rounded((variance / Double(size)).squareRoot())),
    ]
  }

  /// Of texts: the part of their words that are different ones, and the mean length of a word in
  /// characters. A model that is caught in a loop says few different words. Beside each stands the same of
  /// as much of the training text, where some is there.
  static func figures(of texts: [String], beside real: String? = nil) -> [GalleryNight.Figure] {
    // Of a longer text fewer words are different ones.
    let length = min(real?.count ?? 0, texts.reduce(0) { $0 + $1.count })
    let same = length == 0 ? texts : [String(texts.joined(separator: "\n").prefix(length))]
    let beside = real.map { figures(of: [String($0.prefix(length))]) } ?? []
    return compared(figures(of: same), with: beside, "training text")
  }

  /// Figures with the same of what was learned from beside them.
  private static func compared(
    _ figures: [GalleryNight.Figure], with real: [GalleryNight.Figure], _ name: String
  ) -> [GalleryNight.Figure] {
    figures.map { figure in
      var figure = figure
      if let value = real.first(where: { $0.name == figure.name })?.value {
        figure.note = "\(name) \(brief(value, digits: 3))"
      }
      return figure
    }
  }

  private static func figures(of texts: [String]) -> [GalleryNight.Figure] {
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
