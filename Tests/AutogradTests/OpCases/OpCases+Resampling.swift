import Autograd

extension OpCase {
  static let resampling: [OpCase] =
    [([1, 1, 1, 1], 1), ([2, 3, 2, 5], 2), ([1, 2, 3, 17], 3), ([0, 2, 2, 3], 2)].map {
      (shape, factor) in
      OpCase(.upsampleNearest, "\(shape) by \(factor)", [Input(shape)]) {
        upsampleNearest($0[0], factor: factor)
      } reference: { x in
        Naive.resized(x[0], shape[1] * factor, shape[2] * factor) { place, _, _ in
          [(place / factor, 1)]
        }
      }
    }
    + [
      ([1, 1, 1, 1], 3, 2), ([2, 3, 2, 5], 6, 4), ([1, 4, 5, 17], 3, 7), ([1, 5, 6, 2], 2, 1),
    ].map { (shape, height, width) in
      OpCase(.resizeBilinear, "\(shape) to \(height)x\(width)", [Input(shape)]) {
        resizeBilinear($0[0], height: height, width: width)
      } reference: {
        Naive.resized($0[0], height, width) { place, length, outputLength in
          let center = (Double(place) + 0.5) * Double(length) / Double(outputLength) - 0.5
          let position = min(max(center, 0), Double(length - 1))
          let (first, part) = (Int(position), position - Double(Int(position)))
          return [(first, 1 - part), (min(first + 1, length - 1), part)]
        }
      }
    }
    + [[1, 1, 1, 1], [2, 3, 2, 5], [3, 7, 7, 33], [0, 2, 2, 3]].map { shape in
      OpCase(.globalAveragePool, "of \(shape)", [Input(shape)]) {
        globalAveragePool($0[0])
      } reference: { x in
        let (pixels, channels) = (shape[1] * shape[2], shape[3])
        return Reference([shape[0], channels]) { place in
          let start = place / channels * pixels * channels + place % channels
          return (0..<pixels).reduce(0) { $0 + x[0].elements[start + $1 * channels] }
            / Double(pixels)
        }
      }
    }
}

extension Naive {
  /// Images whose pixels are weighted sums of others along both axes: `taps` has the place and the
  /// weight of what a place of the output is made of, given the lengths of input and output.
  static func resized(
    _ x: Reference, _ height: Int, _ width: Int,
    taps: (_ place: Int, _ length: Int, _ outputLength: Int) -> [(place: Int, weight: Double)]
  ) -> Reference {
    let channels = x.columns
    return Reference([x.shape[0], height, width, channels]) { i in
      let (channel, pixel) = (i % channels, i / channels)
      let (column, row, image) = (pixel % width, pixel / width % height, pixel / width / height)
      var sum = 0.0
      for down in taps(row, x.shape[1], height) {
        for across in taps(column, x.shape[2], width) {
          let place = (image * x.shape[1] + down.place) * x.shape[2] + across.place
          sum += down.weight * across.weight * x.elements[place * channels + channel]
        }
      }
      return sum
    }
  }
}
