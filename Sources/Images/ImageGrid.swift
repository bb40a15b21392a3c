/// Many images of one size in one: rows and columns with a border around each, as torchvision's
/// `make_grid` lays them out.
public struct ImageGrid: Sendable {
  /// How many images a row has at most. Nil: as many as make the grid square, or a little wider.
  public let columns: Int?
  /// The pixels between the images, and around them all.
  public let padding: Int
  /// Every sample of what the images leave free. Where there is an alpha, it is opaque.
  public let background: UInt8

  /// A layout.
  public init(columns: Int? = nil, padding: Int = 2, background: UInt8 = 0) {
    precondition(
      columns.map { $0 > 0 } ?? true && padding >= 0,
      "a grid of \(columns ?? 0) columns with \(padding) pixels between")
    self.columns = columns
    self.padding = padding
    self.background = background
  }

  /// The images of a grid of this padding, each of that size, in the order of its rows; none where it is no such
  /// grid.
  public func images(in grid: Image, width: Int, height: Int) -> [Image] {
    let (across, down) = (width + padding, height + padding)
    guard width > 0, height > 0, (grid.width - padding) % across == 0,
      (grid.height - padding) % down == 0
    else { return [] }
    return (0..<(grid.height - padding) / down).flatMap { row in
      (0..<(grid.width - padding) / across).map { column in
        grid.cropped(
          x: padding + column * across, y: padding + row * down, width: width, height: height)
      }
    }
  }

  /// The images in rows from the top left. They must have one size and as many channels.
  public func image(of images: [Image]) -> Image {
    precondition(!images.isEmpty, "a grid of no images")
    let (width, height, channels) = (images[0].width, images[0].height, images[0].channels)
    let square = Int(Double(images.count).squareRoot().rounded(.up))
    let columns = min(columns ?? square, images.count)
    let rows = (images.count + columns - 1) / columns
    var grid = Image(
      width: columns * (width + padding) + padding, height: rows * (height + padding) + padding,
      channels: channels, value: background)
    if channels == 4 {
      for alpha in stride(from: 3, to: grid.pixels.count, by: 4) { grid.pixels[alpha] = 255 }
    }
    for (index, image) in images.enumerated() {
      precondition(
        image.width == width && image.height == height && image.channels == channels,
        "image \(index) of a grid is \(image.width)x\(image.height)x\(image.channels), "
          + "the first \(width)x\(height)x\(channels)")
      grid.paste(
        image, x: padding + index % columns * (width + padding),
        y: padding + index / columns * (height + padding))
    }
    return grid
  }
}
