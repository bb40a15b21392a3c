import KernelInterface

/// A loop over rows and columns that applies an activation, given what it does at one place.
///
/// It is compiled once for each activation, so that the activation costs no branch inside.
protocol ActivationLoop {
  var rows: Int { get }
  var columns: Int { get }

  /// Handles `left` columns, at most 16, from `column` on; must be inlined.
  func step<Function: ActivationFunction>(_ f: Function, row: Int, column: Int, left: Int)
}

extension ActivationLoop {
  @inline(always)
  func run(_ activation: Activation) {
    switch activation {
    case .identity: run(Identity())
    case .relu: run(Relu())
    case .reluSquared: run(ReluSquared())
    case .leakyRelu(let slope): run(LeakyRelu(slope: slope))
    case .tanh: run(Tanh())
    case .sigmoid: run(Sigmoid())
    case .silu: run(Silu())
    case .gelu: run(Gelu())
    case .geluTanh: run(GeluTanh())
    }
  }

  private func run<Function: ActivationFunction>(_ f: Function) {
    let whole = columns & ~15
    var row = 0
    while row < rows {
      var column = 0
      while column < whole {
        step(f, row: row, column: column, left: 16)
        column = column &+ 16
      }
      if column < columns { step(f, row: row, column: column, left: columns &- column) }
      row = row &+ 1
    }
  }
}
