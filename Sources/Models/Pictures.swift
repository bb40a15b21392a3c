import Compute
import Images

/// Images [N, H, W, C] in -1...1 as pictures; what is no number is black.
public func pictures(_ values: Values) -> [Image] {
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

/// Pictures of one size, at least one, as images [N, H, W, C] in -1...1, as models take them.
package func values(of pictures: some Collection<Image>) -> Values {
  guard let first = pictures.first else { preconditionFailure("no pictures to make values of") }
  let shape = [first.height, first.width, first.channels]
  let size = first.pixels.count
  return Values([pictures.count] + shape) { values in
    for (index, picture) in pictures.enumerated() {
      precondition(
        [picture.height, picture.width, picture.channels] == shape,
        "values of pictures of different sizes")
      for (place, sample) in picture.pixels.enumerated() {
        values[index * size + place] = Float(sample) / 127.5 - 1
      }
    }
  }
}
