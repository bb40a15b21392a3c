import Autograd
import Compute

extension OpCase {
  private static func distortion(
    _ change: (inout ImageDistortion) -> Void
  ) -> ImageDistortion {
    var distortion = ImageDistortion()
    change(&distortion)
    return distortion
  }

  /// One way after the other, all at once, and what lies outside of the image.
  private static let ways = [
    distortion { _ in },
    distortion { $0.brightness = 0.3 },
    distortion { ($0.saturation, $0.contrast) = (1.7, 0.6) },
    distortion { ($0.right, $0.down) = (-1, 2) },
    distortion { ($0.cutRows, $0.cutColumns) = (-1..<2, 1..<9) },
    distortion {
      ($0.brightness, $0.saturation, $0.contrast) = (-0.4, 0.2, 1.4)
      ($0.right, $0.down, $0.cutRows, $0.cutColumns) = (1, -1, 2..<4, 0..<2)
    },
    distortion { ($0.right, $0.contrast) = (100, 0.5) },
  ]

  static let distortion: [OpCase] =
    [[7, 5, 4, 3], [7, 4, 4, 1], [7, 3, 6, 4], [7, 1, 1, 3], [0, 2, 2, 3]].map { shape in
      OpCase(.distort, "\(shape)", [Input(shape)]) {
        distort($0[0], by: Array(ways[..<shape[0]]))
      } reference: { x in
        Reference(
          shape,
          (0..<shape[0]).flatMap {
            Naive.distorted(x[0], image: $0, by: ways[$0])
          })
      }
    }
}

extension Naive {
  /// An image with one change after the other, as the paper's own code does them.
  static func distorted(
    _ images: Reference, image: Int, by distortion: ImageDistortion
  ) -> [Double] {
    let (height, width, channels) = (images.shape[1], images.shape[2], images.shape[3])
    let colors = channels == 4 ? 3 : channels
    let size = height * width * channels
    var x = Array(images.elements[image * size..<(image + 1) * size])
    let places = x.indices.filter { $0 % channels < colors }
    for place in places { x[place] += Double(distortion.brightness) }
    for pixel in stride(from: 0, to: size, by: channels) {
      let mean = x[pixel..<pixel + colors].reduce(0, +) / Double(colors)
      for place in pixel..<pixel + colors {
        x[place] = (x[place] - mean) * Double(distortion.saturation) + mean
      }
    }
    let mean = places.reduce(0) { $0 + x[$1] } / Double(places.count)
    for place in places { x[place] = (x[place] - mean) * Double(distortion.contrast) + mean }
    return x.indices.map { place in
      let (row, column) = (place / channels / width, place / channels % width)
      let from = (row: row - distortion.down, column: column - distortion.right)
      let isInside =
        (0..<height).contains(from.row) && (0..<width).contains(from.column)
        && !(distortion.cutRows.contains(row) && distortion.cutColumns.contains(column))
      return isInside ? x[(from.row * width + from.column) * channels + place % channels] : 0
    }
  }
}
