import Generators
import Images
import Training

extension SampleCommand {
  /// Draws pictures from a run and writes them.
  func draw(from run: RunFolder) throws {
    let sampler = try pictureSampler(of: run, step: step)
    if let flag = text.first {
      throw UsageError("\(flag) is for text, but \(run.name) draws pictures")
    }
    try output.checkPictureName()
    switch sampler {
    case let sampler as GANSampler: try draw(from: sampler)
    case let sampler as DiffusionSampler: try draw(from: sampler)
    default:
      try write(
        sampler.pictures(count: count ?? 64, seed: seed), columns: gridColumns, sampler,
        provenance(sampler, kind: ""))
    }
  }

  private var gridColumns: Int {
    columns ?? max(8, Int(Double(count ?? 64).squareRoot().rounded(.up)))
  }

  private func draw(from sampler: GANSampler) throws {
    if let flag = diffusion.first {
      throw UsageError("\(flag) is for diffusion models, but \(sampler.run.name) is a GAN")
    }
    let pictures =
      interpolate
      ? sampler.interpolation(rows: count ?? 8, columns: gridColumns, seed: seed)
      : try sampler.pictures(count: count ?? 64, seed: seed)
    try write(
      pictures, columns: gridColumns, sampler, provenance(sampler, kind: GANRecipe.kind))
  }

  private func draw(from sampler: DiffusionSampler) throws {
    var sampler = sampler
    if let weights = diffusion.weights {
      sampler = try DiffusionSampler(sampler.run, step: sampler.step, weights: weights)
    }
    try diffusion.apply(to: &sampler)
    let label = try diffusion.label.map(sampler.classLabel)
    let record = Record(of: sampler, isKept: diffusion.showsDenoising)
    let text = provenance(
      sampler, kind: sampler.options.kind.rawValue,
      settings: diffusion.settings(of: sampler, label: label))
    if interpolate {
      let pictures = try sampler.interpolation(
        rows: count ?? 8, columns: gridColumns, seed: seed, label: label, observe: record.add)
      record.end()
      return try write(pictures, columns: gridColumns, sampler, text)
    }
    // Where each class is drawn in turn, the grid has a column for each.
    let isByClass = label == nil && sampler.classCount > 0 && count == nil
    let count = count ?? (isByClass ? sampler.recipe.previewCount : 64)
    let columns = columns ?? (isByClass ? sampler.recipe.previewColumns : gridColumns)
    let pictures = try sampler.pictures(
      0..<count, seed: seed, classes: label.map { Array(repeating: $0, count: count) },
      observe: record.add)
    record.end()
    try write(pictures, columns: columns, sampler, text)
    guard let film = record.film else { return }
    if let path = diffusion.trajectory {
      try output.write(film.animation(columns: min(columns, count), text: text), to: path)
    }
    if let path = diffusion.strip {
      try output.write(try film.strip().pngData(text: text), to: path)
    }
  }

  private func write(
    _ pictures: [Image], columns: Int, _ sampler: any PictureSampler,
    _ text: [(key: String, value: String)]
  ) throws {
    try output.write(
      pictures, columns: min(columns, pictures.count), name: "\(sampler.run.name)-seed\(seed)",
      text: text)
  }

  /// What a picture's file says about itself.
  private func provenance(
    _ sampler: any PictureSampler, kind: String, settings: [(key: String, value: String)] = []
  ) -> [(key: String, value: String)] {
    // The run and its step are named, so that the command still makes the picture when there are newer.
    var words = Array(CommandLine.arguments.dropFirst(2))
    if name == nil { words.insert(sampler.run.name, at: 0) }
    if step == nil { words += ["--step", "\(sampler.step)"] }
    return Provenance(
      version: Gen.version, run: sampler.run.name, step: sampler.step, seed: seed, sampler: kind,
      settings: settings, command: ["gen", "sample"] + words
    ).text
  }
}
