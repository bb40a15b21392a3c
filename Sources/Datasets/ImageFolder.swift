import Images

/// The pictures in a folder and all folders below it.
///
/// Pictures are files named `.png`, `.jpg` or `.jpeg` in any case. Hidden files and folders are
/// passed over; links are followed to files within the folder alone. The class of a picture is the
/// first-level folder that it is in, `.` for those beside such folders.
struct ImageFolder: ImageSource {
  let root: String
  /// Paths within the root, in the order of their bytes.
  let paths: [String]
  /// What is named like a picture and is none, as a look at the file system tells.
  private(set) var broken: [BrokenFile] = []
  /// How many files are not named like pictures.
  private(set) var otherFiles = 0

  var count: Int { paths.count }

  func image(_ index: Int, forShorterSide side: Int?) throws(DatasetError) -> Image {
    try reading { () throws(ImageError) in
      try Image(contentsOf: "\(root)/\(paths[index])", forShorterSide: side)
    }
  }

  /// Lists a folder; nothing is read yet.
  init(_ root: String) throws(DatasetError) {
    guard let realRoot = Folder.realPath(root) else {
      throw DatasetError(.missing, root, "nothing is there")
    }
    self.root = root
    let within = realRoot == "/" ? "/" : realRoot + "/"
    var (found, folders) = ([String](), [""])
    while let folder = folders.popLast() {
      for name in try Folder.names(in: folder.isEmpty ? root : "\(root)/\(folder)") {
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        switch Self.verdict("\(root)/\(path)", within: within) {
        case .folder: folders.append(path)
        case .picture: found.append(path)
        case .other: otherFiles += 1
        case .refused(let reason): broken.append(BrokenFile(path: path, reason: reason))
        }
      }
    }
    paths = found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Some of the pictures.
  private init(root: String, paths: [String]) {
    self.root = root
    self.paths = paths
  }

  func subset(_ indices: [Int]) -> ImageFolder {
    ImageFolder(root: root, paths: indices.map { paths[$0] })
  }

  private enum Verdict {
    case folder, picture, other
    case refused(String)
  }

  private static func verdict(_ path: String, within root: String) -> Verdict {
    let isPicture = ImageFormat(extensionOf: path) != nil
    switch Folder.kind(path, followingLinks: false) {
    case .folder: return .folder
    case .file: return isPicture ? .picture : .other
    case .link: break
    case .other, nil: return isPicture ? .refused("not a regular file") : .other
    }
    switch Folder.kind(path) {
    case .folder: return .refused("a link to a folder; only folders themselves are entered")
    case _ where !isPicture: return .other
    case .file where Folder.realPath(path)?.hasPrefix(root) == true: return .picture
    case .file: return .refused("a link out of the folder")
    default: return .refused("a link that leads to no file")
    }
  }

  /// The classes in the order of their names, and that of each picture; no names where no picture is
  /// in a folder below the root.
  func classes() -> (names: [String], labels: [Int32]) {
    let classOf = paths.map { path in
      path.firstIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
    let names = Set(classOf).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    if names == ["."] { return ([], classOf.map { _ in 0 }) }
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    return (names, classOf.map { numbers[$0] ?? 0 })
  }

  /// Which side a picture is on, as ``ImageDataset/Split`` says.
  func split(of index: Int) -> ImageDataset.Split {
    guard count >= 10 else { return .train }
    var hash = ContentHash()
    hash.add(paths[index])
    return hash.value % 10 == 0 ? .heldOut : .train
  }

  /// What each picture's header says, or what is wrong with it: with the header, or with the pixels
  /// too if they are decoded, as they will be for that size.
  func headers(
    decoding: Bool, forShorterSide side: Int?
  ) -> [Result<ImageInformation, DatasetError>] {
    concurrentMap(count) { index in
      Result { () throws(DatasetError) in
        let header = try reading { () throws(ImageError) in
          try ImageInformation(contentsOf: "\(root)/\(paths[index])")
        }
        if decoding { _ = try image(index, forShorterSide: side) }
        return header
      }
    }
  }
}
