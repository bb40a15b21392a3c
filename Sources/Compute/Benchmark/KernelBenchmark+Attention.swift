extension KernelBenchmark {
  static let attentions: [KernelBenchmark] =
    [
      // UNets', with heads of eight channels and with one head, and transformers'.
      attention(32, 49, heads: 16, headSize: 8), attention(8, 256, heads: 1, headSize: 256),
      attention(64, 49, heads: 2, headSize: 32),
      attention(12, 64, heads: 4, headSize: 32, isCausal: true),
      attention(32, 128, heads: 4, headSize: 32, isCausal: true),
      attention(16, 256, heads: 4, headSize: 32, isCausal: true),
      attention(64, 256, heads: 6, headSize: 64, isCausal: true),
    ].flatMap { attention in [false, true].map { bench(attention, backward: $0) } }
    // The next character of a text of which 64 or 256 are kept.
    + [cached(64, heads: 4, headSize: 32), cached(256, heads: 6, headSize: 64)]

  private static func attention(
    _ batch: Int, _ length: Int, heads: Int, headSize: Int, isCausal: Bool = false
  ) -> Attention {
    Attention(
      batch: batch, queries: length, keys: length, heads: heads, headSize: headSize,
      isCausal: isCausal)
  }

  private static func bench(_ a: Attention, backward: Bool) -> KernelBenchmark {
    KernelBenchmark(
      "attention-" + (backward ? "gradients" : "forward"),
      "\(a.batch)x\(a.queries) h\(a.heads) d\(a.headSize)" + (a.isCausal ? " causal" : "")
    ) {
      let channels = a.heads * a.headSize
      func input(_ rows: Storage) -> Attention.Input { .init(rows.base, stride: channels) }
      func output(_ rows: Storage) -> Attention.Output { .init(rows.base, stride: channels) }
      let rows = (0..<8).map { _ in numbers(a.batch * a.queries * channels) }
      let (q, k, v, y, dy) = (rows[0], rows[1], rows[2], rows[3], rows[4])
      let logSumExp = Storage(count: a.statisticsCount)
      let forward: () -> Void = {
        a.forward(
          q: input(q), k: input(k), v: input(v), into: output(y), logSumExp: logSumExp.base)
      }
      guard backward else { return forward }
      forward()
      return {
        a.gradients(
          q: input(q), k: input(k), v: input(v), y: input(y), dy: input(dy),
          logSumExp: logSumExp.base, dq: output(rows[5]), dk: output(rows[6]),
          dv: output(rows[7]))
      }
    }
  }

  private static func cached(_ length: Int, heads: Int, headSize: Int) -> KernelBenchmark {
    KernelBenchmark("attention-cached", "1x1 to \(length) h\(heads) d\(headSize)", .read) {
      let channels = heads * headSize
      let a = Attention(batch: 1, queries: 1, keys: length, heads: heads, headSize: headSize)
      let (qkv, k, v) = (
        numbers(3 * channels), numbers(length * channels), numbers(length * channels)
      )
      let (y, logSumExp) = (Storage(count: channels), Storage(count: heads))
      return {
        a.forward(
          q: .init(qkv.base, stride: 3 * channels), k: .init(k.base, stride: channels),
          v: .init(v.base, stride: channels), into: .init(y.base, stride: channels),
          logSumExp: logSumExp.base)
      }
    }
  }

  static let rotations: [KernelBenchmark] = [false, true].map { backward in
    KernelBenchmark("rotary-norm" + (backward ? "-gradient" : ""), "16x256 h4 d32") {
      let rotary = RotaryPositions(
        batch: 16, length: 256, heads: 4, headSize: 32, normEpsilon: 1e-6)
      let (x, dy, y) = (numbers(4096 * 384), numbers(4096 * 384), Storage(count: 4096 * 384))
      return backward
        ? { rotary.gradient(x.base, dy.base, into: y.base) }
        : { rotary.forward(x.base, into: y.base) }
    }
  }
}
