import KernelInterface

extension Native: ActivationKernels {
  static func activate(
    _ activation: Activation, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    ForwardLoop(x: x, y: y, columns: count).run(activation)
  }

  static func activationGradient(
    _ activation: Activation, saved: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    into dx: UnsafeMutablePointer<Float>, count: Int, accumulate: Bool
  ) {
    BackwardLoop(saved: saved, dy: dy, dx: dx, columns: count, accumulate: accumulate)
      .run(activation)
  }

  static func finish(
    _ rows: UnsafePointer<UnsafeMutableRawPointer>, count: Int, offset: Int, columns: Int,
    bias: UnsafePointer<Float>?, activation: Activation
  ) {
    EpilogueLoop(starts: rows, offset: offset, rows: count, columns: columns, bias: bias)
      .run(activation)
  }
}

private struct ForwardLoop: ActivationLoop {
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let columns: Int

  var rows: Int { 1 }

  @inline(always)
  func step<Function: ActivationFunction>(_ f: Function, row: Int, column: Int, left: Int) {
    store(f.value(load(x + column, left: left)), y + column, left: left)
  }
}

private struct BackwardLoop: ActivationLoop {
  let saved: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let dx: UnsafeMutablePointer<Float>
  let columns: Int
  let accumulate: Bool

  var rows: Int { 1 }

  @inline(always)
  func step<Function: ActivationFunction>(_ f: Function, row: Int, column: Int, left: Int) {
    let slope = f.derivative(saved: load(saved + column, left: left))
    let gradient = load(dy + column, left: left) * slope
    store(gradient, dx + column, left: left, accumulate: accumulate)
  }
}

private struct EpilogueLoop: ActivationLoop {
  let starts: UnsafePointer<UnsafeMutableRawPointer>
  let offset: Int
  let rows: Int
  let columns: Int
  let bias: UnsafePointer<Float>?

  @inline(always)
  func step<Function: ActivationFunction>(_ f: Function, row: Int, column: Int, left: Int) {
    let place = (starts[row] + offset).assumingMemoryBound(to: Float.self) + column
    var x = load(place, left: left)
    if let bias { x += load(bias + column, left: left) }
    store(f.value(x), place, left: left)
  }
}
