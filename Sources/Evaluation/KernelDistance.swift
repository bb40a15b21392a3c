import Models

extension Features {
  /// The squared maximum mean discrepancy to other features with the kernel (x y / size + 1)^3, without
  /// bias: 0 on average for two sets of one distribution, and so at times below 0.
  ///
  /// Gretton et al., "A Kernel Two-Sample Test" (2012); for images, with that kernel, Bińkowski et al.,
  /// "Demystifying MMD GANs" (2018). Each set has at least two vectors.
  public func kernelDistance(to other: Features) -> Double {
    precondition(
      count >= 2 && other.count >= 2, "a kernel distance of \(count) and \(other.count) vectors")
    let within = sumOfKernels(with: self, isSame: true) / Double(count * (count - 1))
    let withinOther =
      other.sumOfKernels(with: other, isSame: true) / Double(other.count * (other.count - 1))
    let between = sumOfKernels(with: other, isSame: false) / Double(count * other.count)
    return within + withinOther - 2 * between
  }

  /// What each vector adds to the distance, but for what the other set adds alone: to first order, the
  /// distance varies with the vectors as twice their mean does.
  func kernelTerms(to other: Features) -> [Double] {
    zip(sumsOfKernels(with: self, isSame: true), sumsOfKernels(with: other, isSame: false)).map {
      2 * ($0 / Double(count - 1) - $1 / Double(other.count))
    }
  }

  /// The sum of the kernel over all pairs; within a set, over those of different vectors.
  private func sumOfKernels(with other: Features, isSame: Bool) -> Double {
    sumsOfKernels(with: other, isSame: isSame).reduce(0, +)
  }

  /// The sums of the kernel of each vector here with those of another set; within a set, with the others.
  private func sumsOfKernels(with other: Features, isSame: Bool) -> [Double] {
    let scale = 1 / Double(size)
    var sums = [Double](repeating: 0, count: count)
    forEachRow(ofProductsWith: other) { row, products in
      for column in 0..<other.count where !isSame || column != row {
        let base = Double(products[column]) * scale + 1
        sums[row] += base * base * base
      }
    }
    return sums
  }
}
