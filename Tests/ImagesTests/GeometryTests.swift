import Images
import Testing

@Suite struct GeometryTests {
  /// Rows of single-channel samples.
  private func image(_ rows: [[UInt8]]) -> Image {
    Image(width: rows[0].count, height: rows.count, channels: 1, pixels: rows.flatMap { $0 })
  }

  @Test func flips() {
    let stored = Image(
      width: 2, height: 2, channels: 3, pixels: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    #expect(stored.flippedHorizontally().pixels == [4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9])
    #expect(stored.flippedVertically().pixels == [7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6])
    let empty = Image(width: 0, height: 3, channels: 1, pixels: [])
    #expect(empty.flippedHorizontally() == empty)
  }

  @Test func crops() {
    let stored = image([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]])
    #expect(stored.cropped(x: 1, y: 1, width: 2, height: 2) == image([[6, 7], [10, 11]]))
    #expect(stored.cropped(x: 0, y: 0, width: 4, height: 3) == stored)
    #expect(stored.cropped(x: 4, y: 3, width: 0, height: 0).pixels.isEmpty)
    #expect(stored.centerCropped(width: 2, height: 1) == image([[6, 7]]))
    #expect(stored.centerCroppedToSquare() == image([[1, 2, 3], [5, 6, 7], [9, 10, 11]]))
  }

  @Test func padding() {
    let stored = image([[1, 2]])
    #expect(
      stored.padded(left: 1, top: 1, right: 0, bottom: 0, value: 9)
        == image([[9, 9, 9], [9, 1, 2]])
    )
    #expect(stored.padded(toWidth: 3, height: 3) == image([[0, 0, 0], [1, 2, 0], [0, 0, 0]]))
  }

  @Test func channels() {
    let grey = image([[7, 200]])
    #expect(grey.converted(toChannels: 3).pixels == [7, 7, 7, 200, 200, 200])
    #expect(grey.converted(toChannels: 4).pixels == [7, 7, 7, 255, 200, 200, 200, 255])
    #expect(grey.converted(toChannels: 3).converted(toChannels: 1) == grey)
    let color = Image(
      width: 4, height: 1, channels: 3, pixels: [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 100, 200])
    // 0.299 R + 0.587 G + 0.114 B
    #expect(color.converted(toChannels: 1).pixels == [76, 150, 29, 84])
    let clear = Image(width: 2, height: 1, channels: 4, pixels: [0, 0, 0, 0, 0, 100, 255, 128])
    #expect(clear.converted(toChannels: 3).pixels == [255, 255, 255, 127, 177, 255])
    #expect(clear.converted(toChannels: 1).pixels == [255, 171])
    #expect(color.converted(toChannels: 4).converted(toChannels: 3) == color)
  }

  @Test func aGrid() {
    let images = (1...3).map { Image(width: 2, height: 1, channels: 1, value: UInt8($0)) }
    let grid = ImageGrid(columns: 2, padding: 1, background: 9).image(of: images)
    #expect(
      grid
        == image([
          [9, 9, 9, 9, 9, 9, 9], [9, 1, 1, 9, 2, 2, 9], [9, 9, 9, 9, 9, 9, 9],
          [9, 3, 3, 9, 9, 9, 9], [9, 9, 9, 9, 9, 9, 9],
        ]))
    // torchvision's make_grid: 64 images of 32 pixels, 8 in a row, give 274 x 274.
    let cells = ImageGrid(columns: 2, padding: 1).images(in: grid, width: 2, height: 1)
    #expect(cells.prefix(3) == images[...] && cells.count == 4)
    #expect(ImageGrid(padding: 1).images(in: grid, width: 3, height: 1).isEmpty)
    let many = ImageGrid().image(
      of: (0..<64).map { _ in images[0].resized(width: 32, height: 32) })
    #expect(many.width == 274 && many.height == 274)
    let clear = ImageGrid().image(of: [Image(width: 1, height: 1, channels: 4, value: 0)])
    #expect(clear.pixels[..<4] == [0, 0, 0, 255] && clear.pixels[(2 * 5 + 2) * 4 + 3] == 0)
  }

  @Test func aTerminalImage() {
    let escape = "\u{1B}["
    let shown = image([[0, 0], [255, 255], [5, 6]])
    #expect(
      TerminalImage.text(of: shown, columns: 80) == """
        \(escape)38;2;0;0;0m\(escape)48;2;255;255;255m▀▀\(escape)0m
        \(escape)38;2;5;5;5m▀\(escape)38;2;6;6;6m▀\(escape)0m

        """)
    // xterm's table: the nearest of the cube and of the grays.
    let colors = Image(
      width: 4, height: 1, channels: 3,
      pixels: [255, 0, 0, 128, 128, 128, 90, 140, 180, 10, 8, 5])
    #expect(
      TerminalImage.text(of: colors, columns: 80, colors: .palette)
        == [196, 244, 67, 232].map { "\(escape)38;5;\($0)m▀" }.joined() + "\(escape)0m\n")
    let grays = image([[0, 63, 128, 192, 255], [0, 65, 126, 190, 255], [255, 0, 0, 0, 0]])
    #expect(TerminalImage.text(of: grays, columns: 5, colors: .none) == " ░▒▓█\n▒    \n")
    let tall = TerminalImage.text(
      of: gradient(width: 20, height: 100, channels: 1), columns: 40, rows: 10, colors: .none)
    #expect(tall.split(separator: "\n").map(\.count) == Array(repeating: 4, count: 10))
    let wide = TerminalImage.text(of: gradient(width: 100, height: 50, channels: 3), columns: 40)
    let lines = wide.split(separator: "\n")
    #expect(lines.count == 10)
    #expect(lines.allSatisfy { $0.filter { $0 == "▀" }.count == 40 })
  }

  /// In a small terminal images are fewer and smaller, but all of one size, and four of them to a row at least.
  @Test(arguments: [
    // 28 pixels, ten to a row: as they are where there is room, halves in rows of five, whole again on a screen
    // that is wide and low.
    (28, 100, 10, 300, 99, 289, 173), (28, 100, 10, 80, 22, 74, 44),
    (28, 100, 10, 200, 16, 173, 28),
    // 64 pixels: quarters, four by two.
    (64, 64, 8, 80, 22, 67, 33), (64, 64, 8, 3, 1, 3, 1), (28, 3, 3, 80, 22, 44, 14),
  ])
  func aGridInATerminal(
    _ side: Int, _ count: Int, _ gridColumns: Int, _ columns: Int, _ rows: Int, _ width: Int,
    _ height: Int
  ) {
    let images = (0..<count).map { _ in Image(width: side, height: side, channels: 1, value: 255) }
    let text = TerminalImage.text(
      of: images, gridColumns: gridColumns, columns: columns, rows: rows, colors: .none)
    let lines = text.split(separator: "\n")
    #expect(lines.count == (height + 1) / 2 && lines.allSatisfy { $0.count == width })
  }
}
