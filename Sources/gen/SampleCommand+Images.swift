import Files
import Images
import Models
import Runs
import Training

extension SampleCommand {
  /// Samples images from a run and writes them.
  func sampleImages(from run: OpenedRun) throws {
    let model = try run.imageSampler()
    if let flag = text.first {
      throw UsageError("\(flag) is for text, but \(run.run.name) generates images")
    }
    try output.check(
      name: gridName(model), others: [diffusion.trajectory, diffusion.strip].compactMap { $0 })
    try model.check(diffusion.first)
    let sampler = try model.denoising(by: diffusion.request())
    try sampler.caution(of: request)
    let progress = SamplingLine()
    var made = try sampler.generate(request, observe: progress.show)
    progress.end()
    if let scale = output.scale {
      made.images = made.images.map { $0.enlarged(by: scale) }
      made.frames = made.frames.map { frame in frame.map { $0.enlarged(by: scale) } }
    }
    try write(made, of: sampler)
    if json { try printFiles(of: made, sampler) }
  }

  private func printFiles(of made: GeneratedImages, _ sampler: any ImageSampler) throws {
    let count = output.isAnimated ? made.frames.first?.count ?? 0 : made.images.count
    let others = [diffusion.trajectory, diffusion.strip].compactMap { $0 }
    print(
      try jsonLine(
        SampledImages(
          run: sampler.run.name, step: sampler.step, seed: seed, sampler: made.sampler,
          count: count, files: output.paths(count: count, name: gridName(sampler)) + others)))
  }

  /// What the flags ask for.
  private var request: ImageRequest {
    var request = ImageRequest(seed: seed)
    (request.count, request.columns, request.label) = (count, columns, label)
    if interpolate {
      request.form = output.isAnimated ? .walk(animation.walk) : .interpolation
    } else if diffusion.showsDenoising || output.isAnimated {
      request.recordedFrames = animation.frames ?? 50
    }
    return request
  }

  private func write(_ made: GeneratedImages, of sampler: any ImageSampler) throws {
    let text = provenance(of: made, sampler)
    let name = gridName(sampler)
    // A walk has no end, and goes on; a denoising ends with the images.
    let film = animation.film(made.frames, finalDelay: interpolate ? nil : 2)
    if output.isAnimated {
      try output.write(film, columns: min(made.columns, film.count), name: name, text: text)
    } else {
      try output.write(
        made.images, columns: min(made.columns, made.images.count), name: name, text: text)
    }
    if let path = diffusion.trajectory {
      try Output(path).writeAndTell(film.grid(columns: min(made.columns, film.count), text: text))
    }
    if let path = diffusion.strip {
      try Output(path).writeAndTell(film.strip().pngData(text: text))
    }
  }

  /// What the grid is called where no file is named, without an ending.
  private func gridName(_ sampler: any ImageSampler) -> String {
    "\(sampler.run.name)-seed\(seed)"
  }

  /// What an image's file says about itself.
  private func provenance(
    of made: GeneratedImages, _ sampler: any ImageSampler
  ) -> [(key: String, value: String)] {
    // The run and its step are named, so that the command still makes the image when there are newer.
    var words = Array(CommandLine.arguments.dropFirst(2))
    if name == nil { words.insert(sampler.run.name, at: 0) }
    if step == nil { words += ["--step", "\(sampler.step)"] }
    return Provenance(
      version: Gen.version, run: sampler.run.name, step: sampler.step, seed: seed,
      sampler: made.sampler, settings: made.settings, command: ["gen", "sample"] + words
    ).text
  }
}

/// What `gen sample --json` says of images.
private struct SampledImages: Encodable {
  let run: String
  let step: Int
  let seed: UInt64
  let sampler: String
  let count: Int
  let files: [String]
}

/// How far sampling is, on a terminal; elsewhere a line now and then.
private final class SamplingLine {
  private let progress = Progress()
  private var lastSaid = ContinuousClock.now

  /// How long it goes on in silence where there is no terminal.
  private static let silence = Duration.seconds(30)

  func show(_ place: SamplingProgress) {
    let isDue = ContinuousClock.now - lastSaid >= Self.silence
    guard progress.isLive || isDue else { return }
    progress.show(step: place.done, of: place.total, [], items: 1, named: "steps", isDue: isDue)
    if isDue { lastSaid = .now }
  }

  func end() { progress.endLine() }
}
