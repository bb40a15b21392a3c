/// A picture as text for a terminal of 24-bit color: a character is two pixels, one above the other,
/// drawn as an upper half block whose foreground is the upper pixel and whose background the lower.
public enum TerminalPicture {
  /// The lines of a picture, scaled down where it is wider than so many columns. Each line ends with
  /// a reset of the colors and a line feed. What is transparent is laid over white.
  public static func text(of image: Image, columns: Int) -> String {
    precondition(columns > 0, "a picture of \(columns) columns")
    if image.pixels.isEmpty { return "" }
    let picture = fitted(image, columns: columns).converted(toChannels: 3)
    var text = ""
    for y in stride(from: 0, to: picture.height, by: 2) {
      // A color is said once, and holds until another one is.
      var foreground = "", background = ""
      for x in 0..<picture.width {
        let upper = "\u{1B}[38;2;" + color(picture, x, y)
        // Below the last of an odd number of rows, the terminal's own background shows.
        let lower = y + 1 < picture.height ? "\u{1B}[48;2;" + color(picture, x, y + 1) : ""
        if upper != foreground { text += upper }
        if lower != background { text += lower }
        text += "▀"
        (foreground, background) = (upper, lower)
      }
      text += "\u{1B}[0m\n"
    }
    return text
  }

  private static func fitted(_ image: Image, columns: Int) -> Image {
    guard image.width > columns else { return image }
    let height = (image.height * columns + image.width / 2) / image.width
    return image.resized(width: columns, height: max(height, 1))
  }

  private static func color(_ image: Image, _ x: Int, _ y: Int) -> String {
    let start = (y * image.width + x) * 3
    return "\(image.pixels[start]);\(image.pixels[start + 1]);\(image.pixels[start + 2])m"
  }
}
