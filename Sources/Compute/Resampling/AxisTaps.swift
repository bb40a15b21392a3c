import KernelInterface

/// Resizing along one axis as a sparse matrix: which places of the input each place of the output is
/// made of, and by which weights.
struct AxisTaps: Sendable {
  private(set) var starts = [0]
  private(set) var places: [Int] = []
  private(set) var weights: [Float] = []
  let inputLength: Int

  var count: Int { starts.count - 1 }

  /// The indices of one output place's taps in `places` and `weights`.
  func taps(of place: Int) -> Range<Int> { starts[place]..<starts[place + 1] }

  /// The taps (place, weight) of each place of the output.
  private init(_ taps: [[(place: Int, weight: Float)]], inputLength: Int) {
    self.inputLength = inputLength
    for taps in taps {
      places += taps.map(\.place)
      weights += taps.map(\.weight)
      starts.append(places.count)
    }
  }

  /// Each place repeated.
  static func nearest(_ length: Int, factor: Int) -> AxisTaps {
    AxisTaps((0..<length * factor).map { [($0 / factor, 1)] }, inputLength: length)
  }

  /// Linear interpolation between the centers of pixels, clamped at the ends.
  static func linear(_ length: Int, to outputLength: Int) -> AxisTaps {
    let scale = Double(length) / Double(max(outputLength, 1))
    let taps = (0..<outputLength).map { place -> [(place: Int, weight: Float)] in
      let position = max(0, (Double(place) + 0.5) * scale - 0.5)
      let first = min(Int(position), length - 1)
      let weight = Float(position - Double(first))
      if first == length - 1 || weight == 0 { return [(first, 1)] }
      return [(first, 1 - weight), (first + 1, weight)]
    }
    return AxisTaps(taps, inputLength: length)
  }

  /// The transposed matrix, which takes the output's gradient to the input's.
  var transposed: AxisTaps {
    var transposed = [[(place: Int, weight: Float)]](repeating: [], count: inputLength)
    for output in 0..<count {
      for tap in taps(of: output) {
        transposed[places[tap]].append((output, weights[tap]))
      }
    }
    return AxisTaps(transposed, inputLength: count)
  }
}
