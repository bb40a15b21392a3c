import Compute
import Runs

/// A way to distort all images that a discriminator sees, those of the data and generated ones, so that it
/// does not overfit to few images, and generated images do not come out distorted.
///
/// Zhao et al., "Differentiable Augmentation for Data-Efficient GAN Training" (2020), with the paper's ranges.
public enum DiffAugment: String, RecipeChoice {
  /// Brightness by up to a half, saturation by a factor of up to 2, contrast by one of a half to one and a half.
  case color
  /// A move by up to an eighth of the image, filled with gray.
  case translation
  /// A square of half the size, anywhere, becomes gray.
  case cutout

  /// The distortions of `count` images of a step, those of generated images from `first` on; each is a function
  /// of the seed, the step and its number. All numbers are sampled always, so that one way more leaves
  /// the others as they were.
  static func distortions(
    _ ways: [DiffAugment], count: Int, first: Int = 0, size: Int, seed: UInt64, step: Int
  ) -> [ImageDistortion] {
    let stream = RandomStream(seed: seed, purpose: .distortion)
    return (first..<first + count).map { sample in
      var random = stream.sequence(sample: sample, step: step)
      let (brightness, saturation, contrast) = (
        random.uniform() - 0.5, 2 * random.uniform(), random.uniform() + 0.5
      )
      let reach = (size + 4) / 8
      let right = random.integer(below: 2 * reach + 1) - reach
      let down = random.integer(below: 2 * reach + 1) - reach
      // The middle of the square may lie on any pixel, so that it may be cut off itself.
      let side = size / 2
      let x = random.integer(below: size) - side / 2
      let y = random.integer(below: size) - side / 2
      var distortion = ImageDistortion()
      for way in ways {
        switch way {
        case .color:
          distortion.brightness = brightness
          distortion.saturation = saturation
          distortion.contrast = contrast
        case .translation: (distortion.right, distortion.down) = (right, down)
        case .cutout:
          (distortion.cutRows, distortion.cutColumns) = (y..<y + side, x..<x + side)
        }
      }
      return distortion
    }
  }
}
