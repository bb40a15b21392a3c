import Images

extension ImageDataset {
  /// Which part of a data set.
  ///
  /// IDX and CIFAR-10 bring their own test set. Of a folder's images, those whose path within the
  /// folder has a hash divisible by ten are held out (none of fewer than ten images), so that a
  /// image stays on its side when others come or go.
  public enum Split: String, Sendable, Codable, CaseIterable {
    /// What models learn from.
    case train
    /// What they are evaluated on.
    case heldOut
  }

  /// How images of another size are brought to the wanted one.
  public enum Fit: String, Sendable, Codable, CaseIterable {
    /// `pad` for IDX images, which stand on black, if they fill three quarters of the wanted size;
    /// otherwise `cover`.
    case automatic
    /// Put in the middle of black; what is too large is scaled as by `cover`.
    case pad
    /// The middle square, scaled.
    case cover
  }

  /// How a data set is opened.
  public struct Options: Sendable {
    /// Which part.
    public var split = Split.train
    /// The width and height that images are brought to; nil leaves them as they are, which takes
    /// images that are all of one size.
    public var size: Int?
    /// Where `size` is nil, the most that it is then, and what it is a multiple of: the size of most images, or
    /// less; nil leaves them as they are.
    public var automaticSize: (most: Int, multiple: Int)?
    /// 1, 3 or 4, to which images are converted; nil takes the most that any of them has.
    public var channels: Int?
    /// How images of another size are brought to `size`.
    public var fit = Fit.automatic
    /// Whether files that cannot be read are left out; otherwise they are an error.
    public var skipBroken = false
    /// By which rules the files are read.
    public var reading = ImageReading.current
    /// A part's images are decoded and resized once if the result takes no more bytes than this, and each
    /// time that they are asked for otherwise.
    public var memoryLimit = 1 << 30
    /// The seed of generated images.
    public var seed: UInt64 = 0

    /// The training part as it is stored, or at that size and with so many channels.
    public init(size: Int? = nil, channels: Int? = nil) {
      (self.size, self.channels) = (size, channels)
    }

    /// The width and height that images with those shorter sides are brought to: the median, within what is
    /// asked for; nil to leave them as they are.
    func size(ofImagesWith shorterSides: [Int]) -> Int? {
      guard size == nil, let (most, multiple) = automaticSize, !shorterSides.isEmpty else {
        return size
      }
      let middle = min(most, shorterSides.sorted()[shorterSides.count / 2])
      return max(multiple, middle / multiple * multiple)
    }
  }
}
