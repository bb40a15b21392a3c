/// Rows and columns of an image.
struct ImageSize {
  let height: Int
  let width: Int

  /// Calls `body` for each row that a range of pixels, numbered through all images, has part in: with the place of
  /// the first pixel in the range, the image, the row and the columns.
  func forEachRow(
    of pixels: Range<Int>,
    _ body: (_ place: Int, _ image: Int, _ y: Int, _ columns: Range<Int>) -> Void
  ) {
    var place = 0
    while place < pixels.count {
      let (row, x) = (pixels.lowerBound + place).quotientAndRemainder(dividingBy: width)
      let columns = x..<min(width, x + pixels.count - place)
      body(place, row / height, row % height, columns)
      place += columns.count
    }
  }
}

/// The tiles of 2x2 pixels that images of a size are cut into, row by row; where a side is odd, the last ones reach
/// over the edge. Images of other sizes have as many tiles, with other sides.
struct WinogradTiles {
  private let batch: Int
  private let rows: Int
  private let columns: Int

  /// The tiles of `batch` images.
  init(batch: Int, of size: ImageSize) {
    (self.batch, rows, columns) = (batch, (size.height + 1) / 2, (size.width + 1) / 2)
  }

  /// How many there are in all images.
  var count: Int { batch * rows * columns }

  /// Calls `body` for each pixel of the tiles of images [N, H, W], [tiles][side][side], with its place there and
  /// its number in the images: nil for pixels outside the image.
  ///
  /// - Parameters:
  ///   - side: The side of a tile.
  ///   - step: Pixels from one tile to the next.
  ///   - margin: How many pixels outside the image the first tile begins.
  func forEachPixel(
    of range: Range<Int>, in size: ImageSize, side: Int, step: Int, margin: Int,
    _ body: (Int, Int?) -> Void
  ) {
    var place = 0
    for tile in range {
      let (image, inImage) = (tile / (rows * columns), tile % (rows * columns))
      let (top, left) = (inImage / columns * step - margin, inImage % columns * step - margin)
      for y in top..<top + side {
        let row = (image * size.height + y) * size.width
        for x in left..<left + side {
          let isInside = y >= 0 && y < size.height && x >= 0 && x < size.width
          body(place, isInside ? row + x : nil)
          place += 1
        }
      }
    }
  }
}
