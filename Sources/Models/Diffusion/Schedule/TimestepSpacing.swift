import Foundation
import Runs

/// Which time steps are taken where fewer are taken than there are.
///
/// The first three are those of Lin et al., "Common Diffusion Noise Schedules and Sample Steps are
/// Flawed" (2023), table 2. Only trailing and linspace begin at the last time step, as sampling from
/// pure noise should.
public enum TimestepSpacing: String, RecipeChoice {
  /// Up from 0 in equal steps: i T / n, rounded. So it begins a step below the last time.
  case leading
  /// Down from the last in equal steps: T - i T / n, rounded, less 1.
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
    case .leading:
      // diffusers rounds T / n down instead, and so leaves out the last times where n does not
      // divide T: with 600 of 1000 steps all that is above 599.
      return (0..<count).reversed().map { Self.rounded(Double($0 * total) / Double(count)) }
    case .trailing:
      return (0..<count).map { index in
        Self.rounded(Double(total) - Double(index) * (Double(total) / Double(count))) - 1
      }
    case .linspace: return times(count, of: total).map(Self.rounded)
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
    // A single one is the last.
    return (0..<count).reversed().map {
      Double(total - 1) * (count > 1 ? Double($0) / Double(count - 1) : 1)
    }
  }

  private static func rounded(_ time: Double) -> Int { Int(time.rounded(.toNearestOrEven)) }
}
