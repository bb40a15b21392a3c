extension GalleryNight {
  /// The models of which something is not as it was.
  var changed: [Entry] { shown.filter { $0.change?.different.isEmpty == false } }

  /// The night that this one was compared with.
  var comparedWith: GalleryDate? { entries.compactMap(\.change?.date).first }

  /// What there is to say of it, in a few words each, and how that is marked.
  var summary: [(style: String, words: String)] {
    let fresh = shown.count { $0.change == nil }
    let missing = entries.count { $0.failure != nil }
    let counts = [
      ("plain", shown.count, shown.count == 1 ? "model" : "models"),
      ("same", shown.count - fresh - changed.count, "as before"),
      ("other", changed.count, changed.count == 1 ? "differs" : "differ"),
      ("new", fresh, "new"), ("bad", missing, "not shown"),
    ]
    return counts.filter { $0.1 > 0 }.map { ($0.0, "\($0.1) \($0.2)") }
  }

  /// How high the cover is, in pixels.
  var coverHeight: Int {
    let images = shown.flatMap(\.samples).count { !$0.isText }
    return GalleryCover.rows(of: images) * GalleryCover.side
  }
}
