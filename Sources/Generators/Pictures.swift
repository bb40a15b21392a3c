import Compute
import Images

/// Images [N, H, W, C] in -1...1 as pictures; what is no number is black.
public func pictures(_ values: Values) -> [Image] {
  let (height, width, channels) = (values.shape[1], values.shape[2], values.shape[3])
  let size = height * width * channels
  return (0..<values.shape[0]).map { index in
    let start = values.pointer + index * size
    let pixels = (0..<size).map { place -> UInt8 in
      let level = (start[place] + 1) * 127.5
      return level > 0 ? UInt8(min(level, 255).rounded()) : 0
    }
    return Image(width: width, height: height, channels: channels, pixels: pixels)
  }
}

/// A picture as models take it [H, W, C], from -1 (black) to 1 (white).
public func values(_ picture: Image) -> Values {
  Values(
    [picture.height, picture.width, picture.channels],
    picture.pixels.map { Float($0) / 127.5 - 1 })
}
