import Foundation
import Training

/// Which time steps are taken where fewer are taken than there are.
///
/// The first three are those of Lin et al., "Common Diffusion Noise Schedules and Sample Steps are
/// Flawed" (2023), table 2, as diffusers has them.
public enum TimestepSpacing: String, RecipeChoice {
  /// From 0 on in equal whole steps.
  case leading
  /// Down from the last in equal steps.
  case trailing
  /// Both ends, and equal steps between.
  case linspace
  /// As squares, denser where there is little noise: Song, Meng and Ermon, "Denoising Diffusion
  /// Implicit Models" (2021), section D.2, with the reach of 0.8 of their program. Of times that round
  /// to the same step one is taken.
  case quadratic

  /// `count` whole time steps of `total`, the latest first.
  func timesteps(_ count: Int, of total: Int) -> [Int] {
    switch self {
    case .leading: return (0..<count).reversed().map { $0 * (total / count) }
    case .trailing:
      return (0..<count).map { index in
        let time = Double(total) - Double(index) * (Double(total) / Double(count))
        return Int(time.rounded(.toNearestOrEven)) - 1
      }
    case .linspace:
      return times(count, of: total).map { Int($0.rounded(.toNearestOrEven)) }
    case .quadratic:
      let end = (Double(total) * 0.8).squareRoot()
      let all = (0..<count).map { index -> Int in
        let root = end * Double(index) / Double(max(1, count - 1))
        return Int(root * root)
      }
      return Array(Set(all)).sorted(by: >)
    }
  }

  /// The same, not rounded where that makes a difference.
  func times(_ count: Int, of total: Int) -> [Double] {
    guard self == .linspace else { return timesteps(count, of: total).map(Double.init) }
    return (0..<count).reversed().map {
      Double(total - 1) * Double($0) / Double(max(1, count - 1))
    }
  }
}
