import KernelInterface

private let sizes: [(depth: Int, columns: Int)] = [(1, 1), (7, 16), (20, 50), (33, 100), (40, 128)]

/// A panel of one of the formats and its scales, of whatever is in memory before.
private func panel(_ isInt8: Bool, _ depth: Int, _ columns: Int) -> (panel: Floats, scales: Floats)
{
  let (panel, scales) = (numbers(64 * depth, 7), numbers(128, 8))
  let source = numbers(depth * (columns + 3), 2)
  if isInt8 {
    Native.packInt8Panel(
      source, stride: columns + 3, depth: depth, columns: columns, into: panel, scales: scales)
  } else {
    Native.packBFloat16Panel(
      source, stride: columns + 3, depth: depth, columns: columns, into: panel)
  }
  return (panel, scales)
}

/// Products of any number of rows, the second of each added to the first.
private func products(_ isInt8: Bool, _ d: inout Digest) {
  for (depth, columns) in sizes {
    let weights = panel(isInt8, depth, columns)
    for count in 1...lowPrecisionRows {
      let c = numbers(count * (columns + 5), 3)
      for accumulate in [false, true] {
        var product = LowPrecisionRows(
          rows: numbers(count * (depth + 2), 1), pitch: depth + 2, count: count, depth: depth,
          panel: UnsafeRawPointer(weights.panel), columns: columns, output: c,
          outputPitch: columns + 5)
        product.accumulate = accumulate
        if isInt8 {
          Native.multiplyInt8Panel(product, scales: weights.scales)
        } else {
          Native.multiplyBFloat16Panel(product)
        }
      }
      d.add(c, count * (columns + 5))
    }
  }
}

func lowPrecisionCases() {
  check("packBFloat16Panel") { d in
    for (depth, columns) in sizes { d.add(panel(false, depth, columns).panel, 64 * depth) }
  }
  check("packInt8Panel") { d in
    for (depth, columns) in sizes {
      let packed = panel(true, depth, columns)
      d.add(packed.panel, 32 * depth)
      d.add(packed.scales, 128)
    }
  }
  check("unpackBFloat16Panel") { d in
    for (depth, columns) in sizes {
      let target = numbers(depth * (columns + 4), 4)
      Native.unpackBFloat16Panel(
        panel(false, depth, columns).panel, depth: depth, columns: columns, into: target,
        stride: columns + 4)
      d.add(target, depth * (columns + 4))
    }
  }
  check("unpackInt8Panel") { d in
    for (depth, columns) in sizes {
      let (target, packed) = (numbers(depth * (columns + 4), 4), panel(true, depth, columns))
      Native.unpackInt8Panel(
        packed.panel, scales: packed.scales, depth: depth, columns: columns, into: target,
        stride: columns + 4)
      d.add(target, depth * (columns + 4))
    }
  }
  check("multiplyBFloat16Panel") { products(false, &$0) }
  check("multiplyInt8Panel") { products(true, &$0) }
}
