import KernelInterface

extension Native: RecurrentKernels {
  static func lstmCell(
    _ sums: GateSums, cell: UnsafePointer<Float>, size: Int,
    into gates: UnsafeMutablePointer<Float>, nextCell: UnsafeMutablePointer<Float>,
    hidden: UnsafeMutablePointer<Float>
  ) {
    let loop = LSTMLoop(
      sums: sums, cell: cell, size: size, gates: gates, nextCell: nextCell, hidden: hidden)
    loop.run(size)
  }

  static func lstmCellGradient(
    gates: UnsafePointer<Float>, cell: UnsafePointer<Float>, nextCell: UnsafePointer<Float>,
    _ dy: UnsafePointer<Float>, size: Int, _ dh: UnsafeMutablePointer<Float>,
    _ dc: UnsafeMutablePointer<Float>, into sums: UnsafeMutablePointer<Float>
  ) {
    let loop = LSTMGradientLoop(
      gates: gates, cell: cell, nextCell: nextCell, dy: dy, size: size, dh: dh, dc: dc, sums: sums)
    loop.run(size)
  }

  static func gruCell(
    _ sums: GateSums, recurrentBias: UnsafePointer<Float>, previous: UnsafePointer<Float>,
    size: Int,
    into gates: UnsafeMutablePointer<Float>, hidden: UnsafeMutablePointer<Float>
  ) {
    let loop = GRULoop(
      sums: sums, recurrentBias: recurrentBias, previous: previous, size: size, gates: gates,
      hidden: hidden)
    loop.run(size)
  }

  static func gruCellGradient(
    gates: UnsafePointer<Float>, previous: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    size: Int, _ dh: UnsafeMutablePointer<Float>, into input: UnsafeMutablePointer<Float>,
    recurrent: UnsafeMutablePointer<Float>
  ) {
    let loop = GRUGradientLoop(
      gates: gates, previous: previous, dy: dy, size: size, dh: dh, input: input,
      recurrent: recurrent)
    loop.run(size)
  }
}

private struct LSTMLoop: LanesLoop {
  let sums: GateSums
  let cell: UnsafePointer<Float>
  let size: Int
  let gates: UnsafeMutablePointer<Float>
  let nextCell: UnsafeMutablePointer<Float>
  let hidden: UnsafeMutablePointer<Float>

  @inline(always)
  func step<L: Lanes>(_ place: Int, _ lanes: L) {
    let i = sigmoid(sum(0, place, lanes))
    let f = sigmoid(sum(1, place, lanes))
    let g = tanh(sum(2, place, lanes))
    let o = sigmoid(sum(3, place, lanes))
    let c = fma(f, lanes.read(cell + place), i * g)
    lanes.write(i, gates + place)
    lanes.write(f, gates + size + place)
    lanes.write(g, gates + 2 &* size + place)
    lanes.write(o, gates + 3 &* size + place)
    lanes.write(c, nextCell + place)
    lanes.write(o * tanh(c), hidden + place)
  }

  @inline(always)
  private func sum(_ gate: Int, _ place: Int, _ lanes: some Lanes) -> Vector {
    let at = gate &* size &+ place
    return lanes.read(sums.input + at)
      + (lanes.read(sums.recurrent + at) + lanes.read(sums.bias + at))
  }
}

private struct LSTMGradientLoop: LanesLoop {
  let gates: UnsafePointer<Float>
  let cell: UnsafePointer<Float>
  let nextCell: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let size: Int
  let dh: UnsafeMutablePointer<Float>
  let dc: UnsafeMutablePointer<Float>
  let sums: UnsafeMutablePointer<Float>

  @inline(always)
  func step<L: Lanes>(_ place: Int, _ lanes: L) {
    let i = lanes.read(gates + place)
    let f = lanes.read(gates + size + place)
    let g = lanes.read(gates + 2 &* size + place)
    let o = lanes.read(gates + 3 &* size + place)
    let t = tanh(lanes.read(nextCell + place))
    let hidden = lanes.read(dy + place) + lanes.read(dh + place)
    let state = fma(hidden * o, 1 - t * t, lanes.read(dc + place))
    lanes.write(state * g * i * (1 - i), sums + place)
    lanes.write(
      state * lanes.read(cell + place) * f * (1 - f), sums + size + place)
    lanes.write(state * i * (1 - g * g), sums + 2 &* size + place)
    lanes.write(hidden * t * o * (1 - o), sums + 3 &* size + place)
    lanes.write(state * f, dc + place)
    lanes.write(Vector.zero, dh + place)
  }
}

private struct GRULoop: LanesLoop {
  let sums: GateSums
  let recurrentBias: UnsafePointer<Float>
  let previous: UnsafePointer<Float>
  let size: Int
  let gates: UnsafeMutablePointer<Float>
  let hidden: UnsafeMutablePointer<Float>

  @inline(always)
  func step<L: Lanes>(_ place: Int, _ lanes: L) {
    let r = sigmoid(input(0, place, lanes) + recurrent(0, place, lanes))
    let z = sigmoid(input(1, place, lanes) + recurrent(1, place, lanes))
    let s = recurrent(2, place, lanes)
    let n = tanh(fma(r, s, input(2, place, lanes)))
    lanes.write(r, gates + place)
    lanes.write(z, gates + size + place)
    lanes.write(n, gates + 2 &* size + place)
    lanes.write(s, gates + 3 &* size + place)
    lanes.write(fma(z, lanes.read(previous + place) - n, n), hidden + place)
  }

  @inline(always)
  private func input(_ gate: Int, _ place: Int, _ lanes: some Lanes) -> Vector {
    let at = gate &* size &+ place
    return lanes.read(sums.input + at) + lanes.read(sums.bias + at)
  }

  @inline(always)
  private func recurrent(_ gate: Int, _ place: Int, _ lanes: some Lanes) -> Vector {
    let at = gate &* size &+ place
    return lanes.read(sums.recurrent + at) + lanes.read(recurrentBias + at)
  }
}

private struct GRUGradientLoop: LanesLoop {
  let gates: UnsafePointer<Float>
  let previous: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let size: Int
  let dh: UnsafeMutablePointer<Float>
  let input: UnsafeMutablePointer<Float>
  let recurrent: UnsafeMutablePointer<Float>

  @inline(always)
  func step<L: Lanes>(_ place: Int, _ lanes: L) {
    let r = lanes.read(gates + place)
    let z = lanes.read(gates + size + place)
    let n = lanes.read(gates + 2 &* size + place)
    let s = lanes.read(gates + 3 &* size + place)
    let hidden = lanes.read(dy + place) + lanes.read(dh + place)
    let dn = hidden * (1 - z) * (1 - n * n)
    let dz = hidden * (lanes.read(previous + place) - n) * z * (1 - z)
    let dr = dn * s * r * (1 - r)
    lanes.write(dr, input + place)
    lanes.write(dz, input + size + place)
    lanes.write(dn, input + 2 &* size + place)
    lanes.write(dr, recurrent + place)
    lanes.write(dz, recurrent + size + place)
    lanes.write(dn * r, recurrent + 2 &* size + place)
    lanes.write(hidden * z, dh + place)
  }
}
