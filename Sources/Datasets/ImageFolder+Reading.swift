import Images

extension Image {
  /// All pictures in a folder and the folders below it, whatever their sizes, in the order of their
  /// paths.
  ///
  /// - Throws: ``DatasetError`` if nothing is there, if no file in it is named like a picture, or if one
  ///   cannot be read, with the names of all that cannot.
  public static func pictures(inFolder path: String) throws(DatasetError) -> [Image] {
    let folder = try ImageFolder(path)
    var (pictures, broken) = ([Image](), folder.broken)
    let outcomes = concurrentMap(folder.count) { index in
      Result { () throws(DatasetError) in try folder.image(index, forShorterSide: nil) }
    }
    for (name, outcome) in zip(folder.paths, outcomes) {
      switch outcome {
      case .success(let picture): pictures.append(picture)
      case .failure(let error): broken.append(BrokenFile(path: name.escaped, reason: error.problem))
      }
    }
    if let first = broken.sortedByPath.first {
      throw DatasetError(
        .damaged, path,
        "\(broken.count) of \(folder.count + folder.broken.count) pictures cannot be read, such as "
          + "\(first); mend or remove them", brokenFiles: broken.sortedByPath)
    }
    guard !pictures.isEmpty else {
      throw DatasetError(.damaged, path, "no picture (.png, .jpg, .jpeg) in this folder")
    }
    return pictures
  }
}
