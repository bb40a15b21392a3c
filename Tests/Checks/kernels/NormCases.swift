import KernelInterface

func normCases() {
  channelNormCases()
  layerNormCases()
}

private func channelNormCases() {
  check("momentSums") { d in
    for channels in widths {
      for rows in [1, 2, rowsPerBlock] {
        let sums = numbers(2 * channels, 2)
        Native.momentSums(
          numbers(rows * channels, 1, scale: 3), rows: rows, channels: channels, into: sums)
        d.add(sums, 2 * channels)
      }
    }
  }
  check("moments") { d in
    for channels in widths {
      for rows in [1, 100, 3 * rowsPerBlock - 1] {
        let blocks = (rows + rowsPerBlock - 1) / rowsPerBlock
        let (mean, squares) = (doubles(channels), doubles(channels))
        Native.moments(
          numbers(2 * blocks * channels, 1), numbers(rows * channels, 2), rows: rows,
          channels: channels, mean: mean, squares: squares)
        d.add(mean, channels)
        d.add(squares, channels)
      }
    }
  }
  check("scaleAndShift") { d in
    Activation.each { activation in
      for channels in widths {
        let y = numbers(20 * channels, 2)
        Native.scaleAndShift(
          numbers(20 * channels, 1, scale: 3), rows: 20, channels: channels,
          scale: numbers(channels, 3), shift: numbers(channels, 4), activation: activation, into: y)
        d.add(y, 20 * channels)
      }
    }
  }
  check("normGradientSums") { d in
    Activation.each { activation in
      for channels in widths {
        let base = numbers(NormFactors.size(channels: channels), 4)
        let sums = numbers(2 * channels, 3)
        Native.normGradientSums(
          NormFactors(channels: channels, activation: activation, at: base),
          numbers(20 * channels, 1, scale: 3), numbers(20 * channels, 2), rows: 20, into: sums)
        d.add(sums, 2 * channels)
      }
    }
  }
  check("normGradient") { d in
    Activation.each { activation in
      for channels in widths {
        let base = numbers(NormFactors.size(channels: channels), 4)
        let dx = numbers(20 * channels, 3)
        for accumulate in [false, true] {
          Native.normGradient(
            NormFactors(channels: channels, activation: activation, at: base),
            numbers(20 * channels, 1, scale: 3), numbers(20 * channels, 2), rows: 20, into: dx,
            accumulate: accumulate)
          d.add(dx, 20 * channels)
        }
      }
    }
  }
  check("sumRows") { d in
    for columns in widths {
      for rows in [0, 1, 20] {
        let sums = doubles(columns)
        Native.sumRows(numbers(rows * columns, 1), rows: rows, columns: columns, into: sums)
        d.add(sums, columns)
      }
    }
  }
}

private func layerNormCases() {
  check("layerNorm") { d in
    for columns in widths {
      let (y, mean, rstd) = (numbers(9 * columns, 2), numbers(9, 3), numbers(9, 4))
      for parameters in [nil, numbers(columns, 5)] {
        for means in [nil, mean] {
          Native.layerNorm(
            numbers(9 * columns, 1), rows: 9, columns: columns, weight: parameters,
            bias: parameters, epsilon: 1e-5, into: y, mean: means, rstd: rstd)
          d.add(y, 9 * columns)
          d.add(mean, 9)
          d.add(rstd, 9)
        }
      }
    }
  }
  check("layerNormGradient") { d in
    for columns in widths {
      let (dx, sums) = (numbers(9 * columns, 3), numbers(2 * columns, 4))
      for weight in [nil, numbers(columns, 5)] {
        for (mean, accumulate) in [(nil, false), (numbers(9, 6), true)] {
          for target in [nil, dx] {
            Native.layerNormGradient(
              numbers(9 * columns, 1), numbers(9 * columns, 2), rows: 9, columns: columns,
              weight: weight, mean: mean, rstd: numbers(9, 7), into: target,
              accumulate: accumulate, sums: sums)
            d.add(dx, 9 * columns)
            d.add(sums, 2 * columns)
          }
        }
      }
    }
  }
}
