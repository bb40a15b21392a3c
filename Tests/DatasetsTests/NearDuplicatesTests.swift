import Images
import TestSupport
import Testing

@testable import Datasets

@Suite struct NearDuplicatesTests {
  private func square(_ side: Int, channels: Int, _ sample: (_ x: Int, _ y: Int, _ c: Int) -> Int)
    -> Image
  {
    let pixels = (0..<side * side * channels).map { place in
      UInt8(sample(place / channels % side, place / channels / side, place % channels))
    }
    return Image(width: side, height: side, channels: channels, pixels: pixels)
  }

  /// A disk on a slope of colors.
  private func picture(_ side: Int, at center: Double) -> Image {
    square(side, channels: 3) { x, y, c in
      let u = Double(x) / Double(side) - center
      let v = Double(y) / Double(side) - 0.5
      return u * u + v * v < 0.06 ? [220, 40, 90][c] : 60 + x * 100 / side + 20 * c
    }
  }

  private func deviation(_ numbers: [Double], from center: Double) -> Double {
    let squares = numbers.map { ($0 - center) * ($0 - center) }
    return (squares.reduce(0, +) / Double(numbers.count)).squareRoot()
  }

  @Test func imagesThatWereSavedAgainOrScaledAreFound() throws {
    let folder = TemporaryFolder()
    let original = picture(96, at: 0.4)
    try folder.write(original, to: "a.png")
    try folder.write(original.resized(width: 48, height: 48), to: "half.png")
    for quality in [40, 90] {
      try original.write(to: folder("jpeg\(quality).jpg"), quality: quality)
    }
    try folder.write(original, to: "same.png")
    // Other pictures: a spot more, the disk somewhere else, and skies without much to be told apart by.
    var spotted = original
    for y in 70..<80 {
      for x in 70..<80 { spotted.pixels[(y * 96 + x) * 3] = 0 }
    }
    try folder.write(spotted, to: "spotted.png")
    try folder.write(picture(96, at: 0.5), to: "b.png")
    for (name, level) in [("sky1.png", 200), ("sky2.png", 204)] {
      let sky = square(64, channels: 3) { x, y, _ in level + (level == 200 ? x : y) / 8 }
      try folder.write(sky, to: name)
    }
    let check = try DatasetCheck(folder.path)
    #expect(check.duplicates.map(\.image) == ["same.png"])
    #expect(check.nearDuplicates.map(\.image) == ["half.png", "jpeg40.jpg", "jpeg90.jpg"])
    #expect(check.nearDuplicates.allSatisfy { $0.original == "a.png" })
    #expect(check.description.contains("near duplicates: 3\n  half.png is nearly a.png"))
  }

  /// The images that are compared at all are chosen by their means: no pair is missed by it.
  @Test func everyPairIsFound() {
    var generator = SplitMix(seed: 7)
    let images = (0..<120).map { index in
      // Every third one is an earlier one, brighter or darker by up to seven.
      let (kind, shift) = (
        index % 3 == 2 ? index / 6 : index, Int.random(in: -7...7, using: &generator)
      )
      return square(16, channels: 1) { x, y, _ in
        60 + (kind * 37 + x * (kind % 7) + y * (kind % 5)) % 120 + shift
      }
    }
    let found = Thumbnail.originals(of: images.map { Thumbnail($0) })
    let samples = images.map { $0.pixels.map(Double.init) }
    for (index, own) in samples.enumerated() {
      let tolerance = min(6, 0.12 * deviation(own, from: own.reduce(0, +) / 256))
      let expected = (0..<index).first { other in
        let differences = zip(own, samples[other]).map { $0 - $1 }
        return deviation(differences, from: 0) <= tolerance
          && differences.allSatisfy { abs($0) <= 32 }
      }
      #expect(found[index] == expected, "\(index)")
    }
    #expect(found.contains { $0 != nil } && found.contains { $0 == nil })
  }
}
