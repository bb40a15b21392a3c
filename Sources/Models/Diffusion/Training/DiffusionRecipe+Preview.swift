extension DiffusionRecipe {
  /// The sampler of previews.
  public var previewSampler: SamplerOptions { sampler(preview.sampler, steps: preview.steps) }

  /// The steps by which previews are sampled.
  /// - Throws: `SamplingError` when the sampler does not go with the objective.
  func previewPlan() throws(SamplingError) -> SamplingPlan { try plan(previewSampler) }

  /// Images to a row: one of each class, if these are not too many.
  public var previewColumns: Int {
    guard let classCount, (2...16).contains(classCount) else { return 8 }
    return classCount
  }

  /// How many images a preview has: whole rows, 64 or somewhat less.
  public var previewCount: Int { 64 / previewColumns * previewColumns }

  /// Their classes, in turn; nil where there are none.
  public var previewClasses: [Int32]? {
    classCount.map { count in (0..<previewCount).map { Int32($0 % count) } }
  }

  /// The sampler's name, and the flags by which `gen sample` makes the same grid.
  public var previewProvenance: (sampler: String, flags: [String]) {
    let flags = [
      "--sampler", previewSampler.kind.rawValue, "--steps", "\(preview.steps)",
      "--spacing", previewSampler.spacing.rawValue,
      "--count", "\(previewCount)", "--columns", "\(previewColumns)",
    ]
    let isGuided = preview.guidance != 1
    return (
      previewSampler.kind.rawValue,
      flags + (isGuided ? ["--guidance", "\(preview.guidance)"] : [])
    )
  }
}
