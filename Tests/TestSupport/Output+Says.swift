extension [UInt8] {
  /// Whether what a process has written has those words.
  public func says(_ words: String) -> Bool {
    String(decoding: self, as: UTF8.self).contains(words)
  }
}
