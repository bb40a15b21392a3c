import ArgumentParser
import Images
import Training

/// Where pictures or text go, and in which format.
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
    help: ArgumentHelp("By default what the file's ending says.", valueName: "name"),
    completion: .list(["png", "jpeg"]))
  var format: ImageFormat?

  @Option(help: ArgumentHelp("Quality of a JPEG, 1 to 100; 90 by default.", valueName: "n"))
  var quality: Int?

  func validate() throws {
    if let quality, !(1...100).contains(quality) {
      throw ValidationError("--quality is \(quality), but must be 1 to 100")
    }
    if each != nil && output != nil {
      throw ValidationError("--each writes single files and --output a grid: give one of them")
    }
  }

  /// The first of the flags that only pictures have a use for; nil where there is none.
  var first: String? {
    let given = [
      ("--each", each != nil), ("--format", format != nil), ("--quality", quality != nil),
    ]
    return given.first { $0.1 }?.0
  }

  /// Makes sure that pictures can be written to a file of that name.
  func checkPictureName() throws {
    if let output { _ = try fileFormat(of: output) }
  }

  /// Writes pictures as a grid or as single files, and prints where.
  ///
  /// - Parameters:
  ///   - name: the grid's, where no file is named.
  ///   - text: what the files say about themselves.
  func write(
    _ pictures: [Image], columns: Int, name: String, text: [(key: String, value: String)]
  ) throws {
    let ending = format?.fileExtension ?? "png"
    guard let each else {
      let grid = ImageGrid(columns: columns).picture(of: pictures)
      return try write(grid, to: output ?? "\(name).\(ending)", text: text)
    }
    try SystemFiles().createFolders(each)
    let digits = "\(pictures.count - 1)".count
    for (number, picture) in pictures.enumerated() {
      let name = String(repeating: "0", count: digits - "\(number)".count) + "\(number)"
      try write(picture, to: "\(each)/\(name).\(ending)", text: text)
    }
  }

  /// The format of a file of that name.
  private func fileFormat(of path: String) throws -> ImageFormat {
    guard let format = format ?? (path == "-" ? .png : ImageFormat(extensionOf: path)) else {
      throw UsageError(
        "\(path) ends with neither .png nor .jpg: name such a file, or give --format")
    }
    return format
  }

  /// Writes a file's bytes and prints where.
  func write(_ bytes: [UInt8], to path: String) throws {
    try SystemFiles().atomicWrite(path == "-" ? "/dev/stdout" : path, bytes)
    if path != "-" { print(path) }
  }

  /// Writes a picture and prints where, or writes it to standard output.
  private func write(
    _ picture: Image, to path: String, text: [(key: String, value: String)]
  ) throws {
    try write(
      try fileFormat(of: path) == .png
        ? try picture.pngData(text: text) : try picture.jpegData(quality: quality ?? 90),
      to: path)
    let progress = Progress()
    if path != "-" && each == nil && progress.showsPictures {
      progress.say(TerminalPicture.text(of: picture, columns: progress.columns))
    }
  }
}

extension ImageFormat: ExpressibleByArgument {
  /// The format of that name.
  public init?(argument: String) {
    switch argument {
    case "png": self = .png
    case "jpeg", "jpg": self = .jpeg
    default: return nil
    }
  }

  /// What names of such files end with.
  var fileExtension: String { self == .png ? "png" : "jpg" }
}
