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
    let made = try sampler.generate(request, observe: progress.show)
    progress.end()
    try write(made, of: sampler)
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
