import Files
import Images
import Runs

/// A part of what a model has learned from, as its run keeps it, to compare its samples with.
struct LearnedExamples {
  /// Some images; none where the run keeps no grid of such.
  private(set) var images: [Image] = []
  /// Some lines of text; nil where the run keeps none.
  private(set) var text: String?

  /// A text of more bytes is no excerpt.
  private static let largestText = 1 << 20

  /// The examples of a run, whose samples have that size.
  /// - Throws: `FileError`, `ImageError` when they cannot be read.
  init(of run: RunFolder, width: Int = 0, height: Int = 0) throws {
    guard let path = run.examplesPath else { return }
    if path.hasSuffix(".png") {
      images = ImageGrid().images(in: try Image(contentsOf: path), width: width, height: height)
    } else {
      let bytes = try InputFile(path).readAll(limit: Self.largestText)
      text = String(decoding: bytes, as: UTF8.self)
    }
  }

  /// What texts may begin with: nothing, and what two lines of the text begin with; nil where it has no two
  /// that differ.
  var prompts: [String]? {
    guard let text else { return nil }
    let starts = lines(of: text).compactMap(Self.beginning)
    guard let first = starts.first,
      let other = starts.dropFirst(starts.count / 2).first(where: { $0 != first })
    else { return nil }
    return ["", first, other]
  }

  /// A line's first words, three where it has more than those.
  private static func beginning(of line: String) -> String? {
    let words = line.split(separator: " ", maxSplits: 3)
    guard words.count > 3, let last = words.dropLast().last else { return nil }
    return String(line[words[0].startIndex..<last.endIndex])
  }
}
