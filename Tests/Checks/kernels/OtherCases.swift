import KernelInterface

private let sizes = [1, 15, 16, 17, 40, 384]

private func sums(_ size: Int) -> GateSums {
  GateSums(
    input: numbers(4 * size, 1, scale: 3), recurrent: numbers(4 * size, 2, scale: 3),
    bias: numbers(4 * size, 3))
}

func recurrentCases() {
  check("lstmCell") { d in
    for size in sizes {
      let (gates, next, hidden) = (numbers(4 * size, 5), numbers(size, 6), numbers(size, 7))
      Native.lstmCell(
        sums(size), cell: numbers(size, 4), size: size, into: gates, nextCell: next, hidden: hidden)
      d.add(gates, 4 * size)
      d.add(next, size)
      d.add(hidden, size)
    }
  }
  check("lstmCellGradient") { d in
    for size in sizes {
      let (dh, dc, ds) = (numbers(size, 5), numbers(size, 6), numbers(4 * size, 7))
      Native.lstmCellGradient(
        gates: numbers(4 * size, 1), cell: numbers(size, 2), nextCell: numbers(size, 3),
        numbers(size, 4), size: size, dh, dc, into: ds)
      d.add(dh, size)
      d.add(dc, size)
      d.add(ds, 4 * size)
    }
  }
  check("gruCell") { d in
    for size in sizes {
      let (gates, hidden) = (numbers(4 * size, 6), numbers(size, 7))
      Native.gruCell(
        sums(size), recurrentBias: numbers(3 * size, 4), previous: numbers(size, 5), size: size,
        into: gates, hidden: hidden)
      d.add(gates, 4 * size)
      d.add(hidden, size)
    }
  }
  check("gruCellGradient") { d in
    for size in sizes {
      let (dh, di, dr) = (numbers(size, 4), numbers(3 * size, 5), numbers(3 * size, 6))
      Native.gruCellGradient(
        gates: numbers(4 * size, 1), previous: numbers(size, 2), numbers(size, 3), size: size, dh,
        into: di, recurrent: dr)
      d.add(dh, size)
      d.add(di, 3 * size)
      d.add(dr, 3 * size)
    }
  }
}

func randomCases() {
  let place = RandomPlace(seed: 0x0123_4567_89ab_cdef, sample: 3, step: 77, stream: 0x0502)
  check("fillUniforms") { d in
    for n in lengths {
      let y = numbers(n, 1)
      Native.fillUniforms(y, n, place, 128, -1, 2)
      d.add(y, n)
    }
  }
  check("fillNormals") { d in
    for n in lengths + [400_000] {
      let y = numbers(n, 1)
      Native.fillNormals(y, n, place, 192, 0.5, 2)
      d.add(y, n)
    }
  }
  check("dropout") { d in
    for n in lengths {
      let y = numbers(n, 1)
      for accumulate in [false, true] {
        Native.dropout(numbers(n, 2), y, n, place, 64, 1_000_000_000, 1.3, accumulate)
        d.add(y, n)
      }
    }
  }
}

func optimizerCases() {
  check("adam") { d in
    let coefficients = AdamCoefficients(
      gradientScale: 0.7, gradientDecay: 0.01, shrinkage: 0.999, firstRate: 0.1,
      secondDecay: 0.999, secondRate: 0.001, stepSize: 0.002, rootScale: 1.2, epsilon: 1e-8,
      averageRate: 0.01)
    for n in lengths {
      let (parameters, first) = (numbers(n, 1), numbers(n, 3))
      let (second, average) = (numbers(n, 4), numbers(n, 5))
      for i in 0..<n { second[i] *= second[i] }
      for target in [nil, average] {
        Native.adam(parameters, numbers(n, 2), first, second, target, n, coefficients)
        d.add(parameters, n)
        d.add(first, n)
        d.add(second, n)
        d.add(average, n)
      }
    }
  }
}

func reductionCases() {
  check("reduce") { d in
    for reduction in Reduction.allCases {
      for n in lengths { d.add(Native.reduce(reduction, numbers(n, 1), numbers(n, 2), n)) }
    }
  }
  check("columnSums") { d in
    for columns in widths {
      for rows in [0, 1, 20] {
        let y = numbers(columns, 2)
        Native.columnSums(numbers(rows * columns, 1), columns, rows, columns, y)
        d.add(y, columns)
      }
    }
  }
  check("resampleRow") { d in
    for channels in 1...5 {
      let (rows, pixels, taps) = (3, 7, 3)
      let images = room(rows, for: UnsafePointer<Float>.self)
      for r in 0..<rows { images[r] = UnsafePointer(numbers(10 * channels, r)) }
      let starts = room(pixels + 1, for: Int.self)
      for i in 0...pixels { starts[i] = i * taps }
      let places = room(pixels * taps, for: Int.self)
      for i in 0..<pixels * taps { places[i] = i * 7 % 10 }
      let y = numbers(pixels * channels, 4)
      for accumulate in [false, true] {
        Native.resampleRow(
          images, rowWeights: numbers(rows, 5), rowCount: rows, starts: starts, places: places,
          weights: numbers(pixels * taps, 6), columns: pixels, channels: channels, into: y,
          accumulate: accumulate)
        d.add(y, pixels * channels)
      }
    }
  }
}

func benchmarkCases() {
  check("multiplyAdds") { d in
    for accumulators in [4, 5, 6, 8, 12, 16, 24] {
      for iterations in [0, 1, 100] {
        d.add(Native.multiplyAdds(accumulators: accumulators, iterations: iterations))
      }
    }
  }
  check("stream") { d in
    for access in StreamAccess.allCases {
      for n in [0, 64, 256] {
        let z = numbers(n, 3)
        d.add(Native.stream(access, numbers(n, 1), numbers(n, 2), z, count: n))
        d.add(z, n)
      }
    }
  }
}
