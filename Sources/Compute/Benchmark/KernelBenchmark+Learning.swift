extension KernelBenchmark {
  /// The parameters of a transformer and of two UNets.
  static let slabs: [(String, Int)] = [
    ("0.8M", 804_096), ("6.5M", 6_500_000), ("35.7M", 35_700_000),
  ]

  static let optimizers: [KernelBenchmark] = slabs.flatMap { name, count in
    let clipped = 0.5
    return [
      adam("adamw-average", name, count, AdamStep(weightDecay: 0.01, gradientScale: clipped), true),
      adam("rmsprop", name, count, AdamStep(beta1: 0, correctsBias: false), false),
    ]
  }

  private static func adam(
    _ name: String, _ shape: String, _ count: Int, _ step: AdamStep, _ hasAverage: Bool
  ) -> KernelBenchmark {
    KernelBenchmark(name, shape, .update) {
      let (parameters, gradients) = (numbers(count), numbers(count))
      let moments = (0..<2).map { _ in Values.zeros([count]).storage }
      let average = hasAverage ? numbers(count) : nil
      return {
        step(
          parameters: parameters.base, gradients: gradients.base, firstMoments: moments[0].base,
          secondMoments: moments[1].base, average: average?.base, count: count, step: 10)
      }
    }
  }

  /// char-rnn's layer and the recipe's, the ways through time and the gradient of the weight.
  static let recurrences: [KernelBenchmark] =
    lstm(50, 50, 128) + lstm(64, 64, 384) + gru(50, 50, 128) + gru(64, 64, 384)

  private static func lstm(_ batch: Int, _ steps: Int, _ size: Int) -> [KernelBenchmark] {
    recurrence("lstm", gates: 4, batch, steps, size) { o, direction in
      let lstm = LongShortTermMemory(batch: batch, steps: steps, size: size)
      let state = LongShortTermMemory.State(hidden: o.zeros.base, cell: o.zeros.base)
      switch direction {
      case .forward:
        lstm.forward(
          o.input.base, bias: o.bias.base, weight: o.weight.base, from: state, into: o.gates.base,
          cell: o.cell.base, hidden: o.hidden.base)
      case .gradients:
        lstm.gradients(
          gates: o.gates.base, cell: o.cell.base, weight: o.weight.base, from: state, o.dy.base,
          into: o.products.base, dh: o.dh.base, dc: o.dc.base)
      case .weightGradient:
        lstm.weightGradient(
          from: state, hidden: o.hidden.base, products: o.products.base, into: o.weight.base,
          accumulate: false)
      }
    }
  }

  private static func gru(_ batch: Int, _ steps: Int, _ size: Int) -> [KernelBenchmark] {
    recurrence("gru", gates: 3, batch, steps, size) { o, direction in
      let gru = GatedRecurrentUnit(batch: batch, steps: steps, size: size)
      switch direction {
      case .forward:
        gru.forward(
          o.input.base, bias: o.bias.base, weight: o.weight.base, recurrentBias: o.bias.base,
          from: o.zeros.base, into: o.gates.base, hidden: o.hidden.base)
      case .gradients:
        gru.gradients(
          gates: o.gates.base, hidden: o.hidden.base, weight: o.weight.base, from: o.zeros.base,
          o.dy.base, into: o.cell.base, products: o.products.base, dh: o.dh.base)
      case .weightGradient:
        gru.weightGradient(
          from: o.zeros.base, hidden: o.hidden.base, products: o.products.base,
          into: o.weight.base, accumulate: false)
      }
    }
  }

  private enum Direction: String, CaseIterable {
    case forward, gradients
    case weightGradient = "weight-gradient"
  }

  private struct Operands {
    let zeros, dh, dc, hidden, dy, weight, bias, input, gates, products, cell: Storage

    init(gates count: Int, _ batch: Int, _ steps: Int, _ size: Int) {
      func nothing(_ count: Int) -> Storage { Values.zeros([count]).storage }
      (zeros, dh) = (nothing(batch * size), nothing(batch * size))
      dc = nothing(batch * size)
      let length = batch * steps * size
      (hidden, dy) = (numbers(length), numbers(length))
      (weight, bias) = (numbers(size * count * size), numbers(count * size))
      // A GRU keeps a fourth number, and an LSTM's cells need less than a GRU's inputs.
      (input, gates) = (numbers(length * count), numbers(length * 4))
      (products, cell) = (numbers(length * count), numbers(length * count))
    }
  }

  private static func recurrence(
    _ name: String, gates: Int, _ batch: Int, _ steps: Int, _ size: Int,
    _ run: @escaping @Sendable (Operands, Direction) -> Void
  ) -> [KernelBenchmark] {
    Direction.allCases.map { direction in
      KernelBenchmark("\(name)-\(direction.rawValue)", "\(batch)x\(steps) h\(size)") {
        let operands = Operands(gates: gates, batch, steps, size)
        return { run(operands, direction) }
      }
    }
  }
}
