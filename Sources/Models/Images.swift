import Compute
import Images

/// Images [N, H, W, C] in -1...1 as images; what is no number is black.
public func images(_ values: Values) -> [Image] {
  let (height, width, channels) = (values.shape[1], values.shape[2], values.shape[3])
  let size = height * width * channels
  return (0..<values.shape[0]).map { index in
    let start = values.pointer + index * size
    if MemoryPlan.isRehearsal {
      return Image(
        width: width, height: height, channels: channels, pixels: Array(repeating: 0, count: size))
    }
    let pixels = (0..<size).map { place -> UInt8 in
      let level = (start[place] + 1) * 127.5
      return level > 0 ? UInt8(min(level, 255).rounded()) : 0
    }
    return Image(width: width, height: height, channels: channels, pixels: pixels)
  }
}

/// Images of one size, at least one, as images [N, H, W, C] in -1...1, as models take them.
package func values(of images: some Collection<Image>) -> Values {
  guard let first = images.first else { preconditionFailure("no images to make values of") }
  let shape = [first.height, first.width, first.channels]
  let size = first.pixels.count
  return Values([images.count] + shape) { values in
    for (index, image) in images.enumerated() {
      precondition(
        [image.height, image.width, image.channels] == shape,
        "values of images of different sizes")
      for (place, sample) in image.pixels.enumerated() {
        values[index * size + place] = Float(sample) / 127.5 - 1
      }
    }
  }
}
