import KernelInterface

/// A product C = A B in panels of this instruction set's width, as Compute cuts it.
private struct Product {
  /// Whether A is copied by sixes, and B read where it lies.
  enum Operands: CaseIterable { case rows, packedRows, panelsInPlace }

  let rows: Int, columns: Int, depth: Int
  var taps = 1
  var operands = Operands.rows

  private var tiles: Int { (rows + tileRows - 1) / tileRows }

  /// Its six rows of a tile by tap, a table for all tiles or for each.
  private func tile(accumulate: Bool, into c: Floats) -> TileProduct {
    let size = taps * depth
    let table = room(max(1, tiles * taps * tileRows), for: UnsafeRawPointer.self)
    let outputs = room(rows + tileRows, for: UnsafeMutableRawPointer.self)
    let panels = room(taps, for: UnsafeRawPointer.self)
    let spill = room(tileRows, for: UnsafeMutableRawPointer.self)
    let spilled = numbers(tileRows * Native.panelWidth, 8)
    for r in 0..<tileRows { spill[r] = UnsafeMutableRawPointer(spilled + r * Native.panelWidth) }
    for r in 0..<rows { outputs[r] = UnsafeMutableRawPointer(c + r * columns) }
    let a = numbers((rows + tileRows) * size, 1)
    var product = TileProduct(rows: table, panels: panels, outputs: outputs, spill: spill)
    (product.count, product.taps, product.depth) = (rows, taps, depth)
    product.accumulate = accumulate
    if operands == .packedRows {
      for r in 0..<tileRows { table[r] = UnsafeRawPointer(a + r) }
      product.step = 4 * tileRows
      product.offsetPerTile = 4 * tileRows * depth
    } else {
      for t in 0..<tiles {
        for tap in 0..<taps {
          for r in 0..<tileRows {
            let row = min(t * tileRows + r, rows - 1)
            table[(t * taps + tap) * tileRows + r] = UnsafeRawPointer(a + row * size + tap * depth)
          }
        }
      }
      product.rowsPerTile = taps * tileRows
    }
    return product
  }

  func run(_ d: inout Digest) {
    let c = numbers(rows * columns, 3)
    let b = numbers(taps * depth * columns, 2)
    for accumulate in [false, true] {
      var product = tile(accumulate: accumulate, into: c)
      let panels = UnsafeMutablePointer(mutating: product.panels)
      for column in stride(from: 0, to: columns, by: Native.panelWidth) {
        product.columns = min(Native.panelWidth, columns - column)
        product.outputOffset = 4 * column
        for tap in 0..<taps {
          let source = b + tap * depth * columns + column
          if operands == .panelsInPlace {
            panels[tap] = UnsafeRawPointer(source)
            product.panelStep = 4 * columns
          } else {
            let panel = numbers(depth * Native.panelWidth, 7)
            Native.packPanel(
              source, stride: columns, depth: depth, columns: product.columns, into: panel)
            panels[tap] = UnsafeRawPointer(panel)
          }
        }
        Native.multiply(product)
      }
      d.add(c, rows * columns)
    }
  }

  func runNarrow(_ d: inout Digest) {
    let c = numbers(rows * columns, 3)
    let b = numbers(taps * depth * columns, 2)
    for accumulate in [false, true] {
      var product = tile(accumulate: accumulate, into: c)
      let panels = UnsafeMutablePointer(mutating: product.panels)
      for tap in 0..<taps { panels[tap] = UnsafeRawPointer(b + tap * depth * columns) }
      product.columns = columns
      Native.multiplyNarrow(product)
      d.add(c, rows * columns)
    }
  }
}

func matrixCases() {
  check("multiply") { d in
    for (m, n, k) in [
      (1, 1, 1), (5, 3, 7), (6, 16, 4), (7, 17, 33), (13, 64, 16), (12, 65, 40), (24, 128, 24),
      (19, 63, 385), (6, 130, 0), (12, 96, 390), (0, 16, 3),
    ] {
      for operands in Product.Operands.allCases where operands != .panelsInPlace || n % 16 == 0 {
        Product(rows: m, columns: n, depth: k, operands: operands).run(&d)
      }
      Product(rows: m, columns: n, depth: k, taps: 3).run(&d)
    }
  }
  check("multiplyNarrow") { d in
    for columns in 1...4 {
      for depth in [1, 15, 16, 17, 31, 32, 33, 100, 1000] {
        Product(rows: 13, columns: columns, depth: depth).runNarrow(&d)
        Product(rows: 6, columns: columns, depth: depth, taps: 3).runNarrow(&d)
      }
    }
  }
  check("multiplyRow") { d in
    for n in widths + [127, 128, 130, 300] {
      for depth in [0, 1, 77] {
        let c = numbers(n, 3)
        for accumulate in [false, true] {
          Native.multiplyRow(
            numbers(depth, 1), numbers(depth * n, 2), stride: n, depth: depth, columns: n, into: c,
            accumulate: accumulate)
          d.add(c, n)
        }
      }
    }
  }
  check("packPanel") { d in
    for columns in 1...16 {
      let panel = numbers(19 * 16, 2)
      Native.packPanel(numbers(19 * 70, 1), stride: 70, depth: 19, columns: columns, into: panel)
      d.add(panel, 19 * 16)
    }
  }
  check("packTransposedPanel") { d in
    for columns in 1...16 {
      for depth in [1, 7, 16, 17, 40] {
        let (source, panel) = (numbers(columns * depth, 1), numbers(depth * 16, 2))
        Native.packTransposedPanel(
          source, stride: depth, depth: depth, columns: columns, into: panel)
        d.add(panel, depth * 16)
      }
    }
  }
  check("packTransposedRows") { d in
    for rows in 1..<30 {
      let size = (rows + tileRows - 1) / tileRows * tileRows * 21
      let packed = numbers(size, 2)
      Native.packTransposedRows(
        numbers(rows * 21, 1), stride: rows, depth: 21, rows: rows, into: packed)
      d.add(packed, size)
    }
  }
  check("finish") { d in
    Activation.each { activation in
      for columns in widths {
        let c = numbers(7 * columns, 1, scale: 6)
        let rows = room(7, for: UnsafeMutableRawPointer.self)
        for r in 0..<7 { rows[r] = UnsafeMutableRawPointer(c + r * columns) }
        for bias in [nil, numbers(columns, 2)] {
          Native.finish(
            rows, count: 7, offset: 0, columns: columns, bias: bias, activation: activation)
          d.add(c, 7 * columns)
        }
      }
    }
  }
}
