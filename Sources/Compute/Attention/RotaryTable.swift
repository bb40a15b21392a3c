import KernelInterface

/// The cosines and sines of rotary positions, made once for all layers: [positions, 2, D / 2].
final class RotaryTable: Sendable {
  private let values: Values
  /// From one position to the next.
  private let stride: Int

  struct Key: Hashable {
    let headSize: Int
    let base: Float?
  }
  private static let tables = Locked<[Key: RotaryTable]>([:])

  /// The table of that geometry for so many positions at least.
  static func shared(headSize: Int, base: Float?, positions: Int) -> RotaryTable {
    let key = Key(headSize: headSize, base: base)
    func found(in tables: inout [Key: RotaryTable]) -> RotaryTable {
      if let table = tables[key], table.positions >= positions { return table }
      // A text that grows by one position at a time shall not need a table each time.
      var enough = 256
      while enough < positions { enough *= 2 }
      let table = RotaryTable(headSize: headSize, base: base, positions: enough)
      tables[key] = table
      return table
    }
    // What a rehearsal makes goes with it.
    if let plan = MemoryPlan.current { return found(in: &plan.rotaryTables) }
    return tables.withLock { found(in: &$0) }
  }

  /// Where the cosines, then the sines of a position lie.
  func turns(_ position: Int) -> UnsafePointer<Float> { values.pointer + position * stride }

  /// How many positions there are; no end without a base, where all are alike.
  private var positions: Int { stride == 0 ? .max : values.shape[0] }

  private init(headSize: Int, base: Float?, positions: Int) {
    let half = headSize / 2
    guard let base else {
      stride = 0
      values = Values([1, headSize]) {
        $0.update(repeating: 1, count: half)
        ($0 + half).update(repeating: 0, count: half)
      }
      return
    }
    stride = headSize
    let kernels = InstructionSet.current.kernels
    values = Values([positions, headSize]) { values in
      guard !MemoryPlan.isRehearsal else { return }
      // Our own functions, so that the table has the same bits on every machine.
      var (logarithm, frequencies) = (Float(0), [Float](repeating: 0, count: half))
      kernels.map(.log, [base], &logarithm, 1)
      let exponents = (0..<half).map { Float(-2 * $0) / Float(headSize) * logarithm }
      kernels.map(.exp, exponents, &frequencies, half)
      for position in 0..<positions {
        let (cosines, sines) = (values + position * headSize, values + position * headSize + half)
        for i in 0..<half { sines[i] = Float(position) * frequencies[i] }
        kernels.map(.cos, sines, cosines, half)
        kernels.map(.sin, sines, sines, half)
      }
    }
  }
}
