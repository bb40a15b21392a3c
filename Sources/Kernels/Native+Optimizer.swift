import KernelInterface

extension Native: OptimizerKernels {
  static func adam(
    _ parameters: UnsafeMutablePointer<Float>, _ gradients: UnsafePointer<Float>,
    _ first: UnsafeMutablePointer<Float>, _ second: UnsafeMutablePointer<Float>,
    _ average: UnsafeMutablePointer<Float>?, _ count: Int, _ coefficients: AdamCoefficients
  ) {
    let c = coefficients
    var i = 0
    while i < count {
      let rest = count &- i
      let old = load(parameters + i, atMost: rest)
      let g = fma(old, c.gradientDecay, load(gradients + i, atMost: rest) * c.gradientScale)
      var m = load(first + i, atMost: rest)
      m = fma(g - m, c.firstRate, m)
      let v = fma(g * c.secondRate, g, load(second + i, atMost: rest) * c.secondDecay)
      let root = fma(squareRoot(v), c.rootScale, c.epsilon)
      let p = fma(m / root, -c.stepSize, old * c.shrinkage)
      store(m, first + i, atMost: rest)
      store(v, second + i, atMost: rest)
      store(p, parameters + i, atMost: rest)
      if let average {
        let mean = load(average + i, atMost: rest)
        store(fma(p - mean, c.averageRate, mean), average + i, atMost: rest)
      }
      i = i &+ 16
    }
  }
}
