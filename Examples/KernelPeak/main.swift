import Compute

let size = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1024
let random = RandomStream(seed: 1, purpose: .drawing)
let a = random.normals([size, size], step: 0)
let b = random.normals([size, size], step: 1)

/// C = A B as the definition says it.
func definition(_ a: Values, _ b: Values) -> Values {
  Values([size, size]) { c in
    let (a, b) = (a.pointer, b.pointer)
    for i in 0..<size {
      for j in 0..<size {
        var sum: Float = 0
        for k in 0..<size { sum += a[i &* size &+ k] * b[k &* size &+ j] }
        c[i &* size &+ j] = sum
      }
    }
  }
}

/// The same with the two inner loops swapped.
func swapped(_ a: Values, _ b: Values) -> Values {
  let product = Values.zeros([size, size])
  let (a, b, c) = (a.pointer, b.pointer, product.storage.base)
  for i in 0..<size {
    for k in 0..<size {
      let factor = a[i &* size &+ k]
      for j in 0..<size { c[i &* size &+ j] += factor * b[k &* size &+ j] }
    }
  }
  return product
}

/// The library's.
func blocked(_ a: Values, _ b: Values) -> Values {
  Values([size, size]) { MatrixProduct(m: size, n: size, k: size)(a.pointer, b.pointer, into: $0) }
}

ThreadPool.shared.count = 1
let expected = definition(a, b).elements
for (name, product) in [("definition", definition), ("swapped", swapped), ("blocked", blocked)] {
  var seconds = Double.infinity
  for _ in 0..<3 {
    let start = ContinuousClock.now
    let c = product(a, b)
    seconds = min(seconds, (ContinuousClock.now - start) / .seconds(1))
    let error = zip(c.elements, expected).map { abs($0 - $1) }.max() ?? 0
    precondition(error < 1e-5 * Float(size), "\(name) is off by \(error)")
  }
  print("\(name): \(2 * Double(size * size * size) / seconds * 1e-9) GFLOP/s")
}

if let benchmark = KernelBenchmark.all.first(where: { $0.name == "matrix-product" }) {
  let result = benchmark.run()
  print("\(result.shape): \(result.gflops) GFLOP/s of \(result.peakGflops), \(result.fraction)")
}
