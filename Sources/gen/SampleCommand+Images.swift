import Files
import Images
import Models
import Runs

extension SampleCommand {
  /// Draws images from a run and writes them.
  func draw(from run: OpenedRun) throws {
    let sampler = try run.imageSampler()
    if let flag = text.first {
      throw UsageError("\(flag) is for text, but \(sampler.run.name) generates images")
    }
    try output.check(
      name: gridName(sampler), others: [diffusion.trajectory, diffusion.strip].compactMap { $0 })
    switch sampler {
    case let sampler as GANSampler: try draw(from: sampler)
    case let sampler as DiffusionSampler: try draw(from: sampler)
    default:
      try write(
        sampler.images(count: count ?? 64, seed: seed), columns: gridColumns, sampler,
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
    let text = provenance(sampler, kind: GANRecipe.kind)
    guard !output.isAnimated else {
      guard interpolate else {
        throw UsageError(
          "\(sampler.run.name) is a GAN, which draws in one step: give --interpolate for an animation "
            + "from image to image")
      }
      let (count, walk) = (try walkCount(), animation.walk)
      return try write(
        animation.film(sampler.walk(walk, count: count, seed: seed)), columns: gridColumns, sampler,
        text)
    }
    let images =
      interpolate
      ? sampler.interpolation(rows: count ?? 8, columns: gridColumns, seed: seed)
      : try sampler.images(count: count ?? 64, seed: seed)
    try write(images, columns: gridColumns, sampler, text)
  }

  /// How many images go for a walk.
  private func walkCount() throws -> Int {
    let count = count ?? 16
    try animation.check(count: count, frames: animation.walk.frames)
    return count
  }

  private func draw(from sampler: DiffusionSampler) throws {
    var sampler = sampler
    try diffusion.apply(to: &sampler)
    let label = try diffusion.label.map(sampler.classLabel)
    let showsDenoising = diffusion.showsDenoising || output.isAnimated && !interpolate
    let record = Record(
      of: sampler, isKept: showsDenoising, mostFrames: animation.frames ?? 50)
    let text = provenance(
      sampler, kind: sampler.options.kind.rawValue,
      settings: diffusion.settings(of: sampler, label: label))
    if interpolate && output.isAnimated {
      let frames = try sampler.walk(
        animation.walk, count: walkCount(), seed: seed, label: label, observe: record.add)
      record.end()
      return try write(animation.film(frames), columns: gridColumns, sampler, text)
    }
    if interpolate {
      let images = try sampler.interpolation(
        rows: count ?? 8, columns: gridColumns, seed: seed, label: label, observe: record.add)
      record.end()
      return try write(images, columns: gridColumns, sampler, text)
    }
    // Where each class is drawn in turn, the grid has a column for each.
    let isByClass = label == nil && sampler.classCount > 0 && count == nil
    let count = count ?? (isByClass ? sampler.recipe.previewCount : 64)
    if let film = record.film { try animation.check(count: count, frames: film.frames.count) }
    let columns = columns ?? (isByClass ? sampler.recipe.previewColumns : gridColumns)
    let images = try sampler.images(
      0..<count, seed: seed, classes: label.map { Array(repeating: $0, count: count) },
      observe: record.add)
    record.end()
    let film = animation.film(record.film?.frames ?? [], finalDelay: 2)
    if output.isAnimated {
      try write(film, columns: columns, sampler, text)
    } else {
      try write(images, columns: columns, sampler, text)
    }
    if let path = diffusion.trajectory {
      try Output(path).writeAndTell(film.grid(columns: min(columns, count), text: text))
    }
    if let path = diffusion.strip, let strip = record.film?.strip() {
      try Output(path).writeAndTell(strip.pngData(text: text))
    }
  }

  private func write(
    _ images: [Image], columns: Int, _ sampler: any ImageSampler,
    _ text: [(key: String, value: String)]
  ) throws {
    try output.write(
      images, columns: min(columns, images.count), name: gridName(sampler), text: text)
  }

  private func write(
    _ film: Film, columns: Int, _ sampler: any ImageSampler,
    _ text: [(key: String, value: String)]
  ) throws {
    try output.write(
      film, columns: min(columns, film.count), name: gridName(sampler), text: text)
  }

  /// What the grid is called where no file is named, without an ending.
  private func gridName(_ sampler: any ImageSampler) -> String {
    "\(sampler.run.name)-seed\(seed)"
  }

  /// What an image's file says about itself.
  private func provenance(
    _ sampler: any ImageSampler, kind: String, settings: [(key: String, value: String)] = []
  ) -> [(key: String, value: String)] {
    // The run and its step are named, so that the command still makes the image when there are newer.
    var words = Array(CommandLine.arguments.dropFirst(2))
    if name == nil { words.insert(sampler.run.name, at: 0) }
    if step == nil { words += ["--step", "\(sampler.step)"] }
    return Provenance(
      version: Gen.version, run: sampler.run.name, step: sampler.step, seed: seed, sampler: kind,
      settings: settings, command: ["gen", "sample"] + words
    ).text
  }
}
