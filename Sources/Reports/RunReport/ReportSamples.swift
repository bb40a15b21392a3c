import Files
import Foundation
import Images
import Runs

/// The samples of a run as a page shows them: as many as make sense, no image larger than a screen.
struct ReportSamples {
  /// A sample.
  struct Sample {
    let step: Int
    let content: Content
  }

  /// What a sample is.
  enum Content {
    /// The size at which it is shown at most, and the bytes of a PNG.
    case image(width: Int, height: Int, png: [UInt8])
    case text(String)
  }

  /// A part of what the model learns from, in the form of the samples; nil where there is none.
  private(set) var examples: Content?
  /// The samples, in the order of their steps.
  private(set) var samples: [Sample] = []
  /// What was left out or changed, in sentences.
  private(set) var remarks: [String] = []

  /// A slider with more stops is no easier to read, and the page should fit in a mail.
  private static let most = 40
  private static let mostBytes = 12 << 20
  private static let longestSide = 1024
  private static let longestText = 20_000

  init(of run: RunFolder) {
    let all = run.samples
    let count = min(all.count, Self.most)
    // Evenly spread, with the first and the last.
    let chosen = (0..<count).map { all[count < 2 ? 0 : $0 * (all.count - 1) / (count - 1)] }
    if count < all.count { remarks.append("Of \(all.count) samples, \(count) are shown.") }
    if let path = run.examplesPath {
      do { examples = try Self.read(path).content } catch { remarks.append("\(error).") }
    }
    var reduced = 0
    var bytes = 0
    for (step, path) in chosen {
      do {
        let (content, isReduced) = try Self.read(path)
        if case .image(_, _, let png) = content { bytes += png.count }
        guard bytes <= Self.mostBytes else {
          remarks.append(
            "Samples after step \(samples.last?.step ?? 0) would make the page too large.")
          break
        }
        reduced += isReduced ? 1 : 0
        samples.append(Sample(step: step, content: content))
      } catch { remarks.append("\(error).") }
    }
    if reduced > 0 {
      remarks.append(
        "Large samples are shown smaller, or in part: the run's folder has them whole.")
    }
  }

  private static func read(_ path: String) throws -> (content: Content, isReduced: Bool) {
    guard path.hasSuffix(".png") else {
      let text = String(decoding: try InputFile(path).readAll(limit: 16 << 20), as: UTF8.self)
      return (.text(String(text.prefix(longestText))), text.count > longestText)
    }
    let file = try InputFile(path).readAll(limit: ImageLimits.fileSize)
    let image = try Image(decoding: file, name: path)
    let side = max(image.width, image.height)
    guard side > longestSide else {
      return (.image(width: image.width, height: image.height, png: file), false)
    }
    let small = image.resized(
      width: max(1, image.width * longestSide / side),
      height: max(1, image.height * longestSide / side))
    return (.image(width: small.width, height: small.height, png: try small.pngData()), true)
  }
}
