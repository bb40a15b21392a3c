import Compute
import Datasets
import Foundation
import Images
import Testing

@testable import Evaluation
@testable import Models

/// The nearest training images, and whether copying is told from what is not.
@Suite struct NearestTests {
  private func features(_ rows: [[Float]]) -> Features {
    Features(Values([rows.count, rows[0].count], rows.flatMap { $0 }))
  }

  private func normals(_ count: Int, _ size: Int, step: Int) -> Features {
    Features(RandomStream(seed: 5, purpose: .evaluation).normals([count, size], step: step))
  }

  /// All distances in double precision, sorted.
  private func naive(
    _ queries: Features, _ all: Features, most: Int
  ) -> [[(index: Int, distance: Double)]] {
    (0..<queries.count).map { row in
      let distances = (0..<all.count).map { column -> (index: Int, distance: Double) in
        let squared = (0..<all.size).reduce(0.0) { sum, place in
          let difference = Double(queries[row][place]) - Double(all[column][place])
          return sum + difference * difference
        }
        return (column, squared)
      }
      return Array(
        distances.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(most))
    }
  }

  private func part(_ all: Features, _ range: Range<Int>) -> Features {
    features(range.map { row in (0..<all.size).map { all[row][$0] } })
  }

  @Test(arguments: [1, 7, 64, 500]) func neighborsAreThoseOfAllPairs(block: Int) {
    // Far from zero, where distances are small differences of large products.
    let (queries, all) = (normals(410, 9, step: 0), normals(300, 9, step: 1))
    for place in 0..<queries.values.count { queries.values.storage.base[place] += 30 }
    for place in 0..<all.values.count { all.values.storage.base[place] += 30 }
    var search = NearestNeighbors(of: queries, most: 4)
    for start in stride(from: 0, to: all.count, by: block) {
      search.add(part(all, start..<min(start + block, all.count)), firstIndex: start)
    }
    for (found, exact) in zip(search.neighbors, naive(queries, all, most: 4)) {
      #expect(found.map(\.index) == exact.map(\.index))
      for (a, b) in zip(found, exact) {
        #expect(abs(a.squaredDistance - b.distance) < 1e-5 * (1 + b.distance))
      }
    }
  }

  @Test func equalVectorsHaveNoDistanceAndMirroredOnesCountOnce() {
    let all = features([[1, 2], [300.3, -7.1], [300.3, -7.1], [5, 5]])
    var search = NearestNeighbors(of: features([[300.3, -7.1], [2, 1]]), most: 3)
    search.add(all, firstIndex: 0)
    search.add(
      features([[2, 1], [-7.1, 300.3], [-7.1, 300.3], [5, 5]]), firstIndex: 0, isMirrored: true)
    #expect(search.neighbors[0].map(\.index) == [1, 2, 3])
    #expect(search.neighbors[0].prefix(2).allSatisfy { $0.squaredDistance == 0 && !$0.isMirrored })
    #expect(search.neighbors[1].map(\.index) == [0, 3, 1])
    #expect(search.neighbors[1].map(\.isMirrored) == [true, false, false])
  }

  /// By SciPy's binom.sf(k - 1, n, p).
  @Test func chancesOfAccidents() {
    for (least, count, p, exact) in [
      (0, 10, 0.5, 1.0), (1, 10, 0.5, 0.9990234375), (10, 10, 0.5, 0.0009765625),
      (5, 200, 0.01, 0.05174626363), (9, 200, 0.01, 0.00021253677), (3, 3, 1.0, 1.0),
    ] {
      #expect(abs(CopyingTest.binomialTail(least, of: count, p) - exact) < 1e-9)
    }
    let heldOut = (1...1000).map(Double.init)
    let test = CopyingTest(drawn: [0, 10, 10.5, 11, 500], heldOut: heldOut)
    // Ten of the thousand are below 11.
    #expect(test.threshold == 11 && test.near == 3 && test.equal == 1 && test.level == 0.99)
    #expect(abs(test.expected - 11.0 / 1001) < 1e-12)
    #expect(CopyingTest(drawn: [1], heldOut: Array(heldOut.prefix(50))).level == 0.95)
    // Where a part of the held-out images is in the training set, being so is no sign of copying.
    let doubled = Array(repeating: 0.0, count: 300) + heldOut
    let usual = CopyingTest(
      drawn: Array(repeating: 0, count: 25) + heldOut.suffix(75), heldOut: doubled)
    #expect(!usual.findsCopying && usual.near == 25)
    #expect(CopyingTest(drawn: Array(repeating: 0, count: 100), heldOut: doubled).findsCopying)
  }

  @Test func tooFewImagesTellNothing() {
    // Two of eleven would be near by accident: four together with 0.0011, five with 0.0002.
    let heldOut = (1...10).map(Double.init)
    let four = CopyingTest(drawn: [0, 0, 0, 0], heldOut: heldOut)
    #expect(four.near == 4 && four.isTooFew && !four.findsCopying && four.fewestSamples == 5)
    let five = CopyingTest(drawn: [0, 0, 0, 0, 0], heldOut: heldOut)
    #expect(!five.isTooFew && five.findsCopying && five.fewestNear == 5)
    #expect(!CopyingTest(drawn: [9, 9, 9, 9, 9], heldOut: heldOut).findsCopying)
    // What is farther than nearly all held-out images is nothing like the data.
    let many = (1...40).map(Double.init)
    #expect(CopyingTest(drawn: [39, 40, 41, 1, 50], heldOut: many).far == 4)
    #expect(CopyingTest(drawn: [39, 40, 41, 1, 50], heldOut: many).isFar)
    #expect(!CopyingTest(drawn: [38, 38, 41, 1, 50], heldOut: many).isFar)
    // Where all held-out images are in the training set, no number is enough.
    let none = CopyingTest(
      drawn: Array(repeating: 0, count: 500), heldOut: Array(repeating: 0, count: 50))
    #expect(none.isTooFew && none.fewestSamples == nil)
    // The number is the least one at which all near ones are found.
    for count in [5, 9, 10, 11, 19, 20, 50, 99, 100, 1000] {
      let heldOut = (1...count).map(Double.init)
      let fewest = CopyingTest(drawn: [0], heldOut: heldOut).fewestSamples ?? 0
      for (number, isTooFew) in [(fewest, false), (fewest - 1, true)] where number > 0 {
        let test = CopyingTest(drawn: Array(repeating: 0, count: number), heldOut: heldOut)
        #expect(test.isTooFew == isTooFew && test.findsCopying != isTooFew, "\(count) \(number)")
      }
    }
  }

  fileprivate func shapes(_ split: ImageDataset.Split, seed: UInt64 = 0) throws -> ImageDataset {
    var options = ImageDataset.Options()
    (options.split, options.seed, options.size, options.channels) = (split, seed, 16, 3)
    return try ImageDataset("shapes", options)
  }

  /// A model that returns what it has learned from is found out, also where it does so seldom, or changes
  /// it a little; one that draws new images of the same kind is not.
  @Test func copyingIsFoundAndNewImagesAreNotTakenForIt() throws {
    let (training, new) = (try shapes(.train), try shapes(.heldOut, seed: 1))
    let search = NearestSearch(
      in: DataReference("shapes"), by: .pixels, isMirrored: true, neighbors: 3)

    let honest = try search((0..<150).map(new.image))
    #expect(!honest.test.findsCopying && honest.test.equal == 0, "\(honest.finding)")
    #expect(honest.finding.hasPrefix("No sign of copying"))

    let copies = try (0..<40).map { try training.image(17 * $0) }
    let copied = try search(copies)
    #expect(copied.test.findsCopying && copied.test.equal == 40 && copied.test.near == 40)
    #expect(copied.drawn.map { $0.neighbors[0].index } == (0..<40).map { 17 * $0 })
    #expect(copied.finding.hasPrefix("It looks like copying"))

    let mirrored = try search(copies.map { $0.flippedHorizontally() })
    #expect(mirrored.test.equal == 40 && mirrored.drawn.allSatisfy { $0.neighbors[0].mirrored })

    let altered = copies.prefix(15).map { image in
      var image = image
      for place in image.pixels.indices {
        image.pixels[place] = UInt8(min(255, Int(image.pixels[place]) + place * 7919 % 5))
      }
      return image
    }
    let seldom = try search(altered + (0..<135).map(new.image))
    #expect(seldom.test.findsCopying && seldom.test.equal == 0, "\(seldom.finding)")
    // The nearest is among them, and the unit is a level of 256.
    #expect(seldom.drawn[0].neighbors[0].index == 0 && seldom.drawn[0].distance < 5)
  }

  @Test func theSameBitsAtAnyThreadCount() async {
    await #expect(processExitsWith: .success) {
      let new = try NearestTests().shapes(.heldOut, seed: 1)
      let found = try [1, 3].map { threads in
        ThreadPool.shared.count = threads
        return try NearestSearch(in: DataReference("shapes"), by: .pixels)((0..<20).map(new.image))
          .drawn.map { $0.neighbors.map(\.distance) }
      }
      #expect(found[0] == found[1])
    }
  }
}
