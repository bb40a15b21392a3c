import Foundation

@testable import Compute

/// Attention and its gradients in double precision, one query at a time; rows lie side by side.
struct NaiveAttention {
  private(set) var y: [Double]
  private(set) var dq: [Double]
  private(set) var dk: [Double]
  private(set) var dv: [Double]

  init(_ attention: Attention, _ q: [Float], _ k: [Float], _ v: [Float], dy: [Float]) {
    (y, dq) = (q.map { _ in 0 }, q.map { _ in 0 })
    (dk, dv) = (k.map { _ in 0 }, v.map { _ in 0 })
    let size = attention.headSize
    let channels = attention.heads * size
    let scale = 1 / Double(size).squareRoot()
    func dot(_ a: [Float], _ i: Int, _ b: [Float], _ j: Int) -> Double {
      var total = 0.0
      for c in 0..<size { total += Double(a[i + c]) * Double(b[j + c]) }
      return total
    }
    for sequence in 0..<attention.batch {
      for head in 0..<attention.heads {
        for query in 0..<attention.queries {
          let at = (sequence * attention.queries + query) * channels + head * size
          let places = (0..<attention.keysSeen(by: query)).map {
            (sequence * attention.keys + $0) * channels + head * size
          }
          let exponentials = places.map { exp(scale * dot(q, at, k, $0)) }
          let total = exponentials.reduce(0, +)
          let weights = exponentials.map { $0 / total }
          let changes = places.map { dot(dy, at, v, $0) }
          let mean = zip(weights, changes).reduce(0) { $0 + $1.0 * $1.1 }
          for (place, (weight, change)) in zip(places, zip(weights, changes)) {
            let score = scale * weight * (change - mean)
            for c in 0..<size {
              y[at + c] += weight * Double(v[place + c])
              dq[at + c] += score * Double(k[place + c])
              dk[place + c] += score * Double(q[at + c])
              dv[place + c] += weight * Double(dy[at + c])
            }
          }
        }
      }
    }
  }
}
