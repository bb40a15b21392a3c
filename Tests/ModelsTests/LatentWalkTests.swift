import Testing

@testable import Models

@Suite struct LatentWalkTests {
  /// The stops of a walk are ends of its arcs, each image keeps to its own, and the last frame is one
  /// step from the first.
  @Test func aWalkIsClosed() {
    let walk = LatentWalk(frames: 64)
    #expect(walk.stops == 4)
    func latent(_ image: Int, _ stop: Int) -> [Float] {
      [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, -1, 0]][(stop + image) % 4]
    }
    let vectors = walk.vectors(0..<128, of: 2, latent: latent)
    func vector(_ frame: Int, _ image: Int) -> [Float] {
      let start = 3 * (2 * frame + image)
      return Array(vectors[start..<start + 3])
    }
    for image in 0..<2 {
      for stop in 0..<4 { #expect(vector(16 * stop, image) == latent(image, stop)) }
      for frame in 0..<64 {
        let (here, next) = (vector(frame, image), vector((frame + 1) % 64, image))
        let cosine = zip(here, next).reduce(0) { $0 + $1.0 * $1.1 }
        // Sixteenths of arcs of 90 degrees, on the sphere.
        #expect(abs(zip(here, here).reduce(0) { $0 + $1.0 * $1.1 } - 1) < 1e-5 && cosine > 0.995)
      }
    }
    // Whatever part is asked for, the same vectors.
    #expect(walk.vectors(37..<41, of: 2, latent: latent) == Array(vectors[111..<123]))
    #expect(LatentWalk(frames: 2).stops == 2 && LatentWalk(frames: 17).stops == 2)
  }
}
