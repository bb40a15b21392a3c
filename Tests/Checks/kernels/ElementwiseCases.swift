import KernelInterface

extension Activation {
  /// The next case, so that a new one is not forgotten here.
  private var next: Activation? {
    switch self {
    case .identity: .relu
    case .relu: .reluSquared
    case .reluSquared: .leakyRelu(slope: 0.2)
    case .leakyRelu: .tanh
    case .tanh: .sigmoid
    case .sigmoid: .silu
    case .silu: .gelu
    case .gelu: .geluTanh
    case .geluTanh: nil
    }
  }

  static func each(_ body: (Activation) -> Void) {
    var activation: Activation? = .identity
    while let current = activation {
      body(current)
      activation = current.next
    }
  }
}

extension Transformation {
  /// The next case, so that a new one is not forgotten here.
  private var next: Transformation? {
    switch self {
    case .affine: .square
    case .square: .clamp(low: -0.5, high: 0.25)
    case .clamp: nil
    }
  }

  static func each(_ body: (Transformation) -> Void) {
    var transformation: Transformation? = .affine(scale: 0.7, offset: 0.1)
    while let current = transformation {
      body(current)
      transformation = current.next
    }
  }
}

func elementwiseCases() {
  check("combine") { d in
    for operation in Combination.allCases {
      for n in lengths {
        let (x, y, z) = (numbers(n, 1), numbers(n, 2), numbers(n, 3))
        for accumulate in [false, true] {
          Native.combine(operation, x, y, z, n, accumulate)
          d.add(z, n)
        }
      }
    }
  }
  check("scaledSum") { d in
    for n in lengths {
      let z = numbers(n, 3)
      for accumulate in [false, true] {
        Native.scaledSum(0.3, numbers(n, 1), -1.7, numbers(n, 2), z, n, accumulate)
        d.add(z, n)
      }
    }
  }
  check("transform") { d in
    Transformation.each { operation in
      for n in lengths {
        let z = numbers(n, 3)
        for accumulate in [false, true] {
          Native.transform(operation, numbers(n, 1), z, n, accumulate)
          d.add(z, n)
        }
      }
    }
  }
  check("clampGradient") { d in
    for n in lengths {
      let z = numbers(n, 3)
      for accumulate in [false, true] {
        Native.clampGradient(numbers(n, 1), numbers(n, 2), z, n, -0.5, 0.25, accumulate)
        d.add(z, n)
      }
    }
  }
  check("fill") { d in
    for n in lengths {
      let z = numbers(n, 3)
      Native.fill(z, n, numbers(1, n)[0])
      d.add(z, n)
    }
  }
  check("addRow") { d in
    for columns in widths {
      for rows in [0, 1, 7] {
        let (x, z) = (numbers(rows * columns, 1), numbers(rows * columns, 3))
        Native.addRow(x, numbers(columns, 2), z, rows, columns)
        d.add(z, rows * columns)
      }
    }
  }
  check("map") { d in
    for function in ElementaryFunction.allCases {
      for n in lengths {
        let y = numbers(n, 2)
        Native.map(function, numbers(n, 1, scale: 6), y, n)
        d.add(y, n)
      }
      // All exponents, both signs.
      let (x, y) = (numbers(1 << 18, 1), numbers(1 << 18, 2))
      for i in 0..<1 << 18 { x[i] = Float(bitPattern: UInt32(truncatingIfNeeded: i &* 16_381)) }
      Native.map(function, x, y, 1 << 18)
      d.add(y, 1 << 18)
      Arena.clear()
    }
  }
}

func activationCases() {
  check("activate") { d in
    Activation.each { activation in
      for n in lengths {
        let y = numbers(n, 2)
        Native.activate(activation, numbers(n, 1, scale: 9), into: y, count: n)
        d.add(y, n)
      }
    }
  }
  check("activationGradient") { d in
    Activation.each { activation in
      for n in lengths {
        let dx = numbers(n, 3)
        for accumulate in [false, true] {
          Native.activationGradient(
            activation, saved: numbers(n, 1, scale: 9), numbers(n, 2), into: dx, count: n,
            accumulate: accumulate)
          d.add(dx, n)
        }
      }
    }
  }
  check("gatedSilu") { d in
    for columns in widths {
      let (x, y) = (numbers(10 * columns, 1, scale: 6), numbers(5 * columns, 2))
      Native.gatedSilu(x, rows: 5, columns: columns, into: y)
      d.add(y, 5 * columns)
    }
  }
  check("gatedSiluGradient") { d in
    for columns in widths {
      let (x, dx) = (numbers(10 * columns, 1, scale: 6), numbers(10 * columns, 3))
      for accumulate in [false, true] {
        Native.gatedSiluGradient(
          x, numbers(5 * columns, 2), rows: 5, columns: columns, into: dx, accumulate: accumulate)
        d.add(dx, 10 * columns)
      }
    }
  }
}

func lossCases() {
  check("binaryCrossEntropy") { d in
    for n in lengths {
      for targets in [nil, numbers(n, 2)] {
        let x = numbers(n, 1, scale: 20)
        d.add(Native.binaryCrossEntropy(x, count: n, targets: targets, target: 0.9))
      }
    }
  }
  check("binaryCrossEntropyGradient") { d in
    for n in lengths {
      let dx = numbers(n, 3)
      for targets in [nil, numbers(n, 2)] {
        Native.binaryCrossEntropyGradient(
          numbers(n, 1, scale: 20), count: n, targets: targets, target: 0.9, scale: 0.1, into: dx,
          accumulate: targets != nil)
        d.add(dx, n)
      }
    }
  }
}
