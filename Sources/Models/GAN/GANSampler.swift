import Autograd
import Compute
import Images
import Layers
import Runs
import Training

/// Samples from a trained GAN: the moving average of its generator.
public struct GANSampler: ImageSampler {
  /// The run that it was trained in.
  public let run: RunFolder
  /// The step of the checkpoint.
  public let step: Int
  /// The data that it has learned from.
  public let data: DataOptions
  /// The same as a reference.
  public let learnedData: DataReference
  /// How many classes images can be asked for by; 0 where none can.
  public let classCount: Int
  /// What the classes are called.
  public let classNames: [String]
  private let generator: any GeneratorNetwork
  private let latentSize: Int

  /// How many images are sampled at a time.
  private static let batch = 64

  /// The generator as it was after `step` steps, or for nil at the run's newest checkpoint that
  /// verifies.
  /// - Throws: `FileError`, `RecipeError` when the run cannot be read.
  public init(_ run: RunFolder, step: Int? = nil) throws {
    try self.init(OpenedRun(run, step: step))
  }

  init(_ opened: OpenedRun) throws {
    let (run, recipe) = (opened.run, try opened.recipe(as: GANRecipe.self))
    let checkpoint = try opened.checkpoint()
    generator = recipe.configuration.blocks.networks.generator.init(recipe.configuration)
    generator.initialize(seed: 0)
    let arrays = SlabArrays(ParameterSlab.of(generator)) + SlabArrays(BufferSlab(generator))
    try arrays.read(
      from: checkpoint.tensors("ema.safetensors"), prefix: "generator.", finite: true)
    self.run = run
    self.step = checkpoint.step
    data = recipe.data
    learnedData = DataReference(recipe.data.source, of: run, seed: recipe.loop.seed)
    latentSize = recipe.model.latentSize
    classCount = recipe.configuration.classCount ?? 0
    classNames = try run.classNames()
  }

  /// Latent vectors [count, 1, 1, size] of images by number; each depends on the seed, its number and
  /// the stop of a walk alone. The first stop, 0, is where images are that do not move.
  static func latents(
    _ numbers: Range<Int>, size: Int, seed: UInt64, stop: Int = 0
  ) -> Values {
    RandomStream(seed: seed, purpose: .sampling).normals(
      [numbers.count, 1, 1, size], firstSample: numbers.lowerBound, step: stop)
  }

  /// The images of those numbers; where there are classes and none are given, each in turn.
  public func images(_ numbers: Range<Int>, seed: UInt64, classes: [Int32]? = nil) -> [Image] {
    stride(from: numbers.lowerBound, to: numbers.upperBound, by: Self.batch).flatMap { first in
      let part = first..<min(first + Self.batch, numbers.upperBound)
      return draw(
        Self.latents(part, size: latentSize, seed: seed),
        part.map { classes?[$0 - numbers.lowerBound] ?? inTurn($0) })
    }
  }

  /// The class of an image by its number, where each is sampled in turn.
  private func inTurn(_ number: Int) -> Int32 { Int32(number % max(1, classCount)) }

  /// For each of `rows` pairs of latent vectors, `columns` images on the way from one to the other.
  ///
  /// The way is along the sphere (White, "Sampling Generative Networks", 2016): the middle of a
  /// straight line would be nearer to the origin than any latent vector is.
  public func interpolation(
    rows: Int, columns: Int, seed: UInt64, label: Int32? = nil
  ) -> [Image] {
    let ends = Self.latents(0..<2 * rows, size: latentSize, seed: seed).elements
    return (0..<rows).flatMap { row in
      let from = Array(ends[2 * row * latentSize..<(2 * row + 1) * latentSize])
      let to = Array(ends[(2 * row + 1) * latentSize..<(2 * row + 2) * latentSize])
      let way = (0..<columns).flatMap { column in
        sphericalInterpolation(from, to, Double(column) / Double(max(1, columns - 1)))
      }
      return draw(
        Values([columns, 1, 1, latentSize], way),
        Array(repeating: label ?? inTurn(row), count: columns))
    }
  }

  /// The first `count` images of a seed on a walk through the latent space, frame by frame.
  public func walk(
    _ walk: LatentWalk, count: Int, seed: UInt64, label: Int32? = nil
  ) -> [[Image]] {
    let drawn = stride(from: 0, to: walk.frames * count, by: Self.batch).flatMap { first in
      let part = first..<min(first + Self.batch, walk.frames * count)
      let vectors = walk.vectors(part, of: count) { image, stop in
        Self.latents(image..<image + 1, size: latentSize, seed: seed, stop: stop).elements
      }
      return draw(
        Values([part.count, 1, 1, latentSize], vectors),
        part.map { label ?? inTurn($0 % count) })
    }
    return walk.frames(of: drawn, count: count)
  }

  private func draw(_ latents: Values, _ classes: [Int32]) -> [Image] {
    Models.images(
      generator(Tensor(constant: latents), classes: classCount > 0 ? classes : nil).values)
  }
}

extension GANSampler {
  /// Images, rows from image to image, or a walk.
  /// - Throws: `SamplingError` when a class that there is not, or a denoising is asked for.
  public func generate(
    _ request: ImageRequest, observe: (SamplingProgress) -> Void
  ) throws -> GeneratedImages {
    let label = try request.label.map(classLabel)
    guard request.recordedFrames == nil else {
      throw SamplingError(
        "\(run.name) is a GAN, which samples in one step: give --interpolate for an animation from "
          + "image to image")
    }
    let request = laidOut(request)
    var made = GeneratedImages(columns: request.columnsOrDefault, sampler: GANRecipe.kind)
    if let label { made.settings = [("class", description(of: label))] }
    let (count, seed) = (request.countOrDefault, request.seed)
    switch request.form {
    case .independent:
      made.images = images(
        0..<count, seed: seed, classes: label.map { Array(repeating: $0, count: count) })
    case .interpolation:
      made.images = interpolation(rows: count, columns: made.columns, seed: seed, label: label)
    case .walk(let walk):
      try ImageRequest.check(animated: count, frames: walk.frames)
      made.frames = self.walk(walk, count: count, seed: seed, label: label)
    }
    return made
  }

  /// Images, and a walk between random vectors.
  public func demonstration(count: Int, steps: Int?, seed: UInt64) throws -> ImageDemonstration {
    // The still has every third image of the animation, so that both show one way.
    let (stills, frames, rows) = (10, 28, ImageDemonstration.animated)
    let walked = interpolation(rows: rows, columns: frames, seed: seed)
    let walks = (0..<rows).map { walked[$0 * frames..<($0 + 1) * frames] }
    let still = walks.flatMap { walk in
      walk.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
    }
    let there = (0..<frames).map { frame in
      ImageGrid(columns: 2).image(of: walks.map { $0[$0.startIndex + frame] })
    }
    return ImageDemonstration(
      images: images(0..<count, seed: seed), sampler: GANRecipe.kind,
      animation: .init(
        name: "walk", title: "Latent walk",
        caption: "Each row goes from one random vector to another along the sphere.",
        still: ImageGrid(columns: stills).image(of: still)
      ) { text in
        try Image.animatedPNGData(there + there[1..<frames - 1].reversed(), delay: 0.1, text: text)
      })
  }
}
