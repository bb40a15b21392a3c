import Evaluation
import Files
import Models

/// A comparison as a line of JSON: the report, and where the images come from, in one object.
struct EvaluatedImages: Encodable {
  /// A member's value.
  enum Value {
    case text(String)
    case number(UInt64)
    case real(Double)
  }

  let report: ImageReport
  let origin: [String: Value]

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  func encode(to encoder: any Encoder) throws {
    try report.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    for (key, value) in origin {
      switch value {
      case .text(let text): try container.encode(text, forKey: Key(stringValue: key))
      case .number(let number): try container.encode(number, forKey: Key(stringValue: key))
      case .real(let number): try container.encode(number, forKey: Key(stringValue: key))
      }
    }
  }
}

/// What is found of a classifier, for people and as a line of JSON.
struct ClassifierReport: Encodable {
  let run: String
  let step: Int
  let data: String
  let images: Int
  let accuracy: Double
  let loss: Double
  let classes: [ClassReport]

  struct ClassReport: Encodable {
    let name: String
    let images: Int
    let accuracy: Double
    /// How many were taken for other classes, by name.
    let mistakes: [String: Int]
  }

  init(_ classifier: TrainedClassifier, _ evaluation: Classifier.Evaluation) {
    let names = classifier.classNames
    (run, step, data) = (classifier.run.name, classifier.step, classifier.dataSource)
    (images, accuracy, loss) = (evaluation.images, evaluation.accuracy, evaluation.loss)
    classes = evaluation.counts.enumerated().map { number, counts in
      let images = counts.reduce(0, +)
      let mistakes = counts.indices.filter { $0 != number && counts[$0] > 0 }
      return ClassReport(
        name: names[number], images: images,
        accuracy: Double(counts[number]) / Double(max(images, 1)),
        mistakes: Dictionary(mistakes.map { (names[$0], counts[$0]) }) { $0 + $1 })
    }
  }

  /// A table: each class with the three that it is most often mistaken for.
  var rows: [[String]] {
    [["CLASS", "IMAGES", "RIGHT, %", "TAKEN FOR"]]
      + classes.map { report in
        let mistakes = report.mistakes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
        return [
          report.name, "\(report.images)", fixed(100 * report.accuracy, 1),
          mistakes.map { "\($0.key) \($0.value)" }.joined(separator: ", "),
        ]
      }
  }
}
