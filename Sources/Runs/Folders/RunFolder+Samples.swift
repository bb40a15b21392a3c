import Files

extension RunFolder {
  /// Where the sample after `step` steps goes; `suffix` is "png" or "txt".
  public func samplePath(step: Int, suffix: String) -> String {
    "\(samplesPath)/\(CheckpointStore.name(step)).\(suffix)"
  }

  /// Writes the sample after `step` steps.
  /// - Throws: `FileError`.
  public func writeSample(step: Int, suffix: String, _ bytes: [UInt8]) throws {
    let name = lastComponent(of: samplePath(step: step, suffix: suffix))
    try operations.atomicWrite(writable / Name.samples / name, bytes)
  }

  /// The samples that there are, in the order of their steps.
  public var samples: [(step: Int, path: String)] {
    ((try? (place / Name.samples).contents()) ?? []).compactMap { name in
      guard let dot = name.lastIndex(of: "."),
        ["png", "txt"].contains(name[name.index(after: dot)...]),
        let step = CheckpointStore.step(String(name[..<dot]))
      else { return nil }
      return (step, "\(samplesPath)/\(name)")
    }.sorted { $0.step < $1.step }
  }

  /// Writes what the model learns from, in part, in the form of its samples; `suffix` is "png" or "txt".
  /// - Throws: `FileError`.
  public func writeExamples(suffix: String, _ bytes: [UInt8]) throws {
    try operations.atomicWrite(writable / "\(Name.examples).\(suffix)", bytes)
  }

  /// The file with a part of what the model learns from; nil where there is none.
  public var examplesPath: String? {
    ["png", "txt"].map { "\(path)/\(Name.examples).\($0)" }.first { fileKind($0) == .file }
  }

  /// Removes the samples of later steps, which will be made again.
  /// - Throws: `FileError`.
  func removeSamples(after step: Int) throws(FileError) {
    for sample in samples where sample.step > step {
      try operations.remove(writable / Name.samples / lastComponent(of: sample.path))
    }
  }
}
