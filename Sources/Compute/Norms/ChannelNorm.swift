import KernelInterface

/// Normalization of [samples, rows, channels], each sample's groups of channels by themselves, with an
/// activation behind it: what batch norm (one sample, groups of one channel) and group norm share.
///
/// Both directions are a pass over blocks of rows that brings sums, a step that turns a sample's sums
/// into factors by channel, and a pass that applies them.
struct ChannelNorm {
  let samples: Int
  let rows: Int
  let channels: Int
  let groups: Int
  let epsilon: Float
  let activation: Activation

  /// The learned scale and shift by channel; ones and zeros where there are none.
  struct Parameters {
    let weight: UnsafePointer<Float>?
    let bias: UnsafePointer<Float>?
    var condition = NormCondition()
  }

  /// What the forward pass leaves for the backward pass.
  struct Statistics {
    /// [samples][groups].
    let mean: UnsafeMutablePointer<Float>
    /// [samples][groups].
    let rstd: UnsafeMutablePointer<Float>
    /// [samples][channels], each channel's mean less its group's; the gradient of a condition's shift
    /// needs them.
    var distances: UnsafeMutablePointer<Float>?
  }

  /// A sample's rows from a multiple of `rowsPerBlock` on.
  struct Block {
    let sample: Int
    /// The block's number, all samples' blocks counted.
    let index: Int
    let rows: Int
    /// The first element, counted from the beginning of x.
    let start: Int
  }

  var groupSize: Int { channels / groups }
  var blocksPerSample: Int { (rows + rowsPerBlock - 1) / rowsPerBlock }
  /// Floats of the partial sums of one block.
  private var sumsPerBlock: Int { 2 * channels }

  /// y = f(weight (x - mean) / deviation + bias), what a condition adds apart; writes the statistics
  /// and, if asked for, the biased variance.
  func forward(
    _ x: UnsafePointer<Float>, _ parameters: Parameters, into y: UnsafeMutablePointer<Float>,
    _ statistics: Statistics, variance: UnsafeMutablePointer<Float>? = nil
  ) {
    countForward(parameters, withStatistics: true)
    let kernels = InstructionSet.current.kernels
    let sums = Storage(count: samples * blocksPerSample * sumsPerBlock)
    let factors = Storage(count: samples * NormFactors.size(channels: channels))
    run { block in
      kernels.momentSums(
        x + block.start, rows: block.rows, channels: channels,
        into: sums.base + block.index * sumsPerBlock)
    } between: { sample, doubles in
      let (means, squares) = (doubles, doubles + channels)
      kernels.moments(
        sums.base + sample * blocksPerSample * sumsPerBlock, x + sample * rows * channels,
        rows: rows, channels: channels, mean: means, squares: squares)
      if let shift = parameters.condition.shift {
        for channel in 0..<channels { means[channel] += Double(shift[sample * channels + channel]) }
      }
      for group in 0..<groups {
        let (mean, spread) = combine(means, squares, group)
        let index = sample * groups + group
        statistics.mean[index] = Float(mean)
        statistics.rstd[index] = Float(1 / (spread + Double(epsilon)).squareRoot())
        variance?[index] = Float(spread)
        guard let distances = statistics.distances else { continue }
        for channel in group * groupSize..<(group + 1) * groupSize {
          distances[sample * channels + channel] = Float(means[channel] - mean)
        }
      }
      prepare(self.factors(in: factors, sample), parameters, statistics, sample)
    } then: { block in
      let factors = self.factors(in: factors, block.sample)
      kernels.scaleAndShift(
        x + block.start, rows: block.rows, channels: channels, scale: factors.scale,
        shift: factors.shift, activation: activation, into: y + block.start)
    }
  }

  /// The same with statistics that are given.
  func apply(
    _ x: UnsafePointer<Float>, _ parameters: Parameters, into y: UnsafeMutablePointer<Float>,
    _ statistics: Statistics
  ) {
    countForward(parameters, withStatistics: false)
    let kernels = InstructionSet.current.kernels
    let factors = Storage(count: samples * NormFactors.size(channels: channels))
    run(nil) { sample, _ in
      prepare(self.factors(in: factors, sample), parameters, statistics, sample)
    } then: { block in
      let factors = self.factors(in: factors, block.sample)
      kernels.scaleAndShift(
        x + block.start, rows: block.rows, channels: channels, scale: factors.scale,
        shift: factors.shift, activation: activation, into: y + block.start)
    }
  }

  /// The backward pass. `isFixed` says that the statistics were given, not computed from x.
  func gradients(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ parameters: Parameters,
    _ statistics: Statistics, isFixed: Bool = false
  ) -> NormGradients {
    NormGradients(samples: samples, channels: channels, parameters.condition) {
      backward(x, dy, parameters, statistics, isFixed: isFixed, into: $0, accumulate: $1, $2)
    }
  }

  private func backward(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ parameters: Parameters,
    _ statistics: Statistics, isFixed: Bool, into dx: UnsafeMutablePointer<Float>?,
    accumulate: Bool, _ gradients: NormGradients.Destination
  ) {
    countBackward(parameters, writesInput: dx != nil, accumulate: accumulate)
    let kernels = InstructionSet.current.kernels
    let sums = Storage(count: samples * blocksPerSample * sumsPerBlock)
    let sampleSums = Storage(count: samples * sumsPerBlock)
    let factors = Storage(count: samples * NormFactors.size(channels: channels))
    // The first pass needs factors, too: all samples' before it begins.
    ThreadPool.shared.run(samples) { sample, _ in
      prepare(self.factors(in: factors, sample), parameters, statistics, sample)
    }
    run { block in
      kernels.normGradientSums(
        self.factors(in: factors, block.sample), x + block.start, dy + block.start,
        rows: block.rows, into: sums.base + block.index * sumsPerBlock)
    } between: { sample, doubles in
      kernels.sumRows(
        sums.base + sample * blocksPerSample * sumsPerBlock, rows: blocksPerSample,
        columns: sumsPerBlock, into: doubles)
      finish(
        self.factors(in: factors, sample), doubles, parameters, statistics, sample,
        isFixed: isFixed, into: sampleSums.base + sample * sumsPerBlock, gradients)
    } then: { block in
      guard let dx else { return }
      kernels.normGradient(
        self.factors(in: factors, block.sample), x + block.start, dy + block.start,
        rows: block.rows, into: dx + block.start, accumulate: accumulate)
    }
    ThreadPool.shared.run(1) { _, worker in
      let doubles = self.doubles(worker)
      kernels.sumRows(sampleSums.base, rows: samples, columns: sumsPerBlock, into: doubles)
      for i in 0..<sumsPerBlock { gradients.parameters[i] = Float(doubles[i]) }
    }
  }

  /// The mean and the biased variance of a group from its channels' means and squared deviations.
  private func combine(
    _ means: UnsafePointer<Double>, _ squares: UnsafePointer<Double>, _ group: Int
  ) -> (mean: Double, variance: Double) {
    guard rows > 0 else { return (0, 0) }
    let channels = group * groupSize..<(group + 1) * groupSize
    var mean = 0.0
    for channel in channels { mean += means[channel] }
    mean /= Double(groupSize)
    var sum = 0.0
    for channel in channels {
      let distance = means[channel] - mean
      sum += squares[channel] + Double(rows) * distance * distance
    }
    return (mean, sum / Double(rows * groupSize))
  }

  /// The factors of the normalization itself, the same bits in both directions.
  private func prepare(
    _ factors: NormFactors, _ parameters: Parameters, _ statistics: Statistics, _ sample: Int
  ) {
    for channel in 0..<channels {
      let group = sample * groups + channel / groupSize
      let (factor, extra) = modulation(parameters, sample, channel)
      let scale = factor * (parameters.weight?[channel] ?? 1) * statistics.rstd[group]
      let bias = factor * (parameters.bias?[channel] ?? 0) + extra
      // What is added to x is taken off its mean instead.
      let own = parameters.condition.shift?[sample * channels + channel] ?? 0
      let center = Double(statistics.mean[group]) - Double(own)
      factors.scale[channel] = scale
      factors.shift[channel] = Float(Double(bias) - center * Double(scale))
      factors.center[channel] = Float(center)
    }
  }

  /// What a sample multiplies the normalized channel by, and what it adds.
  private func modulation(
    _ parameters: Parameters, _ sample: Int, _ channel: Int
  ) -> (factor: Float, extra: Float) {
    guard let modulation = parameters.condition.modulation else { return (1, 0) }
    let own = modulation + sample * 2 * channels
    return (1 + own[channel], own[channels + channel])
  }

  /// The factors of the gradient, from a sample's sums of du (x - mean) and of du, and what the sample
  /// gives to the gradients of the parameters and of the condition.
  ///
  /// With n the normalized x and w the weight, the sample's factor included, dx = (w du - mean(w du) - n mean(w du n)) / deviation,
  /// the means over the group. (Ioffe and Szegedy, "Batch Normalization", 2015.)
  private func finish(
    _ factors: NormFactors, _ sums: UnsafePointer<Double>, _ parameters: Parameters,
    _ statistics: Statistics, _ sample: Int, isFixed: Bool,
    into sampleSums: UnsafeMutablePointer<Float>, _ gradients: NormGradients.Destination
  ) {
    for group in 0..<groups {
      let members = group * groupSize..<(group + 1) * groupSize
      let inverse = Double(statistics.rstd[sample * groups + group])
      var (plain, normalized) = (0.0, 0.0)
      for channel in members {
        let factor = Double(modulation(parameters, sample, channel).factor)
        let weight = Double(parameters.weight?[channel] ?? 1)
        let (scaled, added) = (sums[channel] * inverse, sums[channels + channel])
        sampleSums[channel] = Float(factor * scaled)
        sampleSums[channels + channel] = Float(factor * added)
        plain += factor * weight * added
        normalized += factor * weight * scaled
        guard let own = gradients.modulation.map({ $0 + sample * 2 * channels }) else { continue }
        own[channel] = Float(weight * scaled + Double(parameters.bias?[channel] ?? 0) * added)
        own[channels + channel] = Float(added)
      }
      let count = Double(max(rows * groupSize, 1))
      let slope = isFixed ? 0 : -inverse * inverse * normalized / count
      let level = isFixed ? 0 : -inverse * plain / count
      for channel in members {
        factors.slope[channel] = Float(slope)
        factors.offset[channel] = Float(level - slope * Double(factors.center[channel]))
        guard let own = gradients.shift, let distances = statistics.distances else { continue }
        // The sum of dx over the rows.
        let place = sample * channels + channel
        let sum = slope * Double(distances[place]) + level
        own[place] = Float(
          Double(factors.scale[channel]) * sums[channels + channel] + Double(rows) * sum)
      }
    }
  }

  private func factors(in storage: Storage, _ sample: Int) -> NormFactors {
    NormFactors(
      channels: channels, activation: activation,
      at: storage.base + sample * NormFactors.size(channels: channels))
  }

  /// Memory for two numbers a channel.
  private func doubles(_ worker: Int) -> UnsafeMutablePointer<Double> {
    ThreadPool.shared.scratch(worker, bytes: max(16 * channels, 1))
      .assumingMemoryBound(to: Double.self)
  }

  /// Runs `first` on all blocks of a sample, `between` on the sample and `then` on its blocks.
  ///
  /// Where there are samples for all threads, each goes through the three in turn and stays in the
  /// cache; where there are not, threads share the blocks of each pass.
  private func run(
    _ first: ((Block) -> Void)?, between: (Int, UnsafeMutablePointer<Double>) -> Void,
    then second: (Block) -> Void
  ) {
    let pool = ThreadPool.shared
    let perSample = blocksPerSample
    if samples >= pool.count {
      pool.run(samples) { sample, worker in
        for index in 0..<perSample { first?(block(sample * perSample + index)) }
        between(sample, doubles(worker))
        for index in 0..<perSample { second(block(sample * perSample + index)) }
      }
    } else {
      if let first { pool.run(samples * perSample) { task, _ in first(block(task)) } }
      pool.run(samples) { sample, worker in between(sample, doubles(worker)) }
      pool.run(samples * perSample) { task, _ in second(block(task)) }
    }
  }

  private func block(_ index: Int) -> Block {
    let (sample, number) = index.quotientAndRemainder(dividingBy: blocksPerSample)
    let row = number * rowsPerBlock
    return Block(
      sample: sample, index: index, rows: min(rowsPerBlock, rows - row),
      start: (sample * rows + row) * channels)
  }
}
