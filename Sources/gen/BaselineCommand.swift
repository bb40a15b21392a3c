import ArgumentParser
import Files
import Foundation
import Models
import Reports

/// `gen baseline`: what counting says of a text.
struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline",
    abstract: "Measures the n-gram baseline of a text: the loss that a model has to beat.",
    discussion: """
      gen baseline book.txt
      gen baseline fortunes --context 5 --json

      The first nine tenths are counted, the last is predicted, by n-grams with
      Witten-Bell smoothing. A model that does no better has not learned
      to write. Of a long text, 5 million characters are counted and 10 million
      predicted, in pieces that are spread evenly.
      """)

  @Argument(help: "A text file, a folder of text files, or fortunes.", completion: .file())
  var text: String

  @Option(help: ArgumentHelp("The most characters of context, 0 to 64.", valueName: "n"))
  var context = NGram.longestContext

  @Flag(help: "Print a line of JSON.")
  var json = false

  func validate() throws {
    guard (0...64).contains(context) else {
      throw ValidationError("--context is \(context), but must be 0 to 64")
    }
  }

  func run() throws {
    var options = TextOptions()
    options.source = text
    options.evaluatedCharacters = TextReport.mostCharacters
    let data = try TextData(options, context: 1)
    let losses = data.baselines(longest: context)
    let (best, nats) = NGram.best(of: losses)
    guard !json else {
      return print(
        try jsonLine(
          Report(
            data: text, count: data.evaluatedCharacters, distinct: data.tokenizer.count,
            natsPerCharacter: nats, bitsPerCharacter: nats / log(2), context: best,
            natsByContext: losses)))
    }
    func all(_ count: Int, _ isWhole: Bool) -> String {
      isWhole ? "" : " of \(count), spread evenly,"
    }
    let counted = all(data.trainingCharacters, data.isCountedWhole)
    let predicted = all(data.heldOutCharacters, data.isEvaluatedWhole)
    print(
      """
      \(text): \(data.countedCharacters) characters\(counted) are counted, \
      \(data.evaluatedCharacters)\(predicted) predicted, \(data.tokenizer.count) different ones.\n
      """)
    print(
      lines: table(
        [["CONTEXT", "NATS", "BITS"]]
          + losses.enumerated().map { length, nats in
            ["\(length)", fixed(nats, 3), fixed(nats / log(2), 3)]
          }))
    print("\nBest with \(best) characters of context: \(fixed(nats, 3)) nats a character.")
  }

  private struct Report: Encodable {
    let data: String
    let count: Int
    let distinct: Int
    let natsPerCharacter: Double
    let bitsPerCharacter: Double
    let context: Int
    let natsByContext: [Double]

    enum CodingKeys: String, CodingKey {
      case data, count, distinct, context
      case natsPerCharacter = "nats_per_character"
      case bitsPerCharacter = "bits_per_character"
      case natsByContext = "nats_by_context"
    }
  }
}
