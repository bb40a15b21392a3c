import Foundation
import Testing

@testable import Images

@Suite struct ResizingTests {
  @Test(arguments: [1, 3, 4])
  func aConstantStaysConstant(channels: Int) {
    let image = Image(width: 13, height: 7, channels: channels, value: 201)
    for (width, height) in [(1, 1), (5, 20), (40, 3), (13, 8)] {
      let resized = image.resized(width: width, height: height)
      #expect(resized == Image(width: width, height: height, channels: channels, value: 201))
    }
  }

  @Test func theSameSizeIsTheSameImage() {
    let image = gradient(width: 9, height: 5, channels: 4)
    #expect(image.resized(width: 9, height: 5) == image)
    // A pass that changes nothing changes nothing either.
    let filter = ResamplingWeights(from: 9, to: 9)
    for index in 0..<9 {
      for (position, weight) in zip(
        filter.starts[index]..., filter.weights[filter.offsets[index]..<filter.offsets[index + 1]])
      {
        #expect(weight == (position == index ? 1 : 0))
      }
    }
  }

  /// The definition: the mean of all pixels, weighted by the stretched kernel, in Double.
  private func reference(_ samples: [Double], to count: Int) -> [Double] {
    let scale = Double(samples.count) / Double(count)
    let stretch = max(scale, 1)
    return (0..<count).map { index in
      let weights = samples.indices.map { stored in
        let x = abs(Double(stored) + 0.5 - (Double(index) + 0.5) * scale) / stretch
        if x < 1 { return 1.5 * x * x * x - 2.5 * x * x + 1 }
        return x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0
      }
      return zip(weights, samples).map(*).reduce(0, +) / weights.reduce(0, +)
    }
  }

  @Test(arguments: [(10, 4), (10, 3), (7, 1), (3, 11), (1, 4), (8, 7)])
  func againstTheDefinition(stored: Int, count: Int) {
    let samples = (0..<stored).map { UInt8($0 * 97 % 251) }
    let expected = reference(samples.map { Double($0) }, to: count)
      .map { min(max($0, 0), 255) }
    let row = Image(width: stored, height: 1, channels: 1, pixels: samples)
    let column = Image(width: 1, height: stored, channels: 1, pixels: samples)
    for resized in [row.resized(width: count, height: 1), column.resized(width: 1, height: count)] {
      for (sample, exact) in zip(resized.pixels, expected) {
        #expect(abs(Double(sample) - exact) <= 0.501)
      }
    }
  }

  @Test func againstPillow() {
    // Pillow's resize with BICUBIC; between its passes it rounds to 8 bits, ours does not.
    let image = Image(
      width: 10, height: 8, channels: 1, pixels: (0..<80).map { UInt8($0 * 37 % 251) })
    let smaller = Image(
      width: 4, height: 3, channels: 1,
      pixels: [105, 123, 130, 114, 122, 118, 130, 122, 143, 141, 115, 106])
    #expect(distance(image.resized(width: 4, height: 3), smaller) <= 1)
    let mixed: [UInt8] = [
      40, 161, 69, 108, 122, 110, 165, 95, 150, 102, 151, 134, 125, 116, 133, 148, 80, 133, 87, 134,
      120, 112, 143, 117, 155, 133, 116, 152, 128, 106, 144, 123, 104, 137, 121, 104,
    ]
    let resized = image.resized(width: 3, height: 12)
    #expect(distance(resized, Image(width: 3, height: 12, channels: 1, pixels: mixed)) <= 1)
  }

  @Test func colorsAreWeightedByTheirAlpha() {
    let row = Image(width: 9, height: 1, channels: 4) { x, _, c in UInt8((x * 4 + c) * 29 & 255) }
    let samples = (0..<4).map { c in (0..<9).map { Double(row.pixels[$0 * 4 + c]) } }
    let alphas = reference(samples[3], to: 4)
    let resized = row.resized(width: 4, height: 1)
    for c in 0..<3 {
      let colors = reference(zip(samples[c], samples[3]).map(*), to: 4)
      for x in 0..<4 {
        #expect(abs(Double(resized.pixels[x * 4 + c]) - colors[x] / alphas[x]) <= 0.501)
        #expect(abs(Double(resized.pixels[x * 4 + 3]) - alphas[x]) <= 0.501)
      }
    }
  }

  @Test func aFineSineDoesNotAlias() {
    // 100 periods in 256 pixels; 32 pixels can show 16. Every eighth pixel taken as it is would be a
    // sine of full height.
    let samples = (0..<256).map { 127.5 + 127 * sin(2 * .pi * 100 * (Double($0) + 0.5) / 256) }
    let image = Image(
      width: 256, height: 1, channels: 1, pixels: samples.map { UInt8($0.rounded()) })
    let resized = image.resized(width: 32, height: 1)
    #expect(resized.pixels[2..<30].allSatisfy { abs(Int($0) - 128) <= 3 })
    // Two periods stay what they are.
    func slow(_ count: Int) -> [Double] {
      (0..<count).map { 127.5 + 100 * sin(4 * .pi * (Double($0) + 0.5) / Double(count)) }
    }
    let kept = Image(width: 256, height: 1, channels: 1, pixels: slow(256).map { UInt8($0) })
      .resized(width: 32, height: 1)
    for (sample, exact) in zip(kept.pixels, slow(32)).dropFirst(2).dropLast(2) {
      #expect(abs(Double(sample) - exact) <= 3)
    }
  }

  @Test func whatIsTransparentDoesNotBleed() {
    // Green that nobody sees beside red.
    let image = Image(
      width: 8, height: 2, channels: 4,
      pixels: (0..<16).flatMap { ($0 % 8 < 4 ? [255, 0, 0, 255] : [0, 255, 0, 0]) as [UInt8] })
    for (width, height) in [(3, 1), (16, 4)] {
      let resized = image.resized(width: width, height: height)
      for pixel in stride(from: 0, to: resized.pixels.count, by: 4) {
        #expect(resized.pixels[pixel + 1] == 0)
        #expect(resized.pixels[pixel] == (resized.pixels[pixel + 3] == 0 ? 0 : 255))
      }
    }
  }

  @Test func covering() {
    let wide = gradient(width: 60, height: 20, channels: 3)
    let covered = wide.resizedCovering(10)
    #expect(covered.width == 10 && covered.height == 10)
    #expect(covered == wide.resized(width: 30, height: 10).centerCroppedToSquare())
    let tall = gradient(width: 3, height: 1000, channels: 1).resizedCovering(7)
    #expect(tall.width == 7 && tall.height == 7)
    // The whole strip at this height would be two million pixels wide.
    let strip = Image(width: 32768, height: 1, channels: 1, value: 9).resizedCovering(64)
    #expect(strip == Image(width: 64, height: 64, channels: 1, value: 9))
  }

  @Test func eachPixelBecomesASquare() {
    let image = Image(width: 2, height: 1, channels: 3, pixels: [1, 2, 3, 4, 5, 6])
    let row: [UInt8] = [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]
    #expect(
      image.enlarged(by: 2) == Image(width: 4, height: 2, channels: 3, pixels: row + row))
    #expect(image.enlarged(by: 1) == image)
  }
}
