/// An image as text for a terminal: a character is two pixels, one above the other, drawn as an upper
/// half block whose foreground is the upper pixel and whose background the lower.
public enum TerminalImage {
  /// What a terminal can show.
  public enum Colors: Sendable, CaseIterable {
    /// Any color, of 24 bits.
    case exact
    /// The 240 colors of xterm's table that are the same everywhere: a cube of 6x6x6, and 24 grays.
    case palette
    /// None, and no escape sequence either: a character is one of five shades, from a space for black to
    /// a full block for white, as on a dark screen.
    case none
  }

  /// The lines of an image, scaled down where it has more columns than `columns`, or takes more lines
  /// than `rows`. Each line ends with a reset of the colors, if there are any, and a line feed. What is
  /// transparent is laid over white.
  public static func text(
    of image: Image, columns: Int, rows: Int = ImageLimits.side, colors: Colors = .exact
  ) -> String {
    precondition(columns > 0 && rows > 0, "an image of \(columns) columns and \(rows) rows")
    if image.pixels.isEmpty { return "" }
    let shown = fitted(image, columns: columns, rows: rows)
    return colors == .none
      ? shades(shown.converted(toChannels: 1))
      : halfBlocks(shown.converted(toChannels: 3), colors)
  }

  /// The lines of a grid of images that all have one size and `gridColumns` to a row: of each the whole, or the half, a
  /// third and so on of its width and height, until four stand side by side and one is no higher than `rows` lines; and
  /// of the images as many as these lines have room for, the first ones.
  public static func text(
    of images: [Image], gridColumns: Int, columns: Int, rows: Int = ImageLimits.side,
    colors: Colors = .exact
  ) -> String {
    precondition(gridColumns > 0, "a grid of no columns")
    guard let first = images.first else { return "" }
    let widest = min(gridColumns, images.count)
    func room(_ length: Int, _ size: Int) -> Int { (length + padding) / (size + padding) }
    var (part, width, height) = (1, first.width, first.height)
    while room(columns, width) < min(widest, leastColumns) || height > 2 * rows,
      width > 1 || height > 1
    {
      part += 1
      (width, height) = (max(1, first.width / part), max(1, first.height / part))
    }
    let across = min(widest, max(1, room(columns, width)))
    let shown = images.prefix(across * max(1, room(2 * rows, height))).map {
      part == 1 ? $0 : $0.resized(width: width, height: height)
    }
    let bordered = ImageGrid(columns: across, padding: padding).image(of: shown)
    let grid = bordered.cropped(
      x: padding, y: padding, width: bordered.width - 2 * padding,
      height: bordered.height - 2 * padding)
    return text(of: grid, columns: columns, rows: rows, colors: colors)
  }

  /// Pixels between the images of a grid.
  private static let padding = 1
  /// Fewer images of a grid do not show what there is.
  private static let leastColumns = 4

  private static func fitted(_ image: Image, columns: Int, rows: Int) -> Image {
    let (width, height, lines) = (image.width, image.height, 2 * rows)
    if width <= columns && height <= lines { return image }
    // The side that has to shrink by more says how small.
    return width * lines >= height * columns
      ? image.resized(width: columns, height: max((height * columns + width / 2) / width, 1))
      : image.resized(width: max((width * lines + height / 2) / height, 1), height: lines)
  }

  private static func halfBlocks(_ image: Image, _ colors: Colors) -> String {
    var text = ""
    for y in stride(from: 0, to: image.height, by: 2) {
      // A color is said once, and holds until another one is.
      var foreground = "", background = ""
      for x in 0..<image.width {
        let upper = "\u{1B}[38;" + color(image, x, y, colors)
        // Below the last of an odd number of rows, the terminal's own background shows.
        let lower = y + 1 < image.height ? "\u{1B}[48;" + color(image, x, y + 1, colors) : ""
        if upper != foreground { text += upper }
        if lower != background { text += lower }
        text += "▀"
        (foreground, background) = (upper, lower)
      }
      text += "\u{1B}[0m\n"
    }
    return text
  }

  private static func color(_ image: Image, _ x: Int, _ y: Int, _ colors: Colors) -> String {
    let start = (y * image.width + x) * 3
    let (red, green, blue) = (image.pixels[start], image.pixels[start + 1], image.pixels[start + 2])
    return colors == .exact
      ? "2;\(red);\(green);\(blue)m" : "5;\(paletteIndex(Int(red), Int(green), Int(blue)))m"
  }

  /// The color of xterm's table that is nearest in red, green and blue.
  private static func paletteIndex(_ red: Int, _ green: Int, _ blue: Int) -> Int {
    // The cube's levels are 0, 95, 135, 175, 215 and 255; the grays go from 8 to 238 by tens.
    func step(_ level: Int) -> Int { level < 48 ? 0 : level < 115 ? 1 : (level - 35) / 40 }
    func cube(_ step: Int) -> Int { step == 0 ? 0 : 55 + 40 * step }
    func distance(_ r: Int, _ g: Int, _ b: Int) -> Int {
      (r - red) * (r - red) + (g - green) * (g - green) + (b - blue) * (b - blue)
    }
    let (r, g, b) = (step(red), step(green), step(blue))
    let gray = min(max((red + green + blue - 9) / 30, 0), 23)
    let level = 8 + 10 * gray
    return distance(level, level, level) < distance(cube(r), cube(g), cube(b))
      ? 232 + gray : 16 + 36 * r + 6 * g + b
  }

  /// Each pair of gray pixels as the shade that is nearest to their mean.
  private static func shades(_ image: Image) -> String {
    let shades: [Character] = [" ", "░", "▒", "▓", "█"]
    var text = ""
    for y in stride(from: 0, to: image.height, by: 2) {
      for x in 0..<image.width {
        let upper = Int(image.pixels[y * image.width + x])
        let lower = y + 1 < image.height ? Int(image.pixels[(y + 1) * image.width + x]) : 0
        text.append(shades[((upper + lower) * 4 + 255) / 510])
      }
      text += "\n"
    }
    return text
  }
}
