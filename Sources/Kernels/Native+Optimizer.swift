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
      let old = load(parameters + i, left: rest)
      let g = fma(old, c.gradientDecay, load(gradients + i, left: rest) * c.gradientScale)
      var m = load(first + i, left: rest)
      m = fma(g - m, c.firstRate, m)
      let v = fma(g * c.secondRate, g, load(second + i, left: rest) * c.secondDecay)
      let root = fma(squareRoot(v), c.rootScale, c.epsilon)
      let p = fma(m / root, -c.stepSize, old * c.shrinkage)
      store(m, first + i, left: rest)
      store(v, second + i, left: rest)
      store(p, parameters + i, left: rest)
      if let average {
        let mean = load(average + i, left: rest)
        store(fma(p - mean, c.averageRate, mean), average + i, left: rest)
      }
      i = i &+ 16
    }
  }
}
