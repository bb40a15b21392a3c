import ArgumentParser
import Files
import Images
import Training

/// Where images or text go, and in which format.
struct OutputFlags: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("File of the grid or the text, - for standard output.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp("Write single files to this folder.", valueName: "folder"),
    completion: .directory)
  var each: String?

  @Option(
    help: ArgumentHelp(
      "png, apng (an animation) or jpeg; by default what the file's ending says.",
      valueName: "name"),
    completion: .list(["png", "apng", "jpeg"]))
  var format: OutputFormat?

  @Option(help: ArgumentHelp("Quality of a JPEG, 1 to 100; 90 by default.", valueName: "n"))
  var quality: Int?

  @Option(
    help: ArgumentHelp(
      "Pixels to write in place of each, in width and height, 1 to 16.", valueName: "n"))
  var scale: Int?

  @Flag(
    help: "Show the images in the terminal; no file then, unless one is named.")
  var show = false

  func validate() throws {
    if let quality, !(1...100).contains(quality) {
      throw ValidationError("--quality is \(quality), but must be 1 to 100")
    }
    if let scale, !(1...16).contains(scale) {
      throw ValidationError("--scale is \(scale), but must be 1 to 16")
    }
    if quality != nil && (format ?? output.flatMap(OutputFormat.init(extensionOf:))) != .jpeg {
      throw ValidationError(
        "--quality is for JPEG: name a file that ends with .jpg, or give --format jpeg")
    }
    if each != nil && output != nil {
      throw ValidationError("--each writes single files and --output a grid: give one of them")
    }
    if show, let output, Output.isStandardOutput(output) {
      throw ValidationError(
        "--show draws on standard output: name a file other than \(output) for --output")
    }
    if let each, ["", "-"].contains(each) {
      throw ValidationError("--each is \"\(each)\", but must name a folder")
    }
  }

  /// The first of the flags that only images have a use for; nil where there is none.
  var first: String? {
    let given = [
      ("--each", each != nil), ("--format", format != nil), ("--quality", quality != nil),
      ("--scale", scale != nil),
      ("--show", show), ("--output \(output ?? "")", isAnimated),
    ]
    return given.first { $0.1 }?.0
  }

  /// Whether an animation is asked for.
  var isAnimated: Bool { (format ?? output.flatMap(OutputFormat.init(extensionOf:))) == .apng }

  /// Makes sure, before anything is sampled, that images can be written where they are to.
  /// - Parameters:
  ///   - name: The grid's, where no file is named.
  ///   - others: What else is written.
  func check(name: String, others: [String]) throws {
    if let output { _ = try fileFormat(of: output) }
    if show, let other = others.first(where: Output.isStandardOutput) {
      throw UsageError("--show draws on standard output: name a file other than \(other)")
    }
    try Output.check((gridPath(name: name).map { [$0] } ?? []) + others)
  }

  /// Where the grid goes; nil where there is none.
  private func gridPath(name: String) -> String? {
    if each != nil || show && output == nil && format == nil { return nil }
    return output ?? "\(name).\((format ?? .png).fileExtension)"
  }

  /// Writes images as a grid or as single files, and prints where; shows them, if that is asked for.
  ///
  /// - Parameters:
  ///   - name: the grid's, where no file is named.
  ///   - text: what the files say about themselves.
  func write(
    _ images: [Image], columns: Int, name: String, text: [(key: String, value: String)]
  ) throws {
    show(images, columns: columns)
    let grid = ImageGrid(columns: columns).image(of: images)
    try write(
      images.count, name: name, grid: { try bytes(grid, $0, text: text) },
      single: { try bytes(images[$0], $1, text: text) })
  }

  /// Does the same with images that move.
  func write(
    _ film: Film, columns: Int, name: String, text: [(key: String, value: String)]
  ) throws {
    show(film.images, columns: columns)
    try write(
      film.count, name: name, grid: { _ in try film.grid(columns: columns, text: text) },
      single: { index, _ in try film.single(index, text: text) })
  }

  private func write(
    _ count: Int, name: String, grid: (OutputFormat) throws -> [UInt8],
    single: (Int, OutputFormat) throws -> [UInt8]
  ) throws {
    if let path = gridPath(name: name) {
      try Output(path).writeAndTell(grid(try fileFormat(of: path)))
    }
    guard let each else { return }
    try SystemFiles().createFolders(each)
    let paths = singlePaths(count)
    let replaced = paths.count { fileKind($0) != nil }
    for (number, path) in paths.enumerated() {
      try Output(path).writeAndTell(single(number, try fileFormat(of: path)))
    }
    if replaced > 0 {
      writeToStandardError(
        "replaced \(replaced) file\(replaced == 1 ? "" : "s") of the same name in \(each)\n")
    }
  }

  /// Where single files go; nowhere without a folder for them.
  private func singlePaths(_ count: Int) -> [String] {
    guard let each else { return [] }
    let ending = (format ?? .png).fileExtension
    let digits = "\(count - 1)".count
    return (0..<count).map { number in
      let name = String(repeating: "0", count: digits - "\(number)".count) + "\(number)"
      return "\(each)/\(name).\(ending)"
    }
  }

  /// All files that so many images go to.
  func paths(count: Int, name: String) -> [String] {
    (gridPath(name: name).map { [$0] } ?? []) + singlePaths(count)
  }

  /// The format of a file of that name.
  private func fileFormat(of path: String) throws -> OutputFormat {
    guard
      let format = format ?? OutputFormat(extensionOf: path) ?? (Output.isStream(path) ? .png : nil)
    else {
      throw UsageError(
        "\(path) ends with neither .png, .apng nor .jpg: name such a file, or give --format")
    }
    return format
  }

  private func bytes(
    _ image: Image, _ format: OutputFormat, text: [(key: String, value: String)]
  ) throws -> [UInt8] {
    format == .jpeg
      ? try image.jpegData(quality: quality ?? 90) : try image.pngData(text: text)
  }

  /// Draws images on standard output if that is asked for, or else as a message where there is a terminal with
  /// colors.
  private func show(_ images: [Image], columns: Int) {
    if show {
      let text = TerminalImage.forStandardOutput(images, gridColumns: columns)
      return print("\(raw: text)", terminator: "")
    }
    if !StandardOutput.takesFile && each == nil { Progress().show(images, columns: columns) }
  }
}
