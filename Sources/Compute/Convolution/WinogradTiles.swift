/// The tiles of 2x2 pixels that images [N, H, W] are cut into, row by row; where a side is odd, the last
/// ones reach over the edge.
struct WinogradTiles {
  let batch: Int
  let height: Int
  let width: Int

  private var rows: Int { (height + 1) / 2 }
  private var columns: Int { (width + 1) / 2 }

  /// How many there are in all images.
  var count: Int { batch * rows * columns }

  /// Calls `body` for each pixel of the tiles, [tiles][2 + 2 margin][2 + 2 margin], with its place there
  /// and its number in [N, H, W]: nil for pixels outside the image. The margin is the number of
  /// neighbors on each side that a tile is taken to include.
  func forEachPixel(of range: Range<Int>, margin: Int, _ body: (Int, Int?) -> Void) {
    let side = 2 + 2 * margin
    for (index, tile) in range.enumerated() {
      let (image, inImage) = (tile / (rows * columns), tile % (rows * columns))
      let (top, left) = (inImage / columns * 2 - margin, inImage % columns * 2 - margin)
      var place = index * side * side
      for y in top..<top + side {
        let row = (image * height + y) * width
        for x in left..<left + side {
          let isInside = y >= 0 && y < height && x >= 0 && x < width
          body(place, isInside ? row + x : nil)
          place += 1
        }
      }
    }
  }
}
