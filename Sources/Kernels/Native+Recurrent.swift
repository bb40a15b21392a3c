import KernelInterface

extension Native: RecurrentKernels {
  static func lstmCell(
    _ sums: GateSums, cell: UnsafePointer<Float>, size: Int,
    into gates: UnsafeMutablePointer<Float>, nextCell: UnsafeMutablePointer<Float>,
    hidden: UnsafeMutablePointer<Float>
  ) {
    var loop = LSTMLoop(
      sums: sums, cell: cell, size: size, gates: gates, nextCell: nextCell, hidden: hidden)
    loop.run(size)
  }

  static func lstmCellGradient(
    gates: UnsafePointer<Float>, cell: UnsafePointer<Float>, nextCell: UnsafePointer<Float>,
    _ dy: UnsafePointer<Float>, size: Int, _ dh: UnsafeMutablePointer<Float>,
    _ dc: UnsafeMutablePointer<Float>, into sums: UnsafeMutablePointer<Float>
  ) {
    var loop = LSTMGradientLoop(
      gates: gates, cell: cell, nextCell: nextCell, dy: dy, size: size, dh: dh, dc: dc, sums: sums)
    loop.run(size)
  }

  static func gruCell(
    _ sums: GateSums, recurrentBias: UnsafePointer<Float>, previous: UnsafePointer<Float>,
    size: Int,
    into gates: UnsafeMutablePointer<Float>, hidden: UnsafeMutablePointer<Float>
  ) {
    var loop = GRULoop(
      sums: sums, recurrentBias: recurrentBias, previous: previous, size: size, gates: gates,
      hidden: hidden)
    loop.run(size)
  }

  static func gruCellGradient(
    gates: UnsafePointer<Float>, previous: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    size: Int, _ dh: UnsafeMutablePointer<Float>, into input: UnsafeMutablePointer<Float>,
    recurrent: UnsafeMutablePointer<Float>
  ) {
    var loop = GRUGradientLoop(
      gates: gates, previous: previous, dy: dy, size: size, dh: dh, input: input,
      recurrent: recurrent)
    loop.run(size)
  }
}

private struct LSTMLoop: VectorLoop {
  let sums: GateSums
  let cell: UnsafePointer<Float>
  let size: Int
  let gates: UnsafeMutablePointer<Float>
  let nextCell: UnsafeMutablePointer<Float>
  let hidden: UnsafeMutablePointer<Float>

  @inline(always)
  mutating func step(_ place: Int, left: Int) {
    let i = sigmoid(sum(0, place, left))
    let f = sigmoid(sum(1, place, left))
    let g = tanh(sum(2, place, left))
    let o = sigmoid(sum(3, place, left))
    let c = fma(f, load(cell + place, left: left), i * g)
    store(i, gates + place, left: left)
    store(f, gates + size + place, left: left)
    store(g, gates + 2 &* size + place, left: left)
    store(o, gates + 3 &* size + place, left: left)
    store(c, nextCell + place, left: left)
    store(o * tanh(c), hidden + place, left: left)
  }

  @inline(always)
  private func sum(_ gate: Int, _ place: Int, _ left: Int) -> Vector {
    let at = gate &* size &+ place
    return load(sums.input + at, left: left)
      + (load(sums.recurrent + at, left: left) + load(sums.bias + at, left: left))
  }
}

private struct LSTMGradientLoop: VectorLoop {
  let gates: UnsafePointer<Float>
  let cell: UnsafePointer<Float>
  let nextCell: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let size: Int
  let dh: UnsafeMutablePointer<Float>
  let dc: UnsafeMutablePointer<Float>
  let sums: UnsafeMutablePointer<Float>

  @inline(always)
  mutating func step(_ place: Int, left: Int) {
    let i = load(gates + place, left: left)
    let f = load(gates + size + place, left: left)
    let g = load(gates + 2 &* size + place, left: left)
    let o = load(gates + 3 &* size + place, left: left)
    let t = tanh(load(nextCell + place, left: left))
    let hidden = load(dy + place, left: left) + load(dh + place, left: left)
    let state = fma(hidden * o, 1 - t * t, load(dc + place, left: left))
    store(state * g * i * (1 - i), sums + place, left: left)
    store(
      state * load(cell + place, left: left) * f * (1 - f), sums + size + place, left: left)
    store(state * i * (1 - g * g), sums + 2 &* size + place, left: left)
    store(hidden * t * o * (1 - o), sums + 3 &* size + place, left: left)
    store(state * f, dc + place, left: left)
    store(Vector.zero, dh + place, left: left)
  }
}

private struct GRULoop: VectorLoop {
  let sums: GateSums
  let recurrentBias: UnsafePointer<Float>
  let previous: UnsafePointer<Float>
  let size: Int
  let gates: UnsafeMutablePointer<Float>
  let hidden: UnsafeMutablePointer<Float>

  @inline(always)
  mutating func step(_ place: Int, left: Int) {
    let r = sigmoid(input(0, place, left) + recurrent(0, place, left))
    let z = sigmoid(input(1, place, left) + recurrent(1, place, left))
    let s = recurrent(2, place, left)
    let n = tanh(fma(r, s, input(2, place, left)))
    store(r, gates + place, left: left)
    store(z, gates + size + place, left: left)
    store(n, gates + 2 &* size + place, left: left)
    store(s, gates + 3 &* size + place, left: left)
    store(fma(z, load(previous + place, left: left) - n, n), hidden + place, left: left)
  }

  @inline(always)
  private func input(_ gate: Int, _ place: Int, _ left: Int) -> Vector {
    let at = gate &* size &+ place
    return load(sums.input + at, left: left) + load(sums.bias + at, left: left)
  }

  @inline(always)
  private func recurrent(_ gate: Int, _ place: Int, _ left: Int) -> Vector {
    let at = gate &* size &+ place
    return load(sums.recurrent + at, left: left) + load(recurrentBias + at, left: left)
  }
}

private struct GRUGradientLoop: VectorLoop {
  let gates: UnsafePointer<Float>
  let previous: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let size: Int
  let dh: UnsafeMutablePointer<Float>
  let input: UnsafeMutablePointer<Float>
  let recurrent: UnsafeMutablePointer<Float>

  @inline(always)
  mutating func step(_ place: Int, left: Int) {
    let r = load(gates + place, left: left)
    let z = load(gates + size + place, left: left)
    let n = load(gates + 2 &* size + place, left: left)
    let s = load(gates + 3 &* size + place, left: left)
    let hidden = load(dy + place, left: left) + load(dh + place, left: left)
    let dn = hidden * (1 - z) * (1 - n * n)
    let dz = hidden * (load(previous + place, left: left) - n) * z * (1 - z)
    let dr = dn * s * r * (1 - r)
    store(dr, input + place, left: left)
    store(dz, input + size + place, left: left)
    store(dn, input + 2 &* size + place, left: left)
    store(dr, recurrent + place, left: left)
    store(dz, recurrent + size + place, left: left)
    store(dn * r, recurrent + 2 &* size + place, left: left)
    store(hidden * z, dh + place, left: left)
  }
}
