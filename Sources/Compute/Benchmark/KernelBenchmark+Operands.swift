extension KernelBenchmark {
  /// Numbers between -1 and 1.
  static func numbers(_ count: Int) -> Storage {
    let numbers = Storage(count: count)
    RandomStream(seed: 0, purpose: .evaluation).fillUniforms(
      numbers.base, shape: [count], from: -1)
    return numbers
  }

  /// Classes, or tokens.
  static func tokens(_ count: Int, of vocabulary: Int) -> [Int32] {
    RandomStream(seed: 0, purpose: .evaluation).integers(below: vocabulary, count: count)
  }

  /// The shape of images, for people.
  static func images(_ batch: Int, _ side: Int, _ channels: Int) -> String {
    "\(batch)x\(side)x\(side)x\(channels)"
  }
}
