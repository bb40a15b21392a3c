import Compute

/// Random changes that leave an image what it shows.
public struct Augmentation: Equatable, Sendable, Codable {
  /// How images may be mirrored.
  public enum Flip: String, Sendable, Codable, CaseIterable {
    /// Not at all.
    case none
    /// Left and right swapped, of one image in two.
    case horizontal
  }

  /// How images may be mirrored.
  public var flip: Flip
  /// How many pixels of black are put around an image before a random part of its size is cut out.
  public var crop: Int

  /// No change unless asked for.
  public init(flip: Flip = .none, crop: Int = 0) {
    precondition(crop >= 0, "a crop with \(crop) pixels around")
    self.flip = flip
    self.crop = crop
  }

  /// What happens to one image.
  struct Change {
    var isFlipped = false
    /// Where in the image the part begins that is cut out.
    var x = 0, y = 0
  }

  /// An image's change: a function of the seed, the epoch and the image alone. All numbers are
  /// sampled always, so that turning one change on leaves the others as they were.
  func change(of index: Int, epoch: Int, seed: UInt64) -> Change {
    if self == Augmentation() { return Change() }
    var random = RandomStream(seed: seed, purpose: .augmentation)
      .sequence(sample: index, step: epoch)
    let isFlipped = random.integer(below: 2) == 1
    let x = random.integer(below: 2 * crop + 1) - crop
    let y = random.integer(below: 2 * crop + 1) - crop
    return Change(isFlipped: isFlipped && flip == .horizontal, x: x, y: y)
  }
}

extension Augmentation.Change {
  /// Writes an image of 8 bits as floats, [height, width, channels], p / 127.5 - 1 for each sample p:
  /// black is -1, white 1.
  func write(
    _ pixels: UnsafePointer<UInt8>, width: Int, height: Int, channels: Int,
    to destination: UnsafeMutablePointer<Float>
  ) {
    if !isFlipped && x == 0 && y == 0 {
      for index in 0..<width * height * channels {
        destination[index] = Float(pixels[index]) / 127.5 - 1
      }
      return
    }
    destination.update(repeating: -1, count: width * height * channels)
    for row in max(0, -y)..<max(0, -y, min(height, height - y)) {
      for column in max(0, -x)..<max(0, -x, min(width, width - x)) {
        let stored = isFlipped ? width - 1 - (column + x) : column + x
        let source = pixels + ((row + y) * width + stored) * channels
        let target = destination + (row * width + column) * channels
        for channel in 0..<channels { target[channel] = Float(source[channel]) / 127.5 - 1 }
      }
    }
  }
}
