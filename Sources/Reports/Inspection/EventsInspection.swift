import Files
import Foundation
import Runs

/// What is in a TensorBoard event file.
public struct EventsInspection: Inspection {
  let kind = "events"
  let path: String
  let events: Int
  let isDamaged: Bool
  let started: String?
  let seconds: Double
  let tags: [EventSummary.Tag]

  enum CodingKeys: String, CodingKey {
    case kind, path, events, started, seconds, tags
    case isDamaged = "damaged"
  }

  /// Reads a file.
  /// - Throws: `FileError` when it cannot be read, or is none.
  public init(path: String) throws {
    let summary = try EventSummary(path: path)
    self.path = path
    (events, isDamaged, tags) = (summary.count, summary.isDamaged, summary.tags)
    let first = summary.firstTime ?? 0
    seconds = max(0, (summary.lastTime ?? first) - first)
    // A date beyond all calendars is no date.
    started =
      abs(first) < 1e11 ? Date(timeIntervalSince1970: first).formatted(.iso8601) : nil
  }

  /// The tags in a table.
  public func text(_ style: TerminalStyle) -> String {
    var lines = [
      "\(oneLine(path)): TensorBoard, \(events) events"
        + (started.map { ", from \($0) on for \(duration(seconds))" } ?? "")
    ]
    if isDamaged { lines.append("its end is cut or damaged") }
    let rows = tags.map { tag in
      [
        shortened(tag.name, to: max(style.columns - 44, 20)), tag.kind, "\(tag.count)",
        "\(tag.firstStep)", "\(tag.lastStep)",
      ]
    }
    return
      (lines + [table([["TAG", "KIND", "COUNT", "FIRST", "LAST"]] + rows, numbers: [2, 3, 4])])
      .joined(separator: "\n")
  }
}
