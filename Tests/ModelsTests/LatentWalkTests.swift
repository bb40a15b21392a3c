import Testing

@testable import Models

@Suite struct LatentWalkTests {
  /// The stops of a walk are ends of its arcs, each picture keeps to its own, and the last frame is one
  /// step from the first.
  @Test func aWalkIsClosed() {
    let walk = LatentWalk(frames: 64)
    #expect(walk.stops == 4)
    func latent(_ picture: Int, _ stop: Int) -> [Float] {
      [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, -1, 0]][(stop + picture) % 4]
    }
    let vectors = walk.vectors(0..<128, of: 2, latent: latent)
    func vector(_ frame: Int, _ picture: Int) -> [Float] {
      let start = 3 * (2 * frame + picture)
      return Array(vectors[start..<start + 3])
    }
    for picture in 0..<2 {
      for stop in 0..<4 { #expect(vector(16 * stop, picture) == latent(picture, stop)) }
      for frame in 0..<64 {
        let (here, next) = (vector(frame, picture), vector((frame + 1) % 64, picture))
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
