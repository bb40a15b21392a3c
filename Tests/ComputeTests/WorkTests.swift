import KernelInterface
import Testing

@testable import Compute

/// What the entries of Compute add to the count of all work, beside sums written out here.
@Suite struct WorkTests {
  @Test func matmuls() {
    let (a, b, c) = (values(7 * 11), values(11 * 20), values(7 * 20))
    let product = MatrixProduct(m: 7, n: 20, k: 11)
    let sums = 7 * 20 * (11 + 11)
    expect(sums, floats: 77 + 220 + 140) { product(a.pointer, b.pointer, into: c.storage.base) }
    expect(sums, floats: 77 + 220 + 2 * 140 + 20) {
      product(a.pointer, b.pointer, into: c.storage.base, bias: b.pointer, accumulate: true)
    }
    let column = MatrixProduct(m: 7, n: 1, k: 11, transposeA: true)
    expect(7 * 22, floats: 77 + 11 + 7) { column(a.pointer, b.pointer, into: c.storage.base) }
  }

  /// By Winograd's algorithm, by taps, and as one product: each counts once.
  @Test(arguments: [(3, 1), (3, 0), (1, 0), (8, 0)]) func convolutions(kernel: Int, padding: Int) {
    let convolution = Convolution(
      batch: 2, height: 8, width: 8, inChannels: 16, outChannels: 32, kernel: (kernel, kernel),
      padding: padding)
    let side = 8 + 2 * padding - kernel + 1
    let (x, y, w) = (2 * 64 * 16, 2 * side * side * 32, kernel * kernel * 16 * 32)
    let sums = 2 * side * side * 32 * kernel * kernel * 16 * 2
    let (images, weights, results) = (values(x), values(w), values(y))
    expect(sums, floats: x + w + y) {
      convolution.forward(images.pointer, weights.pointer, into: results.storage.base)
    }
    expect(sums, floats: 2 * x + w + y) {
      convolution.inputGradient(
        results.pointer, weights.pointer, into: images.storage.base, accumulate: true)
    }
    expect(sums, floats: x + w + y) {
      convolution.weightGradient(images.pointer, results.pointer, into: weights.storage.base)
    }
  }

  @Test func attention() {
    let (heads, size, length) = (2, 8, 5)
    let channels = heads * size
    func input(_ v: Values) -> Attention.Input { .init(v.pointer, stride: channels) }
    func output(_ v: Values) -> Attention.Output { .init(v.storage.base, stride: channels) }
    let rows = (0..<8).map { _ in values(3 * length * channels) }
    let statistics = values(3 * heads * length)
    let causal = Attention(
      batch: 3, queries: length, keys: length, heads: heads, headSize: size, isCausal: true)
    let seen = 3 * heads * (1 + 2 + 3 + 4 + 5)
    let row = 3 * length * channels
    expect(seen * size * 2 * 2, floats: 4 * row + 3 * heads * length) {
      causal.forward(
        q: input(rows[0]), k: input(rows[1]), v: input(rows[2]), into: output(rows[3]),
        logSumExp: statistics.storage.base)
    }
    expect(seen * size * 5 * 2, floats: 8 * row + 3 * heads * length) {
      causal.gradients(
        q: input(rows[0]), k: input(rows[1]), v: input(rows[2]), y: input(rows[3]),
        dy: input(rows[4]), logSumExp: statistics.pointer, dq: output(rows[5]),
        dk: output(rows[6]), dv: output(rows[7]))
    }
  }

  /// The cache's copies and the attention of one query count themselves.
  @Test func aQueryToACache() {
    let (channels, batch) = (16, 3)
    let qkv = Values.zeros([batch, 1, 3 * channels])
    let attention = (operations: batch * 2 * channels * 2, floats: batch * (4 * channels + 2))
    expect(attention.operations, floats: attention.floats + batch * 2 * 2 * channels) {
      let cache = KeyValueCache(batch: batch, capacity: 4, channels: channels)
      _ = cache.attend(qkv: qkv, heads: 2)
    }
  }

  @Test func elementwise() {
    let (x, y) = (values(100), values(100))
    expect(100, floats: 300) {
      Elementwise.combine(.add, x.pointer, x.pointer, into: y.storage.base, count: 100)
    }
    expect(400, floats: 400) {
      Elementwise.scaledSum(
        2, x.pointer, 3, x.pointer, into: y.storage.base, count: 100, accumulate: true)
    }
    expect(0, floats: 200) { Elementwise.copy(x.pointer, into: y.storage.base, count: 100) }
    expect(100, floats: 300) {
      Elementwise.copy(x.pointer, into: y.storage.base, count: 100, accumulate: true)
    }
    expect(0, floats: 2 * 60) {
      Elementwise.copyRows(
        x.pointer, distance: 10, into: y.storage.base, distance: 6, rows: 10, columns: 6)
    }
    expect(100, floats: 200) { Activation.gelu.apply(x.pointer, into: y.storage.base, count: 100) }
    expect(200, floats: 300) {
      Activation.gelu.gradient(saved: x.pointer, x.pointer, into: y.storage.base, count: 100)
    }
    expect(50 * 2, floats: 150) {
      GatedSilu(rows: 5, columns: 10).forward(x.pointer, into: y.storage.base)
    }
  }

  @Test func sums() {
    let (x, y) = (values(40 * 20), values(40))
    expect(800, floats: 800) { _ = Reductions.sum(x.pointer, count: 800) }
    expect(1600, floats: 1600) { _ = Reductions.dot(x.pointer, x.pointer, count: 800) }
    // Each row counts, and their losses are summed.
    expect(800 * 4 + 40, floats: 40 * 20 + 3 * 40 + 40) {
      let targets = [Int32](repeating: 3, count: 40)
      _ = CrossEntropy(rows: 40, classes: 20).forward(
        x.pointer, targets: targets, logSumExp: y.storage.base)
    }
    // The sums are copied to where they belong.
    expect(800, floats: 800 + 2 * 20) {
      Reductions.columnSums(x.pointer, into: y.storage.base, rows: 40, columns: 20)
    }
  }

  @Test func norms() {
    let (x, y, statistics) = (values(2 * 30 * 8), values(2 * 30 * 8), values(100))
    let (mean, deviation) = (statistics.storage.base, statistics.storage.base + 50)
    let group = GroupNormalization(batch: 2, rows: 30, channels: 8, groups: 4, activation: .silu)
    expect(480 * 7, floats: 2 * 480 + 2 * 8 + 2 * 2 * 4) {
      group.forward(
        x.pointer, weight: nil, bias: nil, into: y.storage.base, mean: mean,
        rstd: deviation)
    }
    let row = LayerNormalization(rows: 30, columns: 8)
    expect(240 * 7, floats: 2 * 240 + 2 * 8 + 2 * 30) {
      row.forward(
        x.pointer, weight: nil, bias: nil, into: y.storage.base, mean: mean,
        rstd: deviation)
    }
    // The pass counts once, whatever is asked for after it.
    expect(240 * 13, floats: 3 * 240 + 3 * 8 + 2 * 30 + 2 * 2 * 8) {
      let gradients = row.gradients(
        x.pointer, x.pointer, weight: nil, mean: mean, rstd: deviation)
      gradients.input(into: y.storage.base)
      gradients.weight(into: y.storage.base)
      gradients.bias(into: y.storage.base)
    }
  }

  /// One step goes through a matrix product, which counts itself; several go through a packed weight.
  @Test(arguments: [1, 6]) func recurrence(steps: Int) {
    let (batch, size) = (3, 4)
    let states = batch * steps * size
    let (input, weight, output) = (values(states * 4), values(4 * size * size), values(states * 4))
    let (cell, hidden, first) = (values(states), values(states), values(batch * size))
    let own = 10 * states + 4 * size + batch * size
    // The products of one step lie in memory; those of several do not.
    let product = size * 4 * size + batch * size + (steps == 1 ? batch * 4 * size : 0)
    expect(states * (2 * 4 * size + 17), floats: own + product) {
      LongShortTermMemory(batch: batch, steps: steps, size: size).forward(
        input.pointer, bias: weight.pointer, weight: weight.pointer,
        from: .init(hidden: first.pointer, cell: first.pointer), into: output.storage.base,
        cell: cell.storage.base, hidden: hidden.storage.base)
    }
  }

  @Test func optimizerAndRandomNumbers() {
    let arrays = (0..<5).map { _ in values(100) }
    func step(_ average: Values?) {
      AdamStep()(
        parameters: arrays[0].storage.base, gradients: arrays[1].pointer,
        firstMoments: arrays[2].storage.base, secondMoments: arrays[3].storage.base,
        average: average?.storage.base, count: 100, step: 1)
    }
    // Parameters and both moments are read and written, gradients are read.
    expect(1700, floats: 700) { step(nil) }
    expect(2000, floats: 900) { step(arrays[4]) }
    let stream = RandomStream(seed: 0, purpose: .noise)
    expect(600, floats: 100) { stream.fillNormals(arrays[0].storage.base, shape: [5, 20]) }
    expect(200, floats: 100) { stream.fillUniforms(arrays[0].storage.base, shape: [5, 20]) }
  }

  private func values(_ count: Int) -> Values { Values.zeros([count]) }

  /// Expects that `body` adds so much. The count is the program's, and other tests work beside this one:
  /// the least of many rounds is the body's own.
  private func expect(
    _ operations: Int, floats: Int, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () -> Void
  ) {
    let rounds = (0..<100).map { _ in
      let start = Work.total
      body()
      return Work.total - start
    }
    #expect(
      rounds.map(\.operations).min() == operations, "operations", sourceLocation: sourceLocation)
    #expect(rounds.map(\.bytes).min() == 4 * floats, "bytes", sourceLocation: sourceLocation)
  }
}
