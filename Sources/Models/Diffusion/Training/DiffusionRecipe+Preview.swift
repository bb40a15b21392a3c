extension DiffusionRecipe {
  /// The sampler of previews.
  public var previewSampler: SamplerOptions { sampler(preview.sampler, steps: preview.steps) }

  /// The steps by which previews are sampled.
  /// - Throws: `SamplingError` when the sampler does not go with the objective.
  func previewPlan() throws(SamplingError) -> SamplingPlan { try plan(previewSampler) }

  /// The grid of a preview.
  public var previewLayout: PreviewLayout { PreviewLayout(classes: classCount) }

  /// The sampler's name, and the flags by which `gen sample` makes the same grid.
  public var previewProvenance: (sampler: String, flags: [String]) {
    let flags = [
      "--sampler", previewSampler.kind.rawValue, "--steps", "\(preview.steps)",
      "--spacing", previewSampler.spacing.rawValue,
      "--count", "\(previewLayout.count)", "--columns", "\(previewLayout.columns)",
    ]
    // Previews are not guided by an earlier checkpoint, as samples are.
    let says = guidance.scale != 1 || loop.sparedStep != nil
    return (
      previewSampler.kind.rawValue, flags + (says ? ["--guidance", "\(guidance.scale)"] : [])
    )
  }
}
