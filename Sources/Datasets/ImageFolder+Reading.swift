import Images

extension Image {
  /// All images in a folder and the folders below it, whatever their sizes, in the order of their
  /// paths.
  ///
  /// - Throws: ``DatasetError`` if nothing is there, if no file in it is named like an image, or if one
  ///   cannot be read, with the names of all that cannot.
  public static func images(inFolder path: String) throws(DatasetError) -> [Image] {
    let folder = try ImageFolder(path)
    var (images, broken) = ([Image](), folder.broken)
    let outcomes = concurrentMap(folder.count) { index in
      Result { () throws(DatasetError) in try folder.image(index, forShorterSide: nil) }
    }
    for (name, outcome) in zip(folder.paths, outcomes) {
      switch outcome {
      case .success(let image): images.append(image)
      case .failure(let error): broken.append(BrokenFile(path: name.escaped, reason: error.problem))
      }
    }
    if let first = broken.sortedByPath.first {
      throw DatasetError(
        .damaged, path,
        "\(broken.count) of \(folder.count + folder.broken.count) images cannot be read, such as "
          + "\(first); mend or remove them", brokenFiles: broken.sortedByPath)
    }
    guard !images.isEmpty else {
      throw folder.withoutImages(path)
    }
    return images
  }
}
