import Datasets

extension ImageDataset {
  /// What is said of images to generate more of, before they are learned from: what is probably not as it was
  /// meant, and what to do, a line each.
  func remarks(_ options: DataOptions) -> [String] {
    var remarks = hint.map { ["hint: \($0)"] } ?? []
    if options.flip {
      remarks.append(
        "half of the images are mirrored: --set data.flip=false where left and right differ, as in writing"
      )
    }
    guard count < Self.few else { return remarks }
    remarks.append(
      "hint: \(count) images to learn from are few, and generated ones may be copies: \(Self.few) or more would "
        + "be better, and gen explain --nearest compares them")
    let duplicates = duplicates
    for (count, likeness) in [
      (duplicates.same, "the same as"), (duplicates.near, "nearly the same as"),
    ]
    where count > 0 {
      remarks.append(
        "hint: \(count) of these images \(count == 1 ? "is" : "are") \(likeness) others, and "
          + "\(count == 1 ? "counts" : "count") twice: gen data check lists them")
    }
    if enlarged > 0 {
      remarks.append(
        "hint: \(enlarged) of the images \(enlarged == 1 ? "is" : "are") smaller than \(width) pixels, and will be "
          + "blurred: leave such images out, or train with a smaller size")
    }
    return remarks
  }
}
